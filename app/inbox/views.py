"""Pages of my work and of one item in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

import forms
from app import door, policy
from app.attachments.shelf import Lookups
from app.attachments.views import take_in_upload
from app.cases import queries as cases
from app.cases.clauses import basis_of, steering
from app.cases.filled import filled_steps
from app.cases.head import head_of, household_of
from app.cases.lists import beginning, end
from app.cases.timeline import decided_before
from app.errors import status_of
from app.inbox import item as items
from app.inbox import lists, menu, queries
from app.inbox.again import why_again
from app.inbox.orders import DONE_ORDERS, OPEN_ORDERS
from app.orders import queries as orders
from app.organisation.directory import Directory
from app.pages import PAGE_ROWS, go, page
from app.searching.queries import Wanted
from workflows import exclusion, lateness, running
from workflows.cases import STATE_WORDS
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.inbox.item import ItemView

bp = Blueprint("inbox", __name__, template_folder="templates")


@bp.app_context_processor
def _menu() -> dict[str, Any]:
    """The menu of every page of someone signed in."""
    actor = door.current_actor()
    return {"menu": menu.entries(actor)} if actor.kind == "person" else {}


@bp.get("/")
@policy.allow(policy.signed_in)
def index() -> ResponseReturnValue:
    """待办; whoever has other work arrives there."""
    first = menu.arrival(door.current_actor())
    return go(first) if first != "inbox.index" else _waiting()


@bp.get("/waiting")
@policy.allow(policy.handles_work)
def waiting() -> ResponseReturnValue:
    """待办 of whoever arrives elsewhere: a supervisor, whose reviews wait here."""
    return _waiting()


def _waiting() -> ResponseReturnValue:
    actor, here = door.current_actor(), str(request.endpoint)
    narrowed, args = lists.narrowed(request.args, door.now()), request.args
    order, picking = lists.ordered(args, OPEN_ORDERS), bool(args.get("batch"))
    rows = lists.MOST_PICKED if picking else PAGE_ROWS
    found = queries.open_items(door.reading(), actor, narrowed, args.get("cursor"), rows, order)
    return page(
        "inbox/index.html",
        items=found,
        behalf=queries.on_behalf(found.rows, actor),
        away=exclusion.away(door.reading(), Directory(), found.rows, actor),
        chips=lists.chips(here, door.reading(), actor, args, door.now()),
        procedures=lists.procedures(door.reading()),
        narrowing=lists.kept(args),
        sorts=lists.sorts(here, args, OPEN_ORDERS),
        here=here,
        ordered=orders.against(door.reading(), actor),
        picks=lists.picks(found.rows) if picking else None,
    )


@bp.get("/done")
@policy.allow(policy.handles_work)
def done() -> ResponseReturnValue:
    """已办."""
    session, actor, args = door.reading(), door.current_actor(), request.args
    order = lists.ordered(args, DONE_ORDERS)
    found = queries.done_items(session, actor, lists.finished(args), args.get("cursor"), PAGE_ROWS, order)
    return page(
        "inbox/done.html",
        items=found,
        procedures=lists.procedures(session),
        narrowing=lists.kept(args),
        sorts=lists.sorts("inbox.done", args, DONE_ORDERS),
    )


@bp.get("/started")
@policy.allow(policy.handles_work)
def started() -> ResponseReturnValue:
    """我发起."""
    session, actor, args = door.reading(), door.current_actor(), request.args
    wanted = Wanted(
        state=args.get("state") or None,
        procedure=args.get("procedure") or None,
        since=beginning(args.get("since")),
        until=end(args.get("until")),
    )
    found = queries.started_cases(session, actor, args.get("q"), wanted, args.get("cursor"), PAGE_ROWS)
    return page(
        "inbox/started.html",
        cases=found,
        holding=cases.holding(session, [row.id for row in found.rows]),
        procedures=lists.procedures(session),
        states=tuple(STATE_WORDS.items()),
        narrowing=lists.kept(args),
        own=actor.holds("household"),
    )


@bp.get("/items/<int:item_id>")
@policy.allow(policy.handles_work)
def item(item_id: int) -> ResponseReturnValue:
    """One item: fill in, decide; who may not act on it (any more) reads the case.

    While the case rests the page stays, without its form: what was typed is kept until it goes on.
    """
    seen = items.view(door.reading(), door.current_actor(), item_id)
    if seen.rests:
        return _show(seen, None)
    if not seen.may_act:
        return go("cases.show", number=seen.case.number)
    return _show(seen, seen.bound(door.reading(), door.now()))


def _show(
    seen: ItemView, form: forms.WholeForm | None, status: int = 200, problem: str = "", late_fault: str = ""
) -> ResponseReturnValue:
    session = door.reading()
    case = cases.view(session, door.current_actor(), seen.case.number)
    release, element = seen.release, seen.release.specification.elements[seen.item.step]
    return page(
        "inbox/item.html",
        status,
        seen=seen,
        form=form,
        head=head_of(case),
        household=household_of(session, case),
        basis=basis_of(release, element.id),
        parameters=steering(release, element),
        earlier=filled_steps(case),
        decided=decided_before(case, seen.item),
        again=why_again(case, seen.item),
        lookups=Lookups(session, door.current_actor()),
        ordered=orders.of_case(session, door.current_actor(), case.case.id),
        late_since=seen.late_since(door.now()),
        late_fault=late_fault,
        given=request.form,
        problem=problem,
    )


@bp.post("/items/<int:item_id>")
@policy.allow(policy.handles_work)
def act(item_id: int) -> ResponseReturnValue:
    """What was pressed on the item's page; a refusal shows the page again with everything typed."""
    seen = items.view(door.reading(), door.current_actor(), item_id)
    posted, refused = _with_uploads(seen)
    if forms.has_row_action(posted):
        form = seen.bound(door.reading(), door.now(), forms.apply_row_action(posted))
        return _show(seen, _refused(form, refused))
    form = seen.bound(door.reading(), door.now(), posted)
    if refused and posted.get("_action") == "save":
        return _show(seen, _refused(form, refused), 422)
    try:
        if refused:
            raise Invalid(refused)
        return _perform(seen, posted, form)
    except Invalid as refusal:
        late = refusal.errors.pop(lateness.FIELD, "")
        return _show(seen, _judged(form, refusal), 422, late, late_fault=late)
    except Refusal as refusal:
        return _show(seen, form, status_of(refusal), str(refusal))


