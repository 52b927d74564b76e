"""Pages of one case: handling, record, diagram, papers, clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, jsonify, request

import forms
from app import door, policy
from app.attachments.shelf import Lookups
from app.cases import queries
from app.cases.timeline import basis_of, timeline_of
from app.pages import PAGE_ROWS, page
from app.papers import queries as papers
from app.security.commands import RevealField
from workflows.work_items import may_act, moment

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.cases.queries import CaseView

bp = Blueprint("cases", __name__, template_folder="templates")

TABS = ("record", "answers", "diagram", "papers", "clauses")


@bp.get("/cases")
@policy.allow(policy.reads_cases)
def index() -> ResponseReturnValue:
    """Cases within the person's scope."""
    args = request.args
    found = queries.listed(
        door.reading(),
        door.current_actor(),
        state=args.get("state") or None,
        procedure=args.get("procedure") or None,
        q=args.get("q") or None,
        cursor=args.get("cursor"),
        limit=PAGE_ROWS,
    )
    return page("cases/index.html", cases=found)


@bp.get("/cases/<number>")
@policy.allow(policy.reads_cases)
def show(number: str) -> ResponseReturnValue:
    """One case; the tab is part of the address."""
    session, actor = door.reading(), door.current_actor()
    case = queries.view(session, actor, number)
    tab = request.args.get("tab", "record")
    tab = tab if tab in TABS else "record"
    g.shows_diagram = tab == "diagram"
    return page(
        "cases/show.html",
        case=case,
        tab=tab,
        timeline=timeline_of(session, case),
        papers=papers.of_case(session, case.case.id),
        filled=_filled(case) if tab == "answers" else [],
        lookups=Lookups(session, actor),
        basis_of=basis_of,
        mine=[item for item in case.open_items if may_act(item, actor)],
    )


def _filled(case: CaseView) -> list[tuple[str, forms.Definition, dict[str, Any]]]:
    """The latest answers of each step that has a form, in the order they were first given."""
    found: dict[str, tuple[str, forms.Definition, dict[str, Any]]] = {}
    for entry in case.entries:
        text = case.release.forms.get(entry.form or "")
        if text is not None and entry.record.answers is not None:
            found[entry.record.step] = (entry.record.name, forms.parse(text), entry.record.answers)
    return list(found.values())


@bp.get("/cases/<number>/diagram.bpmn")
@policy.allow(policy.reads_cases)
def diagram(number: str) -> ResponseReturnValue:
    """The BPMN text of the case's version."""
    file = request.args.get("file", "process.bpmn")
    text = queries.diagram(door.reading(), door.current_actor(), number, file)
    return Response(text, content_type="application/xml; charset=utf-8")


@bp.get("/cases/<number>/diagram.json")
@policy.allow(policy.reads_cases)
def diagram_state(number: str) -> ResponseReturnValue:
    """What the diagram viewer marks: the way taken, where the case stands, the clause of each element."""
    case = queries.view(door.reading(), door.current_actor(), number)
    return jsonify(passed=case.passed, current=case.standing, elements=_elements(case))


def _elements(case: CaseView) -> dict[str, dict[str, Any]]:
    last = {entry.record.step: entry.record for entry in case.entries}
    found = {}
    for element in case.release.specification.elements.values():
        basis, record = basis_of(case, element.id), last.get(element.id)
        words = " ".join(filter(None, (record.conclusion or "已完成", moment(record.at)))) if record else ""
        found[element.id] = {
            "name": element.name,
            "words": words,
            "quote": basis.quote if basis else "",
            "source": basis.source if basis else "",
            "origin": element.origin or "source",
        }
    return found


@bp.post("/cases/<number>/reveal")
@policy.allow(policy.reads_cases)
def reveal(number: str) -> ResponseReturnValue:
    """Show one masked value; the reason is recorded."""
    case = queries.view(door.reading(), door.current_actor(), number)
    path, reason = request.form.get("path", ""), request.form.get("reason", "")
    plain = door.perform(RevealField(case_id=case.case.id, path=path, reason=reason))
    return page("cases/reveal.html", case=case, plain=plain, path=path, reason=reason)
