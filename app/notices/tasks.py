"""What a diagram may ask of the notices: post one, close it undisputed, stop it because of an objection."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update

from app.notices import period, privacy
from app.notices.models import CLOSED, DISPUTED, MOVES, OPEN, RECALLED, STOPPED, UNDISPUTED, Notice, Objection
from app.security import sealing
from workflows import calendars
from workflows.clock import local_date
from workflows.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.notices.period import Period
    from workflows.commands import Context
    from workflows.ports import OperationCall


# A notice is posted while a case is locked and somebody waits: both are built once.
_table = Notice.__table__
_POST = insert(_table).returning(_table.c.id)  # type: ignore[arg-type]
_ROUNDS = select(func.max(_table.c.round)).where(_table.c.case_id == bindparam("case"))


class NoSuchNotice(Conflict):
    """The diagram ends a notice that its case never posted, or that has ended already."""

    code = "notice.not_open"
    sentence = "办件 {number} 没有正在进行的公示可以结束，办件未变动；请管理员检查流程图。"


def post(ctx: Context, call: OperationCall) -> dict[str, Any]:
    """Post a notice for the case; gives its id and its period. Raises TooShort or TellsTooMuch."""
    stands, number = _period(ctx, call), _next_round(ctx, call)
    notice = {
        "case_id": call.case_id,
        "case_number": call.case_number,
        "round": number,
        "division": call.division,
        "division_name": ctx.host.directory.division_name(ctx.session, call.division) or "",
        "unit": _unit(ctx, call),
        "days": stands.days,
        "posted_at": ctx.now,
        "starts_on": stands.starts_on,
        "last_day": stands.last_day,
        "ends_at": stands.ends_at,
        "objections": call.inputs.get("objections") is not False,
        "state": OPEN,
        **_words(call),
    }
    notice_id = ctx.session.execute(_POST, notice).scalar_one()
    if number > 1:
        _answer_objections(ctx, call)
    return {
        "notice": notice_id,
        "posted_on": local_date(ctx.now).isoformat(),
        "starts_on": stands.starts_on.isoformat(),
        "ends_at": stands.ends_at.isoformat(),
        "result": None,
        "why": f"公示已发布，公示期：{stands.words}",
    }


def close(ctx: Context, call: OperationCall) -> dict[str, Any]:
    """End a notice whose period ran out undisputed."""
    return _end(ctx, call, CLOSED, UNDISPUTED, "公示期满，无人提出异议")


def stop(ctx: Context, call: OperationCall) -> dict[str, Any]:
    """End a notice because somebody objected."""
    return _end(ctx, call, STOPPED, DISPUTED, "公示期内有人提出异议，公示中止")


def recall(ctx: Context, call: OperationCall) -> dict[str, Any]:
    """End whatever notice still runs, because its case was ended."""
    ctx.session.execute(
        update(Notice)
        .where(Notice.case_id == call.case_id, Notice.state == OPEN)
        .values(state=STOPPED, result=RECALLED, ended_at=ctx.now)
    )
    return {}


def extend(ctx: Context, call: OperationCall) -> dict[str, Any]:
    """Let a notice run on by the days its case rested: nobody could object meanwhile."""
    longer = timedelta(days=int(call.inputs["days"]))
    running = select(Notice).where(Notice.case_id == call.case_id, Notice.state == OPEN)
    for notice in ctx.session.scalars(running):
        notice.last_day, notice.ends_at = notice.last_day + longer, notice.ends_at + longer
        notice.rested += longer.days
    return {}


OPERATIONS: dict[str, Callable[[Context, OperationCall], Mapping[str, Any]]] = {
    "notice.post": post,
    "notice.close": close,
    "notice.stop": stop,
}
"""The operations of this folder by the name a diagram calls them."""

ON_CASES: dict[str, Callable[[Context, OperationCall], Mapping[str, Any]]] = {
    "notice.recall": recall,
    "notice.extend": extend,
}
"""What goes with ending a case by hand, and with letting it rest: no diagram calls these."""


def _period(ctx: Context, call: OperationCall) -> Period:
    over = call.inputs.get("extend_over_holidays")
    if over is None:
        over = call.parameters.get("publicity_extend_over_holidays", False)
    return period.reckon(
        ctx.now, call.inputs.get("days"), calendar=calendars.of(ctx.session), over_holidays=bool(over)
    )


def _unit(ctx: Context, call: OperationCall) -> str:
    """The name of the unit that posts: the village, unless the diagram names another role and level."""
    role, level = call.inputs.get("role") or "village_committee", call.inputs.get("level") or "village"
    return ctx.host.directory.unit_for(ctx.session, role, level, call.division).name


def _words(call: OperationCall) -> dict[str, str]:
    """What the notice says and about whom, once nothing personal is in it."""
    given = call.inputs
    texts = {key: str(given.get(key) or "").strip() for key in ("title", "content", "place", "contact")}
    name, hidden = str(given.get("name") or call.subject.get("name") or ""), bool(given.get("mask_name"))
    privacy.check(texts, {**call.variables, "subject": call.subject}, hidden_name=name if hidden else "")
    shown = sealing.name_mask(name) if hidden else name
    return {**texts, "title": texts["title"] or call.name, "name": shown}


def _next_round(ctx: Context, call: OperationCall) -> int:
    """The case is locked, so nobody else counts at the same time."""
    return int(ctx.session.scalar(_ROUNDS, {"case": call.case_id}) or 0) + 1


def _answer_objections(ctx: Context, call: OperationCall) -> None:
    """Posting again means that what was objected has been looked into: keep what was found."""
    found = call.variables.get("household_check")
    answer = found.get("objection_result") if isinstance(found, dict) else None
    ctx.session.execute(
        update(Objection)
        .where(
            Objection.handled_at.is_(None),
            Objection.notice_id.in_(select(Notice.id).where(Notice.case_id == call.case_id)),
        )
        .values(handled_at=ctx.now, answer=answer)
    )


def _end(ctx: Context, call: OperationCall, state: str, result: str, why: str) -> dict[str, Any]:
    said = str(call.inputs.get("result") or result)
    ended = ctx.session.execute(
        update(Notice)
        .where(
            Notice.id == int(call.inputs.get("notice") or 0),
            Notice.case_id == call.case_id,
            Notice.state.in_([source for source, targets in MOVES.items() if state in targets]),
        )
        .values(state=state, result=said, ended_at=ctx.now)
        .returning(Notice.id)
    ).scalar_one_or_none()
    if ended is None:
        raise NoSuchNotice(number=call.case_number)
    return {"notice": ended, "result": said, "why": why}
