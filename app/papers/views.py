"""Reading and printing official papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from app import policy
from app.door import current_actor, reading
from app.pages import page
from app.papers import queries
from app.policy import allow

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("papers", __name__, template_folder="templates")


@bp.get("/papers/<int:document_id>")
@allow(policy.reads_cases)
def show(document_id: int) -> ResponseReturnValue:
    """One paper as it was issued."""
    return page("papers/show.html", document=queries.document(reading(), current_actor(), document_id))
