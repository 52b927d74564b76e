"""The rules of signing in: how good a password is, when an account locks, how long a session lasts.

The security officer sets them, within bounds nobody can leave; they are in force from the next request on.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from app.security.models import SignInRule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

NEVER = 0


class Bounds(NamedTuple):
    """What a rule is called, its unit, and between what it must stay; ``or_never``: 0 switches it off."""

    label: str
    unit: str
    least: int
    most: int
    hint: str = ""
    or_never: bool = False


BOUNDS = {
    "password_length": Bounds("密码最短长度", "位", 8, 64),
    "password_sorts": Bounds("密码须含字母、数字、符号中的几类", "类", 2, 3),
    "password_days": Bounds("密码使用期限", "天", 30, 365, "0 表示不要求定期更换。", or_never=True),
    "password_history": Bounds("不得重复最近用过的密码", "个", 1, 24, "0 表示不检查。", or_never=True),
    "failures_allowed": Bounds("连续输错几次锁定", "次", 3, 10),
    "locked_minutes": Bounds("锁定时长", "分钟", 5, 1440),
    "idle_minutes": Bounds("多久不操作自动退出", "分钟", 1, 480),
    "session_hours": Bounds("登录最长有效", "小时", 1, 24),
    "password_allowed": Bounds("工作人员可用密码登录", "1 可以，0 不可以", 0, 1, "农牧户和三员不受此限。"),
    "oidc_allowed": Bounds("可用统一身份认证登录", "1 可以，0 不可以", 0, 1),
    "oidc_officers": Bounds("三员可用统一身份认证登录", "1 可以，0 不可以", 0, 1),
}
"""Every rule in the order of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules in force."""

    password_length: int = 10
    password_sorts: int = 2
    password_days: int = NEVER
    password_history: int = 1
    failures_allowed: int = 5
    locked_minutes: int = 15
    idle_minutes: int = 30
    session_hours: int = 12
    password_allowed: int = 1
    oidc_allowed: int = 1
    oidc_officers: int = 0

    def said(self) -> dict[str, Any]:
        """Every rule by its name."""
        return asdict(self)


def of(said: Mapping[str, Any] | None, initial: Rules | None = None) -> Rules:
    """The rules a row holds; what it does not say is as the installation began with."""
    base = (initial or Rules()).said()
    known = {field.name for field in fields(Rules)}
    return Rules(**{**base, **{name: value for name, value in (said or {}).items() if name in known}})


def newest(session: Session) -> Mapping[str, Any] | None:
    """What was set last, None where nobody ever set anything."""
    return session.scalar(select(SignInRule.said).order_by(SignInRule.id.desc()).limit(1))


def current(session: Session, initial: Rules | None = None) -> Rules:
    """The rules in force."""
    return of(newest(session), initial)


def faults(said: Mapping[str, Any]) -> dict[str, str]:
    """What keeps these rules from being set, a sentence per rule."""
    found = {name: fault for name in BOUNDS if (fault := _fault(BOUNDS[name], said.get(name)))}
    if not found and not said["password_allowed"] and not said["oidc_allowed"]:
        found["oidc_allowed"] = "密码和统一身份认证不能同时停用，否则工作人员无法登录。"
    return found


def _fault(bounds: Bounds, value: object) -> str:
    if type(value) is not int:
        return f"“{bounds.label}”请填整数。"
    if bounds.or_never and value == NEVER:
        return ""
    if not bounds.least <= value <= bounds.most:
        extra = "，或填 0" if bounds.or_never else ""
        unit = "" if bounds.most == 1 else f" {bounds.unit}"
        return f"“{bounds.label}”应在 {bounds.least} 到 {bounds.most}{unit} 之间{extra}。"
    return ""
