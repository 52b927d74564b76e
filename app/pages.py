"""Page or fragment, redirect, cursor paging: everything the views know of HTMX and of the browser."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import orjson
from flask import flash, make_response, redirect, render_template, request, url_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

T = TypeVar("T")

PAGE_ROWS = 20


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


def paged(rows: Sequence[T], limit: int, key: Any) -> Page[T]:
    """Cut ``limit + 1`` rows into a page; ``key`` gives a row's sort values."""
    shown = rows[:limit]
    more = encode_cursor(*key(shown[-1])) if len(rows) > limit else None
    return Page(shown, more)
