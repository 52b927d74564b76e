"""Each call stands once: address, who may, what it takes and gives; routing and OpenAPI follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Blueprint

from app import policy
from app.api import asking
from app.api.schemas import Query
from app.extensions import csrf

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.policy import Policy
    from workflows.errors import Refusal

View = Callable[..., "ResponseReturnValue"]

bp = Blueprint("api", __name__, url_prefix="/api/v1")

# Programs carry a bearer token, never a cookie, so no other site can speak in their name.
csrf.exempt(bp)

ROW = f"int(max={2**63 - 1})"
"""A row's number in an address: what no database could hold is simply not found."""

PAGED = (
    Query("cursor", "text", "上一页回答中的 next；缺省从头开始"),
    Query("limit", "limit", "每页条数，1 至 100，缺省 20"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the interface, as it is routed, checked and documented."""

    method: str
    rule: str
    endpoint: str
    policy: Policy
    summary: str
    gives: str
    status: int
    body: str | None
    query: tuple[Query, ...]
    refusals: tuple[type[Refusal], ...]
    media: str
    repeatable: bool
    root: bool = False


CALLS: list[Call] = []
"""Every call, in the order of the files."""


def call(  # noqa: PLR0913 (one row of a table: each word is said where it is used)
    method: str,
    rule: str,
    who: Policy,
    *,
    summary: str,
    gives: str,
    status: int = 200,
    body: str | None = None,
    query: tuple[Query, ...] = (),
    refusals: tuple[type[Refusal], ...] = (),
    media: str = "application/json",
    repeatable: bool | None = None,
) -> Callable[[View], View]:
    """Route a view under ``/api/v1``, mark who may, check what comes in, and enter it in the document."""

    def mark(view: View) -> View:
        CALLS.append(
            Call(
                method=method,
                rule=rule,
                endpoint=view.__name__,
                policy=who,
                summary=summary,
                gives=gives,
                status=status,
                body=body,
                query=query,
                refusals=refusals,
                media=media,
                repeatable=method == "POST" if repeatable is None else repeatable,
            )
        )

        @wraps(view)
        def checked(**values: Any) -> ResponseReturnValue:
            asking.check_address()
            asking.check_query(query)
            return view(**values)

        bp.add_url_rule(rule, view.__name__, policy.allow(who)(checked), methods=[method])
        return view

    return mark