def _judged(form: forms.WholeForm | None, refusal: Invalid) -> forms.WholeForm | None:
    """The form with its own verdict and the command's, or the uploads', beside its fields."""
    if form is not None:
        form.validate()
    return _refused(form, refusal.errors)


def _refused(form: forms.WholeForm | None, errors: dict[str, str]) -> forms.WholeForm | None:
    """The form with these complaints beside its fields: why a file was not taken, not that there is none."""
    said = form.errors if form is not None else {}
    for path, sentence in errors.items():
        if form is not None and said.get(path) != sentence:
            form.refuse(path, sentence)
    return form


def _with_uploads(seen: ItemView) -> tuple[MultiDict[str, str], dict[str, str]]:
    """The post with the conclusion whose button was pressed and its files taken in; which were refused."""
    data: MultiDict[str, str] = MultiDict(request.form.items(multi=True))
    pressed = data.pop("_conclude", None)
    if pressed:
        data.setlist(items.CONCLUSION, [pressed])
    if seen.definition is None or not request.files:
        return data, {}
    taken = forms.with_uploads(seen.definition, data, request.files, take_in_upload)
    # What was just taken in is not in the request's earlier view of the database.
    door.close_reading()
    return taken


def _perform(
    seen: ItemView, posted: MultiDict[str, str], form: forms.WholeForm | None
) -> ResponseReturnValue:
    item_id, revision = seen.item.id, request.form.get("revision", type=int) or 0
    action = posted.get("_action", "complete")
    if action == "save":
        door.perform(
            running.SaveDraft(item_id=item_id, revision=revision, answers=form.draft() if form else {})
        )
        return go("inbox.item", "已暂存，可随时接着办。", item_id=item_id)
    if action == "claim":
        door.perform(running.ClaimWorkItem(item_id=item_id, revision=revision))
        return go("inbox.item", "已签收，由您办理。", item_id=item_id)
    if action == "release":
        door.perform(running.ReleaseWorkItem(item_id=item_id, revision=revision))
        return go("inbox.index", "已退还给本单位，其他同事可以办理。")
    answers = form.said() if form else {}
    door.perform(
        running.CompleteWorkItem(
            item_id=item_id,
            revision=revision,
            answers=answers,
            late_reason=request.form.get(lateness.FIELD),
        )
    )
    return go("inbox.index", f"“{seen.item.name}”已办结：{seen.case.subject_name}")
