"""What happens by itself: when the last day of an absence has passed, both are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.absences.commands import PAGE, facts
from app.organisation.models import Absence
from workflows import outbox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.commands import Context


def over(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Tell both that it is over, unless they were told when it was ended early."""
    row = ctx.session.get_one(Absence, int(payload["absence"]))
    if row.ended_at is not None:
        return
    for person in (row.person_id, row.deputy_id):
        outbox.promise(ctx, "message", person_id=person, about="absence_over", link=PAGE, **facts(ctx, row))
