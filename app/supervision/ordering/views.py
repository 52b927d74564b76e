"""Pages of 督办: its lists, and taking one of them along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for

from app import door, policy
from app.orders.rule import FAMILY
from app.pages import PAGE_ROWS, page
from app.supervision import queries, sheets
from app.supervision.ordering import listing
from app.supervision.ordering.listing import CARDS, ORDERS, PARTS, PROPOSED, STATES, Asked
from app.supervision.ordering.rows import CELLS, HEADS
from app.supervision.taking import TakeRecords, watermark
from workflows.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flask.typing import ResponseReturnValue

    from app.pages import Page

bp = Blueprint("ordering", __name__)

FORMS: dict[str, tuple[Callable[[Sequence[str], list[list[str]], str, str], bytes], str]] = {
    "csv": (sheets.table_csv, "text/csv; charset=utf-8"),
    "xlsx": (sheets.table_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
MOST = 20_000


@bp.get("/supervision/orders")
@policy.allow(policy.supervises)
def index() -> ResponseReturnValue:
    """督办: the cards that stand, what the rule would have ordered, the orders."""
    args = request.args
    session, asked, part = door.reading(), _asked(args), _part(args)
    cursor, here = args.get("cursor"), _said(asked, part)
    found = _rows(asked, part, cursor, PAGE_ROWS)
    return page(
        "supervision/orders.html",
        fragment=f"supervision/_{part}.html",
        asked=asked,
        part=part,
        rows=found.rows,
        parts=[
            {
                "href": url_for(".index", **_said(asked, key, state=None)),
                "label": words,
                "current": key == part,
            }
            for key, words in PARTS.items()
        ],
        chips=_chips(asked) if part == ORDERS else [],
        areas=list(queries.below(session, _widest()).items()),
        widest=_widest(),
        procedures=[
            (key, name) for key, name in queries.procedure_names(session).items() if _is_watched(key)
        ],
        here=here,
        next_url=url_for(".index", cursor=found.next, **here) if found.next else None,
        first_url=url_for(".index", **here) if cursor else None,
    )


def _asked(args: Mapping[str, str]) -> Asked:
    state = args.get("state", "")
    return Asked(
        area=queries.area_for(door.current_actor(), args.get("area")),
        procedure=args.get("procedure") or None,
        state=state if state in STATES else "",
    )


def _part(args: Mapping[str, str]) -> str:
    return args["part"] if args.get("part") in PARTS else CARDS


def _widest() -> str:
    return queries.areas_of(door.current_actor())[0]


def _is_watched(key: str) -> bool:
    return not key.startswith(FAMILY)


def _said(asked: Asked, part: str, **other: Any) -> dict[str, Any]:
    """The same as parts of an address."""
    parts = {"part": part, "area": asked.area, "procedure": asked.procedure, "state": asked.state, **other}
    return {name: value for name, value in parts.items() if value}


def _chips(asked: Asked) -> list[dict[str, Any]]:
    numbers = listing.counts(door.reading(), asked)
    return [
        {
            "href": url_for(".index", **_said(asked, ORDERS, state=key)),
            "label": words,
            "current": key == asked.state,
            "count": numbers.get(key),
        }
        for key, words in STATES.items()
    ]


def _rows(asked: Asked, part: str, cursor: str | None, limit: int) -> Page[Any]:
    session = door.reading()
    if part == PROPOSED:
        return listing.proposals(session, asked, door.now(), cursor, limit)
    return (listing.orders if part == ORDERS else listing.cards)(session, asked, cursor, limit)


@bp.get("/supervision/orders/export")
@policy.allow(policy.supervises)
def ask_export() -> ResponseReturnValue:
    """In which form, and for what."""
    return _ask_export(request.args, {})


def _ask_export(
    given: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> ResponseReturnValue:
    asked, part = _asked(given), _part(given)
    names = queries.names_of(door.reading(), [asked.area])
    return page(
        "supervision/orders_export.html",
        status,
        here=_said(asked, part),
        given=given,
        errors=errors,
        facts=[
            ("清单", PARTS[part]),
            ("区划", names.get(asked.area, asked.area)),
            (
                "事项",
                queries.procedure_names(door.reading()).get(asked.procedure or "", "全部事项"),
            ),
        ],
        most=MOST,
    )


@bp.post("/supervision/orders/export")
@policy.allow(policy.supervises)
def export() -> ResponseReturnValue:
    """The file; the entry in the audit comes first."""
    given, actor = request.form, door.current_actor()
    form = given.get("form", "")
    if form not in FORMS:
        return _ask_export(given, {"form": "请选择导出成哪种文件。"}, 422)
    asked, part = _asked(given), _part(given)
    found = _rows(asked, part, None, MOST).rows
    purpose = given.get("purpose", "").strip()
    said = {**_said(asked, part), "rows": len(found)}
    try:
        door.perform(TakeRecords(what=f"orders.{form}", purpose=purpose, narrowed={"narrowed": said}))
    except Invalid as refusal:
        return _ask_export(given, refusal.errors, 422)
    mark = watermark(actor, door.now(), purpose, len(found))
    write, kind = FORMS[form]
    return Response(
        write(HEADS[part], [CELLS[part](row) for row in found], mark, PARTS[part]),
        content_type=kind,
        headers={"Content-Disposition": f"attachment; filename=orders.{form}"},
    )
