"""系统 › 消息发送: what has not arrived, for the system officer to try again or give up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request, url_for

from app import policy
from app.door import executor, perform, reading
from app.errors import status_of
from app.messages import undelivered as promises
from app.messages.commands import GiveUpEffects, RetryEffects, UnknownEffect
from app.messages.views import bp
from app.pages import PAGE_ROWS, after, go, page, paged, row_number
from workflows.errors import Conflict, Invalid

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


def _closed() -> frozenset[str]:
    """The kinds that reach outside and have no way out here."""
    deliverers = executor().host.deliverers
    return deliverers.outside - deliverers.ways


@bp.get("/system/messages")
@policy.allow(policy.administers)
def undelivered() -> ResponseReturnValue:
    """What waits, failed or stands still."""
    return _undelivered()


def _undelivered(status: int = 200, problem: str | None = None) -> ResponseReturnValue:
    args, session = request.args, reading()
    show, behind = args.get("show", promises.ALL), after(args.get("cursor"), row_number)
    found = promises.undelivered(
        session,
        show=show,
        kind=args.get("kind"),
        closed=_closed(),
        after=behind[0] if behind else None,
        limit=PAGE_ROWS + 1,
    )
    return page(
        "messages/undelivered.html",
        status,
        listed=paged(found, PAGE_ROWS, lambda row: (row.id,)),
        tallies=promises.tallies(session, _closed()),
        show=show,
        kind=args.get("kind"),
        onward=bool(behind),
        problem=problem,
    )


@bp.post("/system/messages/<int:effect_id>/retry")
@policy.allow(policy.administers)
def retry(effect_id: int) -> ResponseReturnValue:
    """重试 one."""
    return _retry(RetryEffects(effect_id=effect_id))


@bp.post("/system/messages/kinds/<kind>/retry")
@policy.allow(policy.administers)
def retry_kind(kind: str) -> ResponseReturnValue:
    """重试 all of a kind that failed."""
    return _retry(RetryEffects(kind=kind))


def _retry(command: RetryEffects) -> ResponseReturnValue:
    try:
        count = perform(command)
    except Conflict as refusal:
        return _undelivered(status_of(refusal), str(refusal))
    return go("messages.undelivered", f"{count} 项已排到最前，马上重试；稍后刷新看结果。")


@bp.get("/system/messages/<int:effect_id>/give-up")
@policy.allow(policy.administers)
def ask_give_up(effect_id: int) -> ResponseReturnValue:
    """The question before 放弃."""
    return _ask_give_up(effect_id)


def _ask_give_up(
    effect_id: int, status: int = 200, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    found = promises.one(reading(), effect_id, _closed())
    if found is None:
        raise UnknownEffect
    action = url_for("messages.give_up", effect_id=effect_id)
    return _give_up_page(f"{found.name}（第 {found.id} 项）", action, status, errors)


def _give_up_page(
    what: str, action: str, status: int = 200, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    return page(
        "messages/give_up.html", status, what=what, action=action, given=request.form, errors=errors or {}
    )


@bp.post("/system/messages/<int:effect_id>/give-up")
@policy.allow(policy.administers)
def give_up(effect_id: int) -> ResponseReturnValue:
    """放弃 one."""
    try:
        perform(GiveUpEffects(effect_id=effect_id, reason=request.form.get("reason", "")))
    except Invalid as refusal:
        return _ask_give_up(effect_id, 422, refusal.errors)
    except Conflict as refusal:
        return _undelivered(status_of(refusal), str(refusal))
    return go("messages.undelivered", "已放弃，不再发送。")


@bp.get("/system/messages/kinds/<kind>/give-up")
@policy.allow(policy.administers)
def ask_give_up_kind(kind: str) -> ResponseReturnValue:
    """The question before 放弃 of all of a kind that failed."""
    return _ask_give_up_kind(kind)


def _ask_give_up_kind(
    kind: str, status: int = 200, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    tally = next((each for each in promises.tallies(reading(), _closed()) if each.kind == kind), None)
    many = f"{tally.troubled if tally else 0} 项没送出的{promises.kind_name(kind)}"
    return _give_up_page(many, url_for("messages.give_up_kind", kind=kind), status, errors)


@bp.post("/system/messages/kinds/<kind>/give-up")
@policy.allow(policy.administers)
def give_up_kind(kind: str) -> ResponseReturnValue:
    """放弃 all of a kind that failed."""
    try:
        count = perform(GiveUpEffects(kind=kind, reason=request.form.get("reason", "")))
    except Invalid as refusal:
        return _ask_give_up_kind(kind, 422, refusal.errors)
    except Conflict as refusal:
        return _undelivered(status_of(refusal), str(refusal))
    return go("messages.undelivered", f"已放弃 {count} 项，不再发送。")
