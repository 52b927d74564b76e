"""The diagram of an amendment: drawn on, or looked at; and what it may speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, g, jsonify, request

from app import door, policy
from app.designer import documents, picture, queries, vocabulary
from app.designer.views import bp
from app.pages import go, page
from workflows.designing.amendments import DRAFTING, STATE_WORDS, seen

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from workflows.designing.amendments import Amendment


@bp.get("/amendments/<int:amendment_id>/diagram")
@policy.allow(policy.sets_parameters)
def draw(amendment_id: int) -> ResponseReturnValue:
    """画图: the designer; whoever may not change the amendment sees its picture."""
    row = _amendment(amendment_id)
    if row.state != DRAFTING or queries.hindrance(door.reading(), door.current_actor(), row):
        return go("designer.look", amendment_id=amendment_id)
    g.shows_diagram = True
    return page("designer/diagram.html", amendment=row, state=STATE_WORDS[row.state])


@bp.get("/amendments/<int:amendment_id>/picture")
@policy.allow(policy.sets_parameters)
def look(amendment_id: int) -> ResponseReturnValue:
    """看图: the diagram and the clause behind each element, on any screen."""
    row = _amendment(amendment_id)
    g.shows_diagram = True
    meta = vocabulary.described(row.files)
    return page(
        "designer/picture.html",
        amendment=row,
        state=STATE_WORDS[row.state],
        documents=[each for each in documents.listed(row.files, meta) if each["named"] or each["own"]],
    )


@bp.get("/amendments/<int:amendment_id>/picture.json")
@policy.allow(policy.sets_parameters)
def said(amendment_id: int) -> ResponseReturnValue:
    """What the viewer says of each element."""
    return jsonify(elements=picture.said(_amendment(amendment_id)))


@bp.get("/amendments/<int:amendment_id>/vocabulary.json")
@policy.allow(policy.sets_parameters)
def words(amendment_id: int) -> ResponseReturnValue:
    """What the pickers of the designer offer."""
    return jsonify(vocabulary.vocabulary(door.reading(), _amendment(amendment_id)))


@bp.get("/amendments/<int:amendment_id>/library.json")
@policy.allow(policy.sets_parameters)
def library(amendment_id: int) -> ResponseReturnValue:
    """The forms of procedures in force; with ``form``, that one and its text."""
    row, key = _amendment(amendment_id), request.args.get("form")
    found: Any = (
        vocabulary.library_form(door.reading(), key) if key else vocabulary.library(door.reading(), row.files)
    )
    return jsonify(found)


@bp.get("/amendments/<int:amendment_id>/document.txt")
@policy.allow(policy.sets_parameters)
def document(amendment_id: int) -> ResponseReturnValue:
    """The words of a document that elements may cite: ``file``, else the first that is named."""
    row = _amendment(amendment_id)
    first = documents.listed(row.files, vocabulary.described(row.files))[0]["file"]
    content = documents.text(row.files, request.args.get("file") or first)
    return Response(content, content_type="text/plain; charset=utf-8")


def _amendment(amendment_id: int) -> Amendment:
    return seen(door.reading(), door.current_actor(), amendment_id)
