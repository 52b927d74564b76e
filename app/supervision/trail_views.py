"""Taking a stretch of the trail along: as CSV, as a workbook, as PDF; each with its watermark and entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from app import door, policy
from app.pages import page
from app.security import queries, trail
from app.supervision import sheets
from app.supervision.taking import TakeRecords, watermark
from workflows.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

bp = Blueprint("trail", __name__)

FORMS = {
    "csv": (sheets.as_csv, "text/csv; charset=utf-8"),
    "xlsx": (sheets.as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": (sheets.as_pdf, "application/pdf"),
}
MOST = {"csv": 50_000, "xlsx": 50_000, "pdf": 1_000}


@bp.get("/audit/export")
@policy.allow(policy.audits)
def ask() -> ResponseReturnValue:
    """In which form, and for what."""
    return _ask(request.args, {})


def _ask(given: Mapping[str, str], errors: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    return page(
        "supervision/export.html",
        status,
        asked=trail.asked(given),
        given=given,
        errors=errors,
        fields={field["name"]: field["label"] for field in trail.fields(door.reading())},
        most=MOST,
    )


@bp.post("/audit/export")
@policy.allow(policy.audits)
def take() -> ResponseReturnValue:
    """The file; the entry in the audit comes first and is not in it."""
    given, actor = request.form, door.current_actor()
    form = given.get("form", "")
    if form not in FORMS:
        return _ask(given, {"form": "请选择导出成哪种文件。"}, 422)
    entries = queries.audit_entries(door.reading(), actor, trail.wanted(given), limit=MOST[form])[
        : MOST[form]
    ]
    said = {**trail.asked(given), "rows": len(entries)}
    purpose = given.get("purpose", "").strip()
    try:
        door.perform(TakeRecords(what=f"trail.{form}", purpose=purpose, narrowed={"narrowed": said}))
    except Invalid as refusal:
        return _ask(given, refusal.errors, 422)
    mark = watermark(actor, door.now(), purpose, len(entries))
    write, kind = FORMS[form]
    disposition = f"attachment; filename=audit.{form}"
    return Response(write(entries, mark), content_type=kind, headers={"Content-Disposition": disposition})
