"""Pages of one case: handling, record, diagram, papers, clauses; and the list of cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, jsonify, request

from app import door, policy
from app.cases import drawing, lists, queries, tabs, whole
from app.cases.head import head_of, household_of
from app.cases.sealed import sealed_values
from app.errors import status_of
from app.orders import queries as orders
from app.pages import go, page
from app.security.commands import RevealField
from workflows.cases import STATE_WORDS
from workflows.errors import Invalid
from workflows.returning import may_take_back

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("cases", __name__, template_folder="templates")


@bp.get("/cases")
@policy.allow(policy.reads_cases)
def index() -> ResponseReturnValue:
    """Cases within the person's scope; a number typed whole leads straight to its case."""
    session, actor, args = door.reading(), door.current_actor(), request.args
    number = queries.numbered(session, actor, lists.only_words(args))
    if number is not None:
        return go("cases.show", number=number)
    wanted = lists.narrowed(args, door.now())
    found = queries.listed(session, actor, wanted, door.now(), args.get("cursor"))
    return page(
        "cases/index.html",
        cases=found.page,
        behind=found.behind,
        snippets=lists.snippets(found, wanted),
        holding=queries.holding(session, [row.id for row in found.page.rows]),
        narrowing=lists.kept(args),
        chips=lists.chips(args),
        fields=lists.fields(session, actor, args),
    )


@bp.get("/cases/<number>")
@policy.allow(policy.reads_cases)
def show(number: str) -> ResponseReturnValue:
    """One case; the tab is part of the address."""
    session, actor = door.reading(), door.current_actor()
    case = queries.view(session, actor, number)
    mine = [i for i in case.open_items if queries.may_act(session, i, actor) and not i.at_rest]
    tab = tabs.chosen(request.args.get("tab"), acts=bool(mine))
    g.shows_diagram = tab == "diagram"
    return page(
        "cases/show.html",
        case=case,
        tab=tab,
        tabs_of=tabs.entries(number, tab, waiting=len(mine)),
        head=head_of(case),
        household=household_of(session, case),
        sealed=sealed_values(case) if tab == "answers" else [],
        mine=mine,
        linked=queries.linked(session, actor, case.case),
        ordered=orders.of_case(session, actor, case.case.id),
        may_order=orders.may_order(actor, case.case),
        taken_back=may_take_back(session, case.case, actor),
        may=whole.may(session, actor, case.case),
        sent=whole.copies_to(session, actor, case.case),
        reader=actor,
        actor_supervises=policy.supervises.admits(actor),
        states=STATE_WORDS,
        **tabs.CONTENTS[tab](session, actor, case),
    )


@bp.get("/cases/<number>/diagram.bpmn")
@policy.allow(policy.reads_cases)
def diagram(number: str) -> ResponseReturnValue:
    """The BPMN text of the case's version."""
    file = request.args.get("file", drawing.OWN)
    text = queries.diagram(door.reading(), door.current_actor(), number, file)
    return Response(text, content_type="application/xml; charset=utf-8")


@bp.get("/cases/<number>/diagram.json")
@policy.allow(policy.reads_cases)
def diagram_state(number: str) -> ResponseReturnValue:
    """What the diagram viewer marks: the way taken, where the case stands, the clause of each element."""
    case = queries.view(door.reading(), door.current_actor(), number)
    return jsonify(drawing.state_on(case, request.args.get("file", drawing.OWN)))


@bp.get("/cases/<number>/reveal")
@policy.allow(policy.reads_cases)
def ask_reveal(number: str) -> ResponseReturnValue:
    """The question before a masked value is shown, on a page of its own."""
    return _ask_reveal(number)


def _ask_reveal(number: str, status: int = 200, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    case = queries.view(door.reading(), door.current_actor(), number)
    return page(
        "cases/reveal.html",
        status,
        case=case,
        sealed=sealed_values(case),
        given=request.values,
        errors=errors or {},
    )


@bp.post("/cases/<number>/reveal")
@policy.allow(policy.reads_cases)
def reveal(number: str) -> ResponseReturnValue:
    """Show one masked value; the reason is recorded."""
    case = queries.view(door.reading(), door.current_actor(), number)
    path, reason = request.form.get("path", ""), request.form.get("reason", "")
    try:
        plain = door.perform(RevealField(case_id=case.case.id, path=path, reason=reason))
    except Invalid as refusal:
        return _ask_reveal(number, status_of(refusal), refusal.errors or {"path": str(refusal)})
    shown = next((one for one in sealed_values(case) if one.path == path), None)
    return page("cases/reveal.html", case=case, plain=plain, shown=shown, given=request.form, errors={})
