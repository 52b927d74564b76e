"""Pages of the registers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from app import door, policy
from app.pages import PAGE_ROWS, page
from app.registers import queries
from app.registers.commands import ExportRegister
from app.registers.definition import named
from app.registers.queries import Narrowed
from app.registers.values import shown

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("registers", __name__, template_folder="templates")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _narrowed() -> Narrowed:
    args = request.args
    return Narrowed(
        q=args.get("q") or None, division=args.get("division") or None, status=args.get("status") or None
    )


@bp.get("/registers")
@policy.allow(policy.reads_cases)
def index() -> ResponseReturnValue:
    """Every register with its counts."""
    return page("registers/index.html", registers=queries.summaries(door.reading(), door.current_actor()))


@bp.get("/registers/<key>")
@policy.allow(policy.reads_cases)
def show(key: str) -> ResponseReturnValue:
    """A register's rows."""
    session, actor = door.reading(), door.current_actor()
    found = queries.rows(session, actor, key, _narrowed(), request.args.get("cursor"), PAGE_ROWS)
    statuses = queries.statuses(session, actor, named(key))
    return page(
        "registers/show.html",
        key=key,
        name=named(key).name,
        rows=found,
        options=[(s, s) for s in statuses],
    )


@bp.get("/registers/<key>/<int:row_id>")
@policy.allow(policy.reads_cases)
def row(key: str, row_id: int) -> ResponseReturnValue:
    """One row and its history."""
    session, actor = door.reading(), door.current_actor()
    found, events = queries.row(session, actor, key, row_id)
    numbers = {number for number in (found.case_number, *(e.case_number for e in events)) if number}
    columns = [(name, shown(value)) for name, value in found.fields.items()]
    return page(
        "registers/row.html",
        key=key,
        name=named(key).name,
        row=found,
        columns=columns,
        events=events,
        readable=queries.readable_cases(session, actor, numbers),
    )


@bp.get("/registers/<key>/export.xlsx")
@policy.allow(policy.reads_cases)
def export(key: str) -> ResponseReturnValue:
    """The register as a spreadsheet; leaves an audit entry."""
    content = door.perform(ExportRegister(register=key, narrowed=_narrowed()))
    name = f"{key}.xlsx"
    return Response(
        content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
