"""What happens by itself: when the last day of an absence has passed, both are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.absences.commands import PAGE, worded
from app.messages.commands import write
from app.organisation.models import Absence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.commands import Context


def over(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Tell both that it is over, unless they were told when it was ended early."""
    row = ctx.session.get_one(Absence, int(payload["absence"]))
    if row.ended_at is None:
        text = worded(ctx, row, "{person}委托{deputy}代为办理{what}，已于今日零时期满（{days}）。")
        write(ctx, (row.person_id, row.deputy_id), text, link=PAGE)
