"""Pages that change registers by hand: register, correct, take off, look behind a mask, bring in a sheet."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from flask import request

from app import door, policy
from app.errors import status_of
from app.pages import go, page
from app.registers import commands, export, importing, queries, reach, sheets
from app.registers.definition import UnknownRegister, named
from app.registers.views import PREFIX, bp, sheet
from workflows.errors import Invalid

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.registers.definition import Definition
    from app.registers.importing import Report
    from app.registers.models import RegisterRow


def _writable(key: str) -> Definition:
    """The register, if the person registers by hand in it."""
    of = named(key)
    if not reach.writes(door.current_actor(), of):
        raise UnknownRegister
    return of


def _own_row(key: str, row_id: int) -> RegisterRow:
    """The row, if the person corrects it by hand."""
    found, _ = queries.row(door.reading(), door.current_actor(), key, row_id)
    if not reach.may_write(door.current_actor(), named(key), found.division):
        raise UnknownRegister
    return found


def _typed(of: Definition) -> dict[str, Any]:
    """The columns that were filled in."""
    found: dict[str, Any] = {}
    for column in of.columns:
        values = [value for value in request.form.getlist(f"{PREFIX}{column.name}") if value.strip()]
        if values:
            found[column.name] = values if column.type == "list" and column.options else values[0]
    return found


@bp.get("/registers/<key>/new")
@policy.allow(policy.reads_cases)
def ask_new(key: str) -> ResponseReturnValue:
    """The questions for a new row."""
    return _ask_new(key)


def _ask_new(key: str, status: int = 200, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    of = _writable(key)
    places = [
        (code, name)
        for code, name in queries.places(door.reading(), door.current_actor(), of)
        if reach.may_write(door.current_actor(), of, code)
    ]
    return page(
        "registers/new.html",
        status,
        key=key,
        of=of,
        places=places,
        prefix=PREFIX,
        given=request.form,
        fields={},
        errors=errors or {},
    )


@bp.post("/registers/<key>/new")
@policy.allow(policy.reads_cases)
def new(key: str) -> ResponseReturnValue:
    """Register by hand."""
    of, form = _writable(key), request.form
    command = commands.RegisterByHand(
        register=key,
        division=form.get("division", ""),
        name=form.get("name", ""),
        identity=form.get("identity", ""),
        status=form.get("status") or None,
        fields=_typed(of),
        reason=form.get("reason", ""),
    )
    try:
        row_id = door.perform(command)
    except Invalid as refusal:
        return _ask_new(key, status_of(refusal), refusal.errors)
    return go("registers.row", said="已登记", key=key, row_id=row_id)


@bp.get("/registers/<key>/<int:row_id>/correct")
@policy.allow(policy.reads_cases)
def ask_correct(key: str, row_id: int) -> ResponseReturnValue:
    """The row's columns, to be put right."""
    return _ask_correct(key, row_id)


