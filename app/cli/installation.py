"""Commands that keep an installation going: migrate, serve, work, keep accounts."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli import demo
from app.cli.office import opened
from app.settings import Settings

if TYPE_CHECKING:
    from types import FrameType

READY_TRIES = 300

ROOT = Path(__file__).resolve().parents[2]


@click.group(help="数据库。")
def db() -> None:
    """The database."""


@db.command(help="把表结构逐步升到最新。")
def upgrade() -> None:
    """Bring the schema to today's, step by step."""
    migrate(Settings.from_environment().database_url)
    opened()
    click.echo("数据库已是最新。")


def migrate(url: str) -> None:
    """Run every missing migration on ``url``."""
    from alembic import command
    from alembic.config import Config

    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["url"] = url
    command.upgrade(config, "head")


@click.command(help="触发到期的定时、送达通知，直到停止；可同时运行多个。")
def worker() -> None:
    """Fire due timers and deliver promised effects until stopped; several may run at once."""
    from app.logs import configure
    from workflows.worker import run

    office = opened(waits=True)
    configure(Settings.from_environment().log_folder)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _signal, _frame: stop.set())
    run(office, stop)


@click.command(help="提供网页和接口，并在旁运行一个 worker。")
def serve() -> None:
    """Serve the pages (gunicorn) and run one worker beside them; ends both when either ends."""
    settings = Settings.from_environment()
    if settings.demo:
        click.echo(demo.table(settings))
    with tempfile.TemporaryDirectory(prefix="xiangshen-metrics-") as metrics:
        env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": metrics}
        processes = [
            subprocess.Popen([sys.executable, "-m", "app.cli", "worker"], env=env),
            subprocess.Popen(gunicorn_command(settings), env=env),  # noqa: S603 (our own words and settings)
        ]
        asked = _stop_with(processes)
        _say_when_ready(settings.bind, processes)
        worst = _watch(processes)
    # Being told to stop is no fault, however the two took it.
    sys.exit(0 if asked.is_set() else worst)


def gunicorn_command(settings: Settings) -> list[str]:
    """How gunicorn is started: a few processes with threads, recycled now and then."""
    options = {
        "bind": settings.bind,
        "workers": settings.web_workers,
        "threads": 4,
        "worker-class": "gthread",
        "timeout": 60,
        "graceful-timeout": 10,
        "keep-alive": 5,
        "max-requests": 20000,
        "max-requests-jitter": 2000,
        "log-level": "warning",
        "worker-tmp-dir": "/dev/shm" if Path("/dev/shm").is_dir() else tempfile.gettempdir(),  # noqa: S108 (heartbeats only)
    }
    flags = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    return [sys.executable, "-m", "gunicorn", *flags, "app.wsgi:app"]


def _stop_with(processes: list[subprocess.Popen[bytes]]) -> threading.Event:
    """Pass a request to stop on to the processes; gives the event that tells whether there was one."""
    asked = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        asked.set()
        for process in processes:
            process.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return asked


def _say_when_ready(bind: str, processes: list[subprocess.Popen[bytes]]) -> None:
    """Tell the address once it answers, not before."""
    host, _, port = bind.rpartition(":")
    for _ in range(READY_TRIES):
        if any(process.poll() is not None for process in processes):
            return
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            click.echo(f"乡审已启动：http://{bind}/ ，按 Ctrl+C 停止。")
            return
        threading.Event().wait(0.1)


def _watch(processes: list[subprocess.Popen[bytes]]) -> int:
    """Wait until one ends, then end the others; gives the worst exit code."""
    os.wait()
    for process in processes:
        if process.poll() is None:
            process.terminate()
    return max(abs(process.wait()) for process in processes)


COMMANDS = (db, worker, serve)
