"""Pages of 草稿: what was begun and not handed in, and throwing it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import door, policy
from app.catalogue import drafts
from app.catalogue.commands import DiscardStartDraft
from app.catalogue.views import bp
from app.pages import go, page

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/drafts")
@policy.allow(policy.handles_work)
def drafts_list() -> ResponseReturnValue:
    """草稿: applications not handed in, and items put away."""
    session, actor = door.reading(), door.current_actor()
    return page(
        "catalogue/drafts.html", drafts=drafts.drafts(session, actor), items=drafts.half_done(session, actor)
    )


@bp.get("/drafts/<int:draft_id>/discard")
@policy.allow(policy.handles_work)
def ask_discard(draft_id: int) -> ResponseReturnValue:
    """The question before a draft is thrown away."""
    found = drafts.draft(door.reading(), door.current_actor(), draft_id)
    return page("catalogue/discard.html", draft=found)


@bp.post("/drafts/<int:draft_id>/discard")
@policy.allow(policy.handles_work)
def discard(draft_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    door.perform(DiscardStartDraft(draft_id=draft_id))
    return go("catalogue.drafts_list", "草稿已删除。")
