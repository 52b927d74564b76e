"""Pages of supervision: the dashboard, and the steps behind each of its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, g, request, url_for

from app import door, policy
from app.pages import page
from app.supervision import asked, log_views, map_views, past_views, queries, showing, trail_views
from app.supervision.alerts import views as alert_views
from app.supervision.ordering import issuing, listing
from app.supervision.ordering import views as order_views
from workflows.errors import NotFound

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("supervision", __name__, template_folder="templates")
for part in (
    map_views.bp,
    log_views.bp,
    past_views.bp,
    trail_views.bp,
    alert_views.bp,
    order_views.bp,
    issuing.bp,
):
    bp.register_blueprint(part)


@bp.get("/supervision")
@policy.allow(policy.supervises)
def index() -> ResponseReturnValue:
    """督查: what is open, overdue, returned and refused, by division, procedure and step."""
    session, actor, now = door.reading(), door.current_actor(), door.now()
    wanted = asked.wanted(actor, request.args, now)
    g.shows_chart = True
    places = showing.by_area(session, wanted, now)
    by_step = wanted.procedure is not None
    lines = (showing.by_step if by_step else showing.by_procedure)(session, wanted, now)
    days = queries.by_day(session, wanted)
    return page(
        "supervision/index.html",
        wanted=wanted,
        asks=asked.said,
        way=queries.way_down(session, actor, wanted.area),
        total=showing.Line("合计", None, queries.total([line.figures for line in lines]), asked.said(wanted)),
        places=places,
        lines=lines,
        by_step=by_step,
        days=days,
        versions=showing.versions(session, wanted, now),
        procedures=queries.procedure_names(session),
        words=showing.WORDS,
        shown=showing.SHOWN,
        bars=showing.bars,
        course=showing.course(days),
    )


@bp.get("/supervision/steps")
@policy.allow(policy.supervises)
def steps() -> ResponseReturnValue:
    """The steps a number is made of, each with its case."""
    session, actor, now = door.reading(), door.current_actor(), door.now()
    wanted = asked.wanted(actor, request.args, now)
    what = request.args.get("what", "open")
    if what not in queries.WHAT:
        raise NotFound
    cursor = request.args.get("cursor")
    rows = queries.behind(session, wanted, what, now, cursor)
    here = {"what": what, **asked.said(wanted)}
    return page(
        "supervision/steps.html",
        fragment="supervision/_steps.html",
        wanted=wanted,
        what=what,
        words=showing.WORDS,
        way=queries.way_down(session, actor, wanted.area),
        procedures=queries.procedure_names(session),
        asks=asked.said,
        rows=rows.rows,
        orderable=listing.orderable(session, [row.item_id for row in rows.rows] if what == "overdue" else []),
        next_url=url_for("supervision.steps", cursor=rows.next, **here) if rows.next else None,
        first_url=url_for("supervision.steps", **here) if cursor else None,
    )
