"""An item's form on paper: as it was done, or with room to fill it in by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from app import door, policy
from app.cases import print_views
from app.cases import queries as cases
from app.inbox import item as items
from app.inbox.views import bp
from workflows.work_items import DONE

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.cases.printing import Sheet
    from app.cases.queries import CaseView


def _made(item_id: int) -> tuple[CaseView, Sheet]:
    session, actor = door.reading(), door.current_actor()
    seen = items.view(session, actor, item_id)
    case = cases.view(session, actor, seen.case.number)
    printer, item = print_views.printer(case), seen.item
    if item.state == DONE:
        return case, printer.of_item(item.id)
    # What a colleague has typed and put away stays theirs until it is done.
    answers = (seen.stored or {}) if seen.may_act else {}
    return case, printer.unfinished(item, seen.form, answers)


@bp.get("/items/<int:item_id>/print")
@policy.allow(policy.handles_work)
def print_item(item_id: int) -> ResponseReturnValue:
    """The item's form, to print."""
    case, made = _made(item_id)
    way = url_for("inbox.print_item_pdf", item_id=item_id)
    return print_views.shown(case, made, way, url_for("inbox.item", item_id=item_id))


@bp.get("/items/<int:item_id>/print.pdf")
@policy.allow(policy.handles_work)
def print_item_pdf(item_id: int) -> ResponseReturnValue:
    """The same as PDF."""
    return print_views.handed_out(*_made(item_id))
