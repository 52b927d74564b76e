"""Page or fragment, redirect, cursor paging: everything the views know of HTMX and of the browser."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import orjson
from flask import flash, make_response, redirect, render_template, request, url_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask.typing import ResponseReturnValue

T = TypeVar("T")

PAGE_ROWS = 20

MOST_ROW_NUMBER = 2**63 - 1


def page(template: str, status: int = 200, **values: Any) -> ResponseReturnValue:
    """Render ``template``; when HTMX asks for a part, the fragment ``_<name>`` beside it."""
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        folder, _, name = template.rpartition("/")
        fragment = values.pop("fragment", None) or f"{folder}/_{name}"
        return make_response(render_template(fragment, **values), status)
    values.pop("fragment", None)
    return make_response(render_template(template, **values), status)


def go(endpoint: str, said: str | None = None, **values: Any) -> ResponseReturnValue:
    """Redirect after a change, with a sentence to show on arrival."""
    if said:
        flash(said, "success")
    return redirect(url_for(endpoint, **values), code=303)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A stretch of a list and the cursor of the next one."""

    rows: Sequence[T]
    next: str | None


def encode_cursor(*values: object) -> str:
    """An opaque cursor from the sort values of the last row."""
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> list[Any] | None:
    """The sort values of a cursor; None for none or nonsense."""
    if not cursor:
        return None
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        return None
    return values if isinstance(values, list) else None


def after(cursor: str | None, *kinds: Callable[[Any], T]) -> list[T] | None:
    """The sort values of a cursor, each read by its kind; None for none, nonsense or another list's."""
    values = decode_cursor(cursor)
    if values is None or len(values) != len(kinds):
        return None
    try:
        return [kind(value) for kind, value in zip(kinds, values, strict=True)]
    except (ValueError, TypeError, OverflowError):
        return None


def row_number(value: Any) -> int:
    """A row's number inside a cursor; raises ValueError for what no table could hold."""
    if type(value) is not int or not 0 <= value <= MOST_ROW_NUMBER:
        raise ValueError(value)
    return value


def instant(value: Any) -> datetime:
    """An aware instant inside a cursor; raises ValueError."""
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError(value)
    return found.astimezone(UTC)


def paged(rows: Sequence[T], limit: int, key: Any) -> Page[T]:
    """Cut ``limit + 1`` rows into a page; ``key`` gives a row's sort values."""
    shown = rows[:limit]
    more = encode_cursor(*key(shown[-1])) if len(rows) > limit else None
    return Page(shown, more)
