"""Each call stands once: address, who may, what it takes and gives; routing and OpenAPI follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

from app import policy
from app.api import asking
from app.api.schema_parts import Query
from app.extensions import csrf

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.policy import Policy
    from workflows.errors import Refusal

View = Callable[..., "ResponseReturnValue"]

bp = Blueprint("api", __name__, url_prefix="/api/v1")

# Programs carry a bearer token, never a cookie, so no other site can speak in their name.
csrf.exempt(bp)


@bp.after_request
def keep_private(response: Response) -> Response:
    """Answers are for who asked alone: nothing between here and there may keep one."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


ROW = f"int(max={2**63 - 1})"
"""A row's number in an address: what no database could hold is simply not found."""

PAGED = (
    Query("cursor", "text", "上一页回答中的 next；缺省从头开始"),
    Query("limit", "limit", "每页条数，1 至 100，缺省 20"),
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the interface: decorating a view routes it, marks who may, checks and documents it."""

    method: str
    rule: str
    policy: Policy
    _: KW_ONLY
    summary: str
    gives: str
    status: int = 200
    body: str | None = None
    query: tuple[Query, ...] = ()
    refusals: tuple[type[Refusal], ...] = ()
    media: str = "application/json"
    actions: tuple[str, ...] = ()
    """What ``<action>`` in the address may be."""
    later: bool = False
    """Whether it may answer 202: taken down, and done after the answer."""
    keyed: bool = True
    """Whether an unsafe call may be repeated under an idempotency key."""

    def __call__(self, view: View) -> View:
        """Enter the view under its own name."""

        @wraps(view)
        def checked(**values: Any) -> ResponseReturnValue:
            asking.check_address()
            asking.check_query(self.query)
            return view(**values)

        CALLS[view.__name__] = self
        bp.add_url_rule(self.rule, view.__name__, policy.allow(self.policy)(checked), methods=[self.method])
        return view

    @property
    def repeatable(self) -> bool:
        """Whether it takes an idempotency key."""
        return self.keyed and self.method == "POST"


CALLS: dict[str, Call] = {}
"""Every call by the name of its view, in the order of the files."""
