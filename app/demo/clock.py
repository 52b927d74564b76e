"""The application clock of demo mode: kept in the database, so every process sees the same turn of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.demo.models import DemoClockOffset
from workflows.clock import SystemClock

if TYPE_CHECKING:
    from workflows.db import Database

_OFFSET = select(DemoClockOffset.seconds)


class DemoClock:
    """The machine's time plus the offset that was set."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._machine = SystemClock()

    def now(self) -> datetime:
        """Give the instant the demonstration has reached."""
        with self._database.reading() as session:
            seconds = session.execute(_OFFSET).scalar_one_or_none()
        return self._machine.now() + timedelta(seconds=seconds or 0)
