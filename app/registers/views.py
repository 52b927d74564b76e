"""Pages of the registers: what there is, one register, one row, one household's whole life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from app import door, policy
from app.pages import PAGE_ROWS, page
from app.registers import queries, reach, subjects
from app.registers.commands import ExportRegister
from app.registers.definition import LOCALITIES, named
from app.registers.queries import SORTS, Narrowed
from app.registers.values import shown
from workflows.clock import end_of_day

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.registers.definition import Definition

bp = Blueprint("registers", __name__, template_folder="templates")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

PREFIX = "c."
"""What the names of columns begin with in addresses and forms, so that they meet no other name."""


def sheet(content: bytes, name: str) -> Response:
    """A workbook to be kept."""
    disposition = f'attachment; filename="{name}"'
    return Response(content, content_type=XLSX, headers={"Content-Disposition": disposition})


def _narrowed() -> Narrowed:
    args = request.args
    where = {
        name.removeprefix(PREFIX): value for name, value in args.items() if name.startswith(PREFIX) and value
    }
    return Narrowed(
        q=args.get("q") or None,
        division=args.get("division") or None,
        status=args.get("status") or None,
        where=where,
        sort=args.get("sort") or "new",
    )


@bp.get("/registers")
@policy.allow(policy.reads_cases)
def index() -> ResponseReturnValue:
    """Every register with its counts, by locality and category."""
    found = queries.summaries(door.reading(), door.current_actor())
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in found:
        for locality in one["localities"]:
            groups.setdefault((LOCALITIES[locality][0], one["category"]), []).append(one)
    return page("registers/index.html", groups=groups, unit=lambda key: named(key).unit)


@bp.get("/registers/<key>")
@policy.allow(policy.reads_cases)
def show(key: str) -> ResponseReturnValue:
    """A register's rows."""
    session, actor = door.reading(), door.current_actor()
    of, narrowed = named(key), _narrowed()
    found = queries.rows(session, actor, key, narrowed, request.args.get("cursor"), PAGE_ROWS)
    return page(
        "registers/show.html",
        key=key,
        of=of,
        name=of.name,
        rows=found,
        statuses=queries.statuses(session, actor, of),
        places=queries.places(session, actor, of),
        sorts=[(word, sort.name) for word, sort in SORTS.items()],
        narrowing={name: value for name, value in request.args.items() if name != "cursor" and value},
        filters_of=_filters(of),
        writes=reach.writes(actor, of),
        due=end_of_day,
    )


def _filters(of: Definition) -> list[dict[str, Any]]:
    """A filter for each column of few values."""
    return [
        {
            "name": f"{PREFIX}{column.name}",
            "label": column.name,
            "kind": "select",
            "options": [(word, word) for word in (column.options or ("是", "否"))],
            "more": True,
        }
        for column in of.columns
        if column.type in ("choice", "boolean") or (column.type == "list" and column.options)
    ][:4]


@bp.get("/registers/<key>/<int:row_id>")
@policy.allow(policy.reads_cases)
def row(key: str, row_id: int) -> ResponseReturnValue:
    """One row, what it is joined to, and its history."""
    session, actor = door.reading(), door.current_actor()
    found, events = queries.row(session, actor, key, row_id)
    of = named(key)
    numbers = {number for number in (found.case_number, *(e.case_number for e in events)) if number}
    columns = [(name, shown(value)) for name, value in found.fields.items()]
    may_write = reach.may_write(actor, of, found.division)
    return page(
        "registers/row.html",
        key=key,
        of=of,
        name=of.name,
        row=found,
        columns=columns,
        events=events,
        shown=shown,
        joined=subjects.joined(session, actor, found),
        readable=queries.readable_cases(session, actor, numbers),
        may_write=may_write,
        may_remove=bool(may_write and of.removal and found.status == of.removal[0] and not found.ended_at),
        sealed=queries.sealed_columns(found),
    )


@bp.get("/registers/subjects/<int:subject_id>")
@policy.allow(policy.reads_cases)
def subject(subject_id: int) -> ResponseReturnValue:
    """Everything the registers and cases hold about one household or person."""
    life = subjects.life(door.reading(), door.current_actor(), subject_id)
    return page("registers/subject.html", life=life)


@bp.get("/registers/<key>/export.xlsx")
@policy.allow(policy.reads_cases)
def export(key: str) -> ResponseReturnValue:
    """The register as a spreadsheet; leaves an audit entry."""
    named(key)
    content = door.perform(ExportRegister(register=key, narrowed=_narrowed()))
    return sheet(content, f"{key}.xlsx")
