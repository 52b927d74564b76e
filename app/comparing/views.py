"""Pages of a procedure's versions: the list of them, and any two side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask import Blueprint, Response, g, jsonify, request

from app import door, policy
from app.comparing import queries
from app.errors import status_of
from app.organisation.roles import ROLES
from app.pages import page
from workflows.administering import administers
from workflows.designing.comparing import compare as compared
from workflows.designing.comparing.changes import PARTS
from workflows.designing.parts import OWN_DIAGRAM
from workflows.errors import NotFound, Refusal

if TYPE_CHECKING:
    from typing import Any

    from flask.typing import ResponseReturnValue

    from app.comparing.queries import Overseen
    from workflows.catalogue import Bundle
    from workflows.designing.comparing import Comparison

bp = Blueprint("comparing", __name__, template_folder="templates")

ROLE_WORDS = {key: role.name for key, role in ROLES.items()}


class Pair(NamedTuple):
    """Two sides of a procedure, from the earlier to the later."""

    procedure: Overseen
    codes: tuple[str, str]
    bundles: tuple[Bundle, Bundle]

    @property
    def comparison(self) -> Comparison:
        """What differs; raises where one of them cannot be read."""
        return compared(*self.bundles, ROLE_WORDS)


@bp.get("/procedures/<key>/versions")
@policy.allow(policy.oversees)
def versions(key: str) -> ResponseReturnValue:
    """版本: every version and amendment, and the choice of two to compare."""
    found = queries.overseen(door.reading(), door.current_actor(), key)
    may = administers(door.current_actor(), found.division)
    return page("comparing/versions.html", procedure=found, chosen=found.usual(), administers=may)


@bp.get("/procedures/<key>/compare")
@policy.allow(policy.oversees)
def compare(key: str) -> ResponseReturnValue:
    """比较: two diagrams side by side, and what changes in words."""
    procedure = queries.overseen(door.reading(), door.current_actor(), key)
    codes = _codes(procedure)
    said: dict[str, Any] = {"procedure": procedure, "chosen": codes, "parts": PARTS}
    try:
        sides = [procedure.side(code) for code in codes]
        pair = _pair(procedure)
        comparison = pair.comparison
    except NotFound:
        raise
    except Refusal as refusal:
        return page("comparing/compare.html", status_of(refusal), problem=str(refusal), **said)
    g.shows_diagram = True
    files = sorted(
        {*pair.bundles[0].diagrams, *pair.bundles[1].diagrams}, key=lambda name: (name != OWN_DIAGRAM, name)
    )
    file = request.args.get("diagram", OWN_DIAGRAM)
    return page(
        "comparing/compare.html",
        comparison=comparison,
        sides=list(zip(("old", "new"), sides, pair.bundles, strict=True)),
        files=files,
        file=file if file in files else OWN_DIAGRAM,
        **said,
    )


@bp.get("/procedures/<key>/compare/<any(old, new):which>.bpmn")
@policy.allow(policy.oversees)
def diagram(key: str, which: str) -> ResponseReturnValue:
    """One of the two diagrams."""
    pair = _pair(queries.overseen(door.reading(), door.current_actor(), key))
    found = pair.bundles[which == "new"].diagrams.get(_file())
    if found is None:
        raise NotFound
    return Response(found, content_type="application/xml; charset=utf-8")


@bp.get("/procedures/<key>/compare/<any(old, new):which>.json")
@policy.allow(policy.oversees)
def marks(key: str, which: str) -> ResponseReturnValue:
    """How each element of one of the two diagrams is marked, and what is said of it."""
    pair = _pair(queries.overseen(door.reading(), door.current_actor(), key))
    comparison = pair.comparison
    marked = comparison.marks[which == "new"].get(_file(), {})
    return jsonify({"marks": marked, "elements": comparison.told(set(marked))})


def _file() -> str:
    return request.args.get("file", OWN_DIAGRAM)


def _codes(procedure: Overseen) -> tuple[str, str]:
    usual = procedure.usual()
    to = request.args.get("to") or usual[1]
    newest = procedure.versions[0].code if procedure.versions else to
    return request.args.get("from") or (newest if to != usual[1] else usual[0]), to


def _pair(procedure: Overseen) -> Pair:
    session, codes = door.reading(), _codes(procedure)
    old, new = (queries.bundle(session, procedure.key, code) for code in codes)
    return Pair(procedure, codes, (old, new))
