"""Pages of one procedure: its diagram with the time each step takes, the ways cases took, what left them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, jsonify, request, url_for

from app import door, policy
from app.cases import drawing
from app.cases import queries as cases
from app.pages import page
from app.supervision import asked, heat, queries, showing, ways
from app.supervision.courses import DEVIATIONS
from workflows import catalogue
from workflows.catalogue import Release
from workflows.errors import NotFound

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.supervision.queries import Wanted

bp = Blueprint("maps", __name__)


def _wanted() -> Wanted:
    wanted = asked.wanted(door.current_actor(), request.args, door.now())
    if wanted.procedure is None:
        raise NotFound
    return wanted


def _release(wanted: Wanted) -> Release:
    """The version asked for, else the newest that has cases in the area."""
    session = door.reading()
    found = queries.figures(session, wanted, door.now(), "version_id")
    version = wanted.version if wanted.version in found else max(found, default=None)
    if version is None:
        raise NotFound
    return catalogue.release(session, version)


@bp.get("/supervision/map")
@policy.allow(policy.supervises)
def show() -> ResponseReturnValue:
    """The diagram of a procedure, coloured by how long its steps take; beside it the same in a table."""
    session, actor, now = door.reading(), door.current_actor(), door.now()
    wanted = _wanted()
    release = _release(wanted)
    g.shows_diagram = True
    file = request.args.get("file", drawing.OWN)
    here = asked.said(wanted, version=release.version_id)
    return page(
        "supervision/map.html",
        wanted=wanted,
        asks=asked.said,
        release=release,
        way=queries.way_down(session, actor, wanted.area),
        lines=showing.by_step(session, wanted, now),
        words=showing.WORDS,
        shown=showing.SHOWN,
        xml_url=url_for("supervision.maps.diagram", file=file, **here),
        state_url=url_for("supervision.maps.state", file=file, **here),
        files=[
            {
                "href": url_for("supervision.maps.show", file=name, **here),
                "label": label,
                "current": name == file,
            }
            for name, label in drawing.files(release)
        ],
    )


@bp.get("/supervision/map/diagram.bpmn")
@policy.allow(policy.supervises)
def diagram() -> ResponseReturnValue:
    """The BPMN text of a version."""
    diagrams = _release(_wanted()).diagrams
    file = request.args.get("file", drawing.OWN)
    if file not in diagrams:
        raise NotFound
    return Response(diagrams[file], content_type="application/xml; charset=utf-8")


@bp.get("/supervision/map/diagram.json")
@policy.allow(policy.supervises)
def state() -> ResponseReturnValue:
    """What the viewer marks on it: a colour by time against limit, a badge of what is open and overdue."""
    wanted = _wanted()
    release = _release(wanted)
    found = queries.figures(door.reading(), wanted, door.now(), "step")
    return jsonify(heat.state_on(release, request.args.get("file", drawing.OWN), found))


@bp.get("/supervision/ways")
@policy.allow(policy.supervises)
def variants() -> ResponseReturnValue:
    """The ways cases of a procedure took, each with its number; and in what they left the usual one."""
    session, wanted = door.reading(), _wanted()
    return page(
        "supervision/ways.html",
        wanted=wanted,
        asks=asked.said,
        way=queries.way_down(session, door.current_actor(), wanted.area),
        subject=queries.procedure_names(session).get(wanted.procedure or "", ""),
        variants=ways.variants(session, wanted),
        deviations=ways.deviations(session, wanted),
    )


@bp.get("/supervision/ways/cases")
@policy.allow(policy.supervises)
def behind() -> ResponseReturnValue:
    """The cases that took one way, or left the usual one in one."""
    session, wanted, args = door.reading(), _wanted(), request.args
    path, deviation = args.get("path") or None, args.get("deviation") or None
    if deviation is not None and deviation not in DEVIATIONS:
        raise NotFound
    found = ways.cases(session, wanted, args.get("cursor"), path=path, deviation=deviation)
    here: dict[str, Any] = {**asked.said(wanted), "path": path, "deviation": deviation}
    return page(
        "supervision/way_cases.html",
        fragment="supervision/_way_cases.html",
        wanted=wanted,
        asks=asked.said,
        title=DEVIATIONS.get(deviation or "", "同一路径的办件"),
        cases=found.rows,
        holding=cases.holding(session, [row.id for row in found.rows]),
        next_url=url_for("supervision.maps.behind", cursor=found.next, **here) if found.next else None,
        first_url=url_for("supervision.maps.behind", **here) if args.get("cursor") else None,
    )
