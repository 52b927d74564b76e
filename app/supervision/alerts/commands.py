"""What a supervisor does with an alert: note that it was looked at, or close it; the case stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.supervision.alerts.finding import CLOSED, LOOKED, shown_to
from app.supervision.models import Alert
from workflows.commands import Command
from workflows.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from workflows.commands import Context


class UnknownAlert(NotFound):
    """No such alert, or none in the supervisor's scope."""

    code = "alert.unknown"
    sentence = "没有找到该预警，或者它不在您的督查范围内。"


class AlertClosed(Conflict):
    """It was closed already."""

    code = "alert.closed"
    sentence = "该预警已由{who}了结，不能再改。"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAlert(Command[int]):
    """Say what was found on looking, and whether that closes it; the note is on the trail."""

    alert_id: int
    note: str
    close: bool = False

    def authorise(self, ctx: Context) -> None:
        """A supervisor of the division from whom its case is not kept."""
        mine = select(Alert).where(Alert.id == self.alert_id, shown_to(ctx.actor))
        alert = ctx.session.scalars(mine.with_for_update(of=Alert)).one_or_none()
        if alert is None:
            raise UnknownAlert
        ctx.require(alert.state != CLOSED, AlertClosed, who=alert.noted_by)

    def run(self, ctx: Context) -> int:
        """The note, its author and the new state."""
        alert = ctx.session.get_one(Alert, self.alert_id)
        said = self.note.strip()
        if not 4 <= len(said) <= 500:
            raise Invalid({"note": "请写明查看的情况（4 至 500 字）。"})
        alert.state, alert.note = CLOSED if self.close else LOOKED, said
        alert.noted_by, alert.noted_at = ctx.actor.name, ctx.now
        ctx.record(f"alert:{alert.id}", alert=alert.id, rule=alert.rule, note=said, state=alert.state)
        return alert.id
