"""Pages of my work and of one item in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

import forms
from app import door, policy
from app.attachments.views import take_in_upload
from app.cases import queries as cases
from app.cases.timeline import timeline_of
from app.inbox import item as items
from app.inbox import queries
from app.inbox.queries import Filters
from app.organisation.queries import people_holding
from app.pages import PAGE_ROWS, go, page
from workflows import catalogue, running
from workflows.errors import Conflict, Invalid, Refusal, Unavailable

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.inbox.item import ItemView

bp = Blueprint("inbox", __name__, template_folder="templates")


def _filters() -> Filters:
    args = request.args
    overdue = door.now() if args.get("lamp") == "red" else None
    return Filters(procedure=args.get("procedure") or None, q=args.get("q") or None, overdue_at=overdue)


def _procedures() -> list[tuple[str, str]]:
    return [(release.key, release.name) for release in catalogue.in_force(door.reading())]


@bp.get("/")
@policy.allow(policy.handles_work)
def index() -> ResponseReturnValue:
    """待办."""
    found = queries.open_items(
        door.reading(), door.current_actor(), _filters(), request.args.get("cursor"), PAGE_ROWS
    )
    return page("inbox/index.html", items=found, procedures=_procedures())


@bp.get("/done")
@policy.allow(policy.handles_work)
def done() -> ResponseReturnValue:
    """已办."""
    found = queries.done_items(
        door.reading(), door.current_actor(), _filters(), request.args.get("cursor"), PAGE_ROWS
    )
    return page("inbox/done.html", items=found, procedures=_procedures())


@bp.get("/started")
@policy.allow(policy.handles_work)
def started() -> ResponseReturnValue:
    """我发起."""
    args = request.args
    found = queries.started_cases(
        door.reading(), door.current_actor(), args.get("q"), args.get("cursor"), PAGE_ROWS
    )
    return page("inbox/started.html", cases=found)


@bp.get("/items/<int:item_id>")
@policy.allow(policy.handles_work)
def item(item_id: int) -> ResponseReturnValue:
    """One item: fill in, decide; read-only for colleagues and once it is done."""
    seen = items.view(door.reading(), door.current_actor(), item_id)
    if not seen.may_act:
        return go("cases.show", number=seen.case.number)
    return _show(seen, seen.bound(door.reading(), door.now()))


def _show(
    seen: ItemView, form: forms.WholeForm | None, status: int = 200, said: str | None = None
) -> ResponseReturnValue:
    case = cases.view(door.reading(), door.current_actor(), seen.case.number)
    return page(
        "inbox/item.html",
        status,
        seen=seen,
        form=form,
        case=case,
        timeline=timeline_of(door.reading(), case),
        colleagues=_colleagues(seen),
        said=said,
        revision=request.form.get("revision") or seen.item.revision,
    )


def _colleagues(seen: ItemView) -> list[Any]:
    mine = seen.actor.person_id
    return [
        p for p in people_holding(door.reading(), seen.item.role, seen.item.unit_id) if p.person_id != mine
    ]


@bp.post("/items/<int:item_id>")
@policy.allow(policy.handles_work)
def act(item_id: int) -> ResponseReturnValue:
    """What was pressed on the item's page; a refusal shows the page again with everything typed."""
    seen = items.view(door.reading(), door.current_actor(), item_id)
    posted = _with_uploads(seen, request.form)
    if forms.has_row_action(posted):
        return _show(seen, seen.bound(door.reading(), door.now(), forms.apply_row_action(posted)))
    form = seen.bound(door.reading(), door.now(), posted)
    try:
        return _perform(seen, posted, form)
    except Invalid as refusal:
        return _show(seen, _judged(form, refusal), 422)
    except Conflict as refusal:
        return _show(seen, form, 409, str(refusal))
    except Refusal as refusal:
        if not seen.may_act or isinstance(refusal, Unavailable):
            raise
        return _show(seen, form, 409, str(refusal))


def _judged(form: forms.WholeForm | None, refusal: Invalid) -> forms.WholeForm | None:
    """The form with the command's verdict beside its fields."""
    if form is not None:
        form.validate()
        for path, sentence in refusal.errors.items():
            if path not in form.errors:
                form.refuse(path, sentence)
    return form


def _with_uploads(seen: ItemView, posted: MultiDict[str, str]) -> MultiDict[str, str]:
    """The post with the conclusion whose button was pressed, and the files that came with it taken in."""
    data: MultiDict[str, str] = MultiDict(posted.items(multi=True))
    pressed = data.pop("_conclude", None)
    if pressed:
        data.setlist("conclusion", [pressed])
    if seen.definition is None or not request.files:
        return data
    data, _refused = forms.with_uploads(seen.definition, data, request.files, take_in_upload)
    return data


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
        return go("inbox.item", "已签收。", item_id=item_id)
    if action == "release":
        door.perform(running.ReleaseWorkItem(item_id=item_id, revision=revision))
        return go("inbox.index", "已退还给本单位，其他同事可以办理。")
    answers = form.answers() if form else {}
    door.perform(running.CompleteWorkItem(item_id=item_id, revision=revision, answers=answers))
    return go("inbox.index", f"“{seen.item.name}”已办结：{seen.case.subject_name}")


@bp.post("/items/<int:item_id>/transfer")
@policy.allow(policy.handles_work)
def transfer(item_id: int) -> ResponseReturnValue:
    """转办 to a colleague of the same role and unit."""
    seen = items.view(door.reading(), door.current_actor(), item_id)
    to = next((p for p in _colleagues(seen) if p.person_id == request.form.get("to", type=int)), None)
    if to is None:
        raise Invalid({"to": "请选择本单位的一位同事。"})
    reason = request.form.get("reason", "")
    revision = request.form.get("revision", type=int) or 0
    door.perform(
        running.TransferWorkItem(
            item_id=item_id, revision=revision, to_person_id=to.person_id, to_name=to.name, reason=reason
        )
    )
    return go("inbox.index", f"已转给{to.name}办理。")
