"""Pages of 常用意见: one's own to keep, and the ones that are ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, request

from app import door, policy
from app.errors import status_of
from app.pages import go, page
from app.phrases import queries
from app.phrases.commands import MOST_PHRASES, AddPhrase, ChangePhrase, DeletePhrase, MovePhrase
from app.phrases.models import LONGEST
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("phrases", __name__, template_folder="templates")


@bp.app_context_processor
def _phrases() -> dict[str, Any]:
    """What a page with an opinion on it may offer; asked for only there."""
    return {"phrases_for": _offered}


def _offered(level: str) -> dict[str, Any]:
    own = queries.own(door.reading(), door.current_actor())
    return {"own": [phrase.text for phrase in own], "ready": queries.ready(level)}


def _show(status: int = 200, **values: Any) -> ResponseReturnValue:
    actor = door.current_actor()
    return page(
        "phrases/index.html",
        status,
        phrases=queries.own(door.reading(), actor),
        ready=queries.ready(queries.level_of(actor)),
        most=MOST_PHRASES,
        longest=LONGEST,
        **values,
    )


@bp.get("/me/phrases")
@policy.allow(policy.handles_work)
def index() -> ResponseReturnValue:
    """One's own phrases, and those ready at one's level."""
    return _show()


@bp.post("/me/phrases")
@policy.allow(policy.handles_work)
def add() -> ResponseReturnValue:
    """Keep one more; a script that asks from an item's page gets its words back."""
    text = request.form.get("text", "")
    scripted = request.headers.get("X-Requested-With") == "fetch"
    try:
        door.perform(AddPhrase(text=text))
    except Refusal as refusal:
        said = _sentence(refusal)
        if scripted:
            return jsonify(problem=said), status_of(refusal)
        return _show(status_of(refusal), added=text, error=said)
    return jsonify(text=text.strip()) if scripted else go("phrases.index", "已存为常用意见。")


def _sentence(refusal: Refusal) -> str:
    errors = refusal.errors if isinstance(refusal, Invalid) else {}
    return errors.get("text") or str(refusal)


@bp.post("/me/phrases/<int:phrase_id>")
@policy.allow(policy.handles_work)
def change(phrase_id: int) -> ResponseReturnValue:
    """Other words, another place, or away with it: whichever button was pressed."""
    action, text = request.form.get("_action", "save"), request.form.get("text", "")
    if action in {"up", "down"}:
        door.perform(MovePhrase(phrase_id=phrase_id, by=-1 if action == "up" else 1))
        return go("phrases.index")
    if action == "delete":
        door.perform(DeletePhrase(phrase_id=phrase_id))
        return go("phrases.index", "已删除。")
    try:
        door.perform(ChangePhrase(phrase_id=phrase_id, text=text))
    except Refusal as refusal:
        return _show(status_of(refusal), changed={phrase_id: text}, wrong={phrase_id: _sentence(refusal)})
    return go("phrases.index", "已改好。")
