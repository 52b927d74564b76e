"""What can be applied for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import door, policy
from app.api import asking, shapes
from app.api.answering import listed, said
from app.api.calls import PAGED, Call
from app.api.schema_parts import Query
from app.catalogue import queries
from app.pages import Page, encode_cursor
from workflows import catalogue
from workflows.catalogue import NotPublished, UnknownProcedure

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@Call(
    "GET",
    "/procedures",
    policy.handles_work,
    summary="在用的事项，可只看适用于某区划的",
    query=(Query("division", "division", "12 位区划代码：只列适用于它的事项"), *PAGED),
    gives="ProcedurePage",
)
def procedures() -> ResponseReturnValue:
    """Procedures in force, in a fixed order."""
    after = asking.cursor(asking.row_number)
    offers = queries.offers(door.reading(), door.current_actor(), asking.asked("division"))
    return listed(_stretch(offers, after), shapes.procedure)


def _stretch(offers: list[queries.Offer], cursor: str | None) -> Page[queries.Offer]:
    start = asking.place_of(cursor)
    end = start + asking.limit()
    return Page(offers[start:end], encode_cursor(end) if end < len(offers) else None)


@Call(
    "GET",
    "/procedures/<key>",
    policy.handles_work,
    summary="一个事项：环节、依据、参数和发起表单",
    gives="Procedure",
    refusals=(UnknownProcedure, NotPublished),
)
def procedure(key: str) -> ResponseReturnValue:
    """One procedure in force."""
    release = catalogue.current(door.reading(), key, door.now())
    startable = queries.startable(door.current_actor(), release)
    return said(shapes.procedure(queries.Offer(release, startable)))