def _ask_correct(
    key: str, row_id: int, status: int = 200, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    of, found = _writable(key), _own_row(key, row_id)
    now = of.state(found.status)
    return page(
        "registers/correct.html",
        status,
        key=key,
        of=of,
        row=found,
        moves=now.moves if now and not found.ended_at else (),
        prefix=PREFIX,
        given=request.form,
        fields=found.fields,
        errors=errors or {},
    )


@bp.post("/registers/<key>/<int:row_id>/correct")
@policy.allow(policy.reads_cases)
def correct(key: str, row_id: int) -> ResponseReturnValue:
    """Put columns or the state right."""
    form = request.form
    seen = form.get("seen", "")
    command = commands.CorrectRow(
        register=key,
        row_id=row_id,
        seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0,
        status=form.get("status") or None,
        fields=_typed(named(key)),
        reason=form.get("reason", ""),
    )
    try:
        door.perform(command)
    except Invalid as refusal:
        return _ask_correct(key, row_id, status_of(refusal), refusal.errors)
    return go("registers.row", said="已更正，原内容留在历史中", key=key, row_id=row_id)


@bp.get("/registers/<key>/<int:row_id>/remove")
@policy.allow(policy.reads_cases)
def ask_remove(key: str, row_id: int) -> ResponseReturnValue:
    """The question before 销号."""
    _own_row(key, row_id)
    return _ask("remove", key, row_id)


def _ask(
    what: str, key: str, row_id: int, status: int = 200, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    found, _ = queries.row(door.reading(), door.current_actor(), key, row_id)
    return page(
        f"registers/{what}.html",
        status,
        key=key,
        of=named(key),
        row=found,
        sealed=queries.sealed_columns(found),
        given=request.values,
        errors=errors or {},
    )


@bp.post("/registers/<key>/<int:row_id>/remove")
@policy.allow(policy.reads_cases)
def remove(key: str, row_id: int) -> ResponseReturnValue:
    """销号."""
    command = commands.RemoveFromList(register=key, row_id=row_id, reason=request.form.get("reason", ""))
    try:
        door.perform(command)
    except Invalid as refusal:
        return _ask("remove", key, row_id, status_of(refusal), refusal.errors)
    return go("registers.row", said="已销号", key=key, row_id=row_id)


@bp.get("/registers/<key>/<int:row_id>/reveal")
@policy.allow(policy.reads_cases)
def ask_reveal(key: str, row_id: int) -> ResponseReturnValue:
    """The question before a number is shown."""
    return _ask("reveal", key, row_id)


@bp.post("/registers/<key>/<int:row_id>/reveal")
@policy.allow(policy.reads_cases)
def reveal(key: str, row_id: int) -> ResponseReturnValue:
    """Show one number; the reason is recorded."""
    column, reason = request.form.get("column", ""), request.form.get("reason", "")
    try:
        plain = door.perform(commands.RevealColumn(register=key, row_id=row_id, column=column, reason=reason))
    except Invalid as refusal:
        return _ask("reveal", key, row_id, status_of(refusal), refusal.errors)
    found, _ = queries.row(door.reading(), door.current_actor(), key, row_id)
    return page(
        "registers/reveal.html",
        key=key,
        of=named(key),
        row=found,
        plain=plain,
        column=column,
        given=request.form,
        errors={},
        sealed=queries.sealed_columns(found),
    )


# A sheet


@bp.get("/registers/<key>/template.xlsx")
@policy.allow(policy.reads_cases)
def template(key: str) -> ResponseReturnValue:
    """The empty sheet."""
    return sheet(export.template(_writable(key)), f"{key}_template.xlsx")


@bp.get("/registers/<key>/import")
@policy.allow(policy.reads_cases)
def ask_import(key: str) -> ResponseReturnValue:
    """Where a sheet is handed in."""
    return _import_page(_writable(key))


def _import_page(
    of: Definition,
    status: int = 200,
    *,
    report: Report | None = None,
    tried: str = "",
    error: str = "",
) -> ResponseReturnValue:
    return page("registers/import.html", status, key=of.key, of=of, report=report, tried=tried, error=error)


def _handed_in(of: Definition) -> tuple[str, tuple[importing.Line, ...]]:
    """The file's digest and its filled lines; raises Unreadable."""
    file = request.files.get("file")
    content = file.read(sheets.MOST_BYTES + 1) if file else b""
    if not content:
        raise sheets.Unreadable("请选择要导入的 XLSX 表格。")
    return hashlib.sha256(content).hexdigest(), importing.lines(of, sheets.cells(content))


@bp.post("/registers/<key>/import")
@policy.allow(policy.reads_cases)
def bring_in(key: str) -> ResponseReturnValue:
    """Try a sheet, or write its lines once the same file was tried."""
    of = _writable(key)
    try:
        digest, lines = _handed_in(of)
    except sheets.Unreadable as refusal:
        return _import_page(of, 422, error=str(refusal))
    if request.form.get("write") and request.form.get("tried") == digest:
        report = door.perform(commands.ImportRows(register=key, lines=lines, digest=digest))
    else:
        report = importing.judged(door.reading(), door.current_actor(), of, lines, door.now())
    return _import_page(of, report=report, tried=digest)


@bp.post("/registers/<key>/import/report.xlsx")
@policy.allow(policy.reads_cases)
def import_report(key: str) -> ResponseReturnValue:
    """The refused lines of a sheet as a sheet."""
    of = _writable(key)
    try:
        _, lines = _handed_in(of)
    except sheets.Unreadable as refusal:
        return _import_page(of, 422, error=str(refusal))
    report = importing.judged(door.reading(), door.current_actor(), of, lines, door.now())
    return sheet(export.refusals(report), f"{key}_report.xlsx")
