"""The page on which an event log is asked for, and the log itself."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from app import door, policy
from app.pages import page
from app.supervision import asked, queries, xes
from app.supervision.taking import TakeRecords
from workflows.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask.typing import ResponseReturnValue

    from app.supervision.queries import Wanted

bp = Blueprint("logs", __name__)


@bp.get("/supervision/log")
@policy.allow(policy.supervises)
def ask() -> ResponseReturnValue:
    """What is in the log, and for what it is wanted."""
    return _ask(asked.wanted(door.current_actor(), request.args, door.now()), {})


def _ask(wanted: Wanted, errors: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    session = door.reading()
    return page(
        "supervision/log.html",
        status,
        wanted=wanted,
        asks=asked.said,
        way=queries.way_down(session, door.current_actor(), wanted.area),
        procedures=queries.procedure_names(session),
        errors=errors,
        purpose=request.form.get("purpose", ""),
        named=bool(request.form.get("named")),
    )


@bp.post("/supervision/log.xes")
@policy.allow(policy.supervises)
def take() -> ResponseReturnValue:
    """The log, written while it is read; the entry in the audit comes first."""
    wanted = asked.wanted(door.current_actor(), request.form, door.now())
    named = bool(request.form.get("named"))
    narrowed = {**asked.said(wanted), "named": named}
    try:
        door.perform(TakeRecords(what="xes", purpose=request.form.get("purpose", ""), narrowed=narrowed))
    except Invalid as refusal:
        return _ask(wanted, refusal.errors, 422)
    database, masking = door.executor().database, xes.Masking(named, secrets.token_hex(8))

    def written() -> Iterator[str]:
        with database.reading() as session:
            yield from xes.log(session, wanted, masking)

    name = f"{wanted.procedure or 'all'}-{wanted.area}.xes"
    return Response(
        written(),
        content_type="application/xml; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )
