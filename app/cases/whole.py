"""What may be done with a case as a whole, by whom: the table of actions asked before anything is pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from app.scope import readable
from workflows.actions import ACTING, ADMINISTRATOR, CASE_TABLE, DOER, STARTER, TABLE, CaseAction
from workflows.cases import RUNNING, STATE_WORDS, Case, CaseNotRunning, UnknownCase
from workflows.copies import CaseCopy, handles
from workflows.handling import JUMPS_FROM, MovedOn, NotSuspended, NotToHandle, administers
from workflows.work_items import STEP, WorkItem

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.commands import Actor

JUMP, SUSPEND, RESUME = "jump", "suspend", "resume"

_JUMP = TABLE[JUMP]
ROWS = {
    **CASE_TABLE,
    JUMP: CaseAction(JUMP, _JUMP.words, frozenset({RUNNING}), _JUMP.by, _JUMP.needs, _JUMP.effect),
}
"""Every action one takes looking at a case as a whole: a jump is one although it moves a single item."""

WHO = {STARTER: "发起人", ADMINISTRATOR: "事项管理员", ACTING: "承办人", DOER: "办理过本件的人员"}


class Whole(NamedTuple):
    """A case and the API's names of what the actor may do with all of it."""

    case: Case
    may: tuple[str, ...]


def may(session: Session, actor: Actor, case: Case) -> tuple[str, ...]:
    """The actions the table gives the actor on the case in its present state."""
    stands = _stands(session, actor, case)
    return tuple(
        key
        for key, row in ROWS.items()
        if case.state in row.states and stands & set(row.by) and (key != JUMP or _has_step(session, case))
    )


def _stands(session: Session, actor: Actor, case: Case) -> set[str]:
    found = set()
    if case.started_by_id is not None and case.started_by_id == actor.person_id:
        found.add(STARTER)
    if administers(session, actor, case):
        found.add(ADMINISTRATOR)
    if handles(session, actor, case.id):
        found |= {ACTING, DOER}
    return found


def _has_step(session: Session, case: Case) -> bool:
    asked = select(WorkItem.id).where(
        WorkItem.case_id == case.id, WorkItem.kind == STEP, WorkItem.state.in_(JUMPS_FROM)
    )
    return session.scalar(asked.limit(1)) is not None


def known(session: Session, actor: Actor, number: str) -> Whole:
    """The case for whoever may read it, or keeps its county's procedures; raises UnknownCase for the rest."""
    try:
        return administered(session, actor, number)
    except UnknownCase:
        return read(session, actor, number)


def read(session: Session, actor: Actor, number: str) -> Whole:
    """The case for whoever may read it; raises UnknownCase for the rest."""
    case = readable(session, actor, number)
    return Whole(case, may(session, actor, case))


def administered(session: Session, actor: Actor, number: str) -> Whole:
    """The case for the administrator of its county, who need not be able to read it; raises UnknownCase."""
    case = session.scalar(select(Case).where(Case.number == number))
    if case is None or not administers(session, actor, case):
        raise UnknownCase
    return Whole(case, may(session, actor, case))


def require(whole: Whole, action: str) -> None:
    """Refuse what may not be done: because of the case's state, or because it is not the actor's to do."""
    case, row = whole.case, ROWS[action]
    if action in whole.may:
        return
    if case.state not in row.states and action == RESUME:
        raise NotSuspended(number=case.number)
    if case.state not in row.states:
        raise CaseNotRunning(number=case.number, state=STATE_WORDS[case.state])
    if action == JUMP and SUSPEND in whole.may:
        raise MovedOn
    raise NotToHandle(what=row.words, who="和".join(dict.fromkeys(WHO[each] for each in row.by)))


def copies_to(session: Session, actor: Actor, case: Case) -> list[CaseCopy]:
    """What of the case was sent to the actor and is not read yet, oldest first."""
    asked = select(CaseCopy).where(
        CaseCopy.case_id == case.id, CaseCopy.person_id == (actor.person_id or 0), CaseCopy.read_at.is_(None)
    )
    return list(session.scalars(asked.order_by(CaseCopy.id)))
