"""By night: rows of browser sessions that nobody can come back with are taken away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from app.security.models import WebSession
from app.security.rules import BOUNDS
from workflows.clock import LOCAL, SystemClock
from workflows.commands import SYSTEM, Command, Context

if TYPE_CHECKING:
    from workflows.clock import Clock
    from workflows.commands import Executor

STREAM = "sessions"

HOURS = range(1, 5)

AT_ONCE = 5000
"""So many rows go in one transaction; what is left goes in the next."""

LONGEST = timedelta(hours=BOUNDS["session_hours"].most)
"""No rule of signing in lets a session last longer, whatever the rules are changed to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearSessions(Command[int]):
    """Take away sessions that began before an instant, and say so on the trail. Gives how many."""

    before: datetime

    def authorise(self, ctx: Context) -> None:
        """The system by night."""
        ctx.require(ctx.actor.kind == "system")

    def run(self, ctx: Context) -> int:
        """The oldest first."""
        ids = select(WebSession.id).where(WebSession.began_at < self.before)
        oldest = ids.order_by(WebSession.began_at, WebSession.id).limit(AT_ONCE)
        found: Any = ctx.session.execute(delete(WebSession).where(WebSession.id.in_(oldest)))
        ctx.record(STREAM, cleared=found.rowcount, before=self.before.isoformat())
        return int(found.rowcount)


def clear_sessions(executor: Executor, machine: Clock = SystemClock()) -> int:  # noqa: B008 (it holds nothing)
    """Clear what is over, if it is night by the application's clock; gives how many rows went.

    Sessions run by the machine's time. Where a demonstration's clock is ahead of it, the earlier of the two
    counts, so that turning that clock signs nobody out.
    """
    now = executor.clock.now()
    if now.astimezone(LOCAL).hour not in HOURS:
        return 0
    before = min(now, machine.now()) - LONGEST
    with executor.database.reading() as session:
        over = session.scalar(select(WebSession.id).where(WebSession.began_at < before).limit(1))
    return 0 if over is None else executor.execute(ClearSessions(before=before), by=SYSTEM)
