"""Logs a machine can read: one JSON object a line, never an answer or a person.

They go to standard error, and into files by day that are kept for more than six months (网络安全法第21条).
Each process writes files of its own, so several never write into one.
"""

from __future__ import annotations

import gzip
import logging
import os
import shutil
import sys
from datetime import date, timedelta
from typing import IO, TYPE_CHECKING

import structlog

from workflows.clock import SystemClock, local_date

if TYPE_CHECKING:
    from pathlib import Path

    from workflows.clock import Clock

KEPT_DAYS = 200
"""Six months are 184 days at most; what is older goes."""


class Daily:
    """A file for each day of this process; earlier days are packed, days of long ago removed."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self.folder, self._clock = folder, clock or SystemClock()
        self._day: date | None = None
        self._pid = 0
        self._file: IO[str] | None = None

    def write(self, text: str) -> int:
        """Add to today's file, and say the same on standard error."""
        today = local_date(self._clock.now())
        # A process that was forked writes its own file, not its parent's.
        if (self._day, self._pid) != (today, os.getpid()):
            self._turn(today)
        if self._file is not None:
            self._file.write(text)
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Leave nothing behind in memory."""
        if self._file is not None:
            self._file.flush()
        sys.stderr.flush()

    def close(self) -> None:
        """Let go of today's file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _turn(self, today: date) -> None:
        self.close()
        self._day, self._pid = today, os.getpid()
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(
                self.folder / f"{today.isoformat()}{_tail()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600
            )
            self._file = os.fdopen(handle, "a", encoding="utf-8")
            tidy(self.folder, today)
        except OSError as error:
            # A full disk must not stop the office; standard error still has every line.
            sys.stderr.write(f'{{"event": "log folder unusable", "error": "{error.strerror}"}}\n')


def _tail() -> str:
    return f".{os.getpid()}.log"


def tidy(folder: Path, today: date) -> None:
    """Pack what was written before yesterday, and remove what is older than KEPT_DAYS."""
    for path in sorted(folder.glob("????-??-??.*.log*")):
        try:
            day = date.fromisoformat(path.name[:10])
        except ValueError:
            continue
        if today - day > timedelta(days=KEPT_DAYS):
            path.unlink(missing_ok=True)
        # Yesterday's may still be open in a process that has had nothing to say today.
        elif path.suffix == ".log" and today - day > timedelta(days=1):
            _pack(path)


def _pack(path: Path) -> None:
    """Compress a file; of several processes that try, the first one does it."""
    packed, part = path.with_suffix(".log.gz"), path.with_suffix(f".log.{os.getpid()}.part")
    try:
        with path.open("rb") as plain, gzip.open(part, "wb") as small:
            shutil.copyfileobj(plain, small)
        part.chmod(0o600)
        part.replace(packed)
        path.unlink()
    except FileNotFoundError:
        part.unlink(missing_ok=True)


def configure(folder: Path | None = None) -> None:
    """Set the shape of every log line of this process, and where they are kept."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(Daily(folder) if folder else sys.stderr),  # type: ignore[arg-type]
    )
