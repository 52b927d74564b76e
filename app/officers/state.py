"""How the installation stands, and its settings: for the system officer, without any secret."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from workflows.outbox import OPEN, STUCK_AFTER, OutboxEffect
from workflows.timers import Timer

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.settings import Settings

MEGABYTE = 1024 * 1024


def facts(session: Session, settings: Settings, now: datetime) -> list[tuple[str, str]]:
    """Label and value, as the page shows them."""
    waiting = session.scalar(select(func.count()).where(*OPEN)) or 0
    stuck = session.scalar(select(func.count()).where(*OPEN, OutboxEffect.attempts >= STUCK_AFTER)) or 0
    late = session.scalar(select(func.count()).select_from(Timer).where(Timer.due_at < now)) or 0
    folder = next(each for each in (settings.data_dir, *settings.data_dir.parents) if each.exists())
    free = shutil.disk_usage(folder).free // MEGABYTE
    return [
        ("数据库", "PostgreSQL" if settings.database_url.startswith("postgresql") else "SQLite"),
        ("数据库结构版本", _revision(session)),
        ("数据目录剩余空间", f"{free} MB"),
        ("待送达", f"{waiting} 项"),
        ("已停下待处理", f"{stuck} 项"),
        ("到期未触发的定时", f"{late} 项"),
    ]


def _revision(session: Session) -> str:
    if not session.connection().dialect.has_table(session.connection(), "alembic_version"):
        return "未登记"
    return str(session.scalar(text("SELECT version_num FROM alembic_version")) or "未登记")


def parameters(settings: Settings) -> list[tuple[str, str]]:
    """What was set in the environment, and what it is now; keys and passwords are not among it."""
    return [
        ("监听地址（XIANGSHEN_BIND）", settings.bind),
        ("网页进程数（XIANGSHEN_WEB_WORKERS）", str(settings.web_workers)),
        ("上传上限（XIANGSHEN_UPLOAD_MEGABYTES）", f"{settings.upload_megabytes} MB"),
        ("仅经加密连接发送登录标记（XIANGSHEN_SECURE_COOKIES）", "是" if settings.secure_cookies else "否"),
        ("病毒查杀（XIANGSHEN_SCAN_COMMAND、XIANGSHEN_CLAMD）", _scanner(settings)),
        ("演示模式（XIANGSHEN_DEMO）", "是" if settings.demo else "否"),
    ]


def _scanner(settings: Settings) -> str:
    return "已开通" if settings.scan_command or settings.clamd else "未开通"
