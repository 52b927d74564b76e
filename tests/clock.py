"""A clock that stands still until a test turns it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")

# A Monday morning, an ordinary working day with two ordinary weeks behind it.
START = datetime(2026, 3, 16, 9, 0, tzinfo=LOCAL)


class TurnableClock:
    """Satisfies `workflows.clock.Clock`; time passes only when a test says so."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def set(self, instant: datetime) -> None:
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=LOCAL)
        self._now = instant.astimezone(UTC)

    def advance(self, by: timedelta | None = None, **parts: float) -> None:
        """`advance(days=5)` or `advance(timedelta(...))`."""
        self._now += timedelta(**parts) if by is None else by
