"""Reads of the notices: lists and pages for everyone, objections for those who check them, and progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from app.notices import period
from app.notices.models import CLOSED, OPEN, RECALLED, STOPPED, Notice, Objection
from app.organisation.models import Division
from workflows.cases import CANCELLED, ENDED, RUNNING, SUSPENDED, Case
from workflows.commands import division_prefix, division_span
from workflows.journal import StepRecord
from workflows.work_items import OPEN as ITEM_OPEN
from workflows.work_items import WorkItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from workflows.commands import Actor

CURRENT, PAST = "current", "past"

STANDINGS = {
    "running": ("running", "公示中"),
    "over": ("waiting", "公示期满"),
    "undisputed": ("passed", "期满无异议"),
    "stopped": ("suspended", "公示中止"),
    "withdrawn": ("cancelled", "公示终止"),
    "recalled": ("cancelled", "公示已中止（办件终止）"),
    "suspended": ("suspended", "暂停，公示期顺延"),
}
"""How a notice stands: the state its badge is drawn as, and the words."""


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as the public may see it; carries nothing that may not be published."""

    id: int
    case_number: str
    round: int
    division: str
    place_name: str
    unit: str
    title: str
    name: str
    content: str
    place: str
    contact: str
    days: int
    rested: int
    posted_at: datetime
    starts_on: date
    last_day: date
    ends_at: datetime
    result: str | None
    standing: str
    takes_objections: bool
    settled: bool
    """Whether its case has ended, so that nothing more will be checked or posted."""
    later: int | None = None
    """The notice that replaced this one, if any."""

    @property
    def period(self) -> str:
        """The period in words."""
        return period.words(self.starts_on, self.last_day)

    @property
    def moved(self) -> bool:
        """Whether the end was moved off days on which offices rest."""
        return (self.last_day - self.starts_on).days + 1 > self.days + self.rested

    @property
    def badge(self) -> tuple[str, str]:
        """State and words of the badge."""
        return STANDINGS[self.standing]

    def as_json(self) -> dict[str, Any]:
        """The notice as the JSON interface gives it."""
        return {
            "id": self.id,
            "case": self.case_number,
            "round": self.round,
            "division": self.division,
            "place": self.place_name,
            "unit": self.unit,
            "title": self.title,
            "name": self.name,
            "content": self.content,
            "contact": self.contact,
            "period": self.period,
            "days": self.days,
            "extended_days": self.rested,
            "posted_at": self.posted_at.isoformat(),
            "starts_on": self.starts_on.isoformat(),
            "last_day": self.last_day.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "state": "open" if self.standing == "running" else self.standing,
            "state_words": self.badge[1],
            "result": self.result,
            "takes_objections": self.takes_objections,
        }


_NOTICE = select(Notice, Case.state.label("case_state")).join(Case, Case.id == Notice.case_id)


def notices(
    session: Session,
    now: datetime,
    *,
    division: str | None = None,
    when: str = CURRENT,
    before: int | None = None,
    limit: int = 20,
) -> list[NoticeView]:
    """Notices at or below a division, newest first: those in their period, ``past`` the others, "" both."""
    asked = _NOTICE.order_by(Notice.id.desc()).limit(limit)
    # A notice of a case at rest will run on, however long ago its last day was.
    runs = or_(and_(Notice.ends_at > now, Case.state == RUNNING), Case.state == SUSPENDED)
    if when == CURRENT:
        asked = asked.where(Notice.state == OPEN, runs)
    elif when == PAST:
        asked = asked.where(or_(Notice.state != OPEN, ~runs))
    if division:
        asked = asked.where(Notice.division.between(*division_span(division)))
    if before is not None:
        asked = asked.where(Notice.id < before)
    return [_view(row.Notice, row.case_state, now) for row in session.execute(asked)]


def notice(session: Session, notice_id: int, now: datetime) -> NoticeView | None:
    """One notice, with the one that replaced it; None when there is none of that id."""
    row = session.execute(_NOTICE.where(Notice.id == notice_id)).one_or_none()
    if row is None:
        return None
    later = session.scalar(
        select(Notice.id)
        .where(Notice.case_id == row.Notice.case_id, Notice.round > row.Notice.round)
        .order_by(Notice.round.desc())
        .limit(1)
    )
    return _view(row.Notice, row.case_state, now, later)


def of_case(session: Session, case_id: int, now: datetime) -> list[NoticeView]:
    """Every notice of a case, first round first."""
    rows = session.execute(_NOTICE.where(Notice.case_id == case_id).order_by(Notice.round))
    return [_view(row.Notice, row.case_state, now) for row in rows]


def _view(row: Notice, case_state: str, now: datetime, later: int | None = None) -> NoticeView:
    standing = _standing(row, case_state, now)
    return NoticeView(
        id=row.id,
        case_number=row.case_number,
        round=row.round,
        division=row.division,
        place_name=row.division_name,
        unit=row.unit,
        title=row.title,
        name=row.name,
        content=row.content,
        place=row.place,
        contact=row.contact,
        days=row.days,
        rested=row.rested,
        posted_at=row.posted_at,
        starts_on=row.starts_on,
        last_day=row.last_day,
        ends_at=row.ends_at,
        result=row.result,
        standing=standing,
        takes_objections=row.objections and standing == "running",
        settled=case_state in {CANCELLED, ENDED},
        later=later,
    )


def _standing(row: Notice, case_state: str, now: datetime) -> str:
    if row.state == CLOSED:
        return "undisputed"
    if row.state == STOPPED:
        return "recalled" if row.result == RECALLED else "stopped"
    if case_state in {CANCELLED, ENDED}:
        return "withdrawn"
    if case_state == SUSPENDED:
        return "suspended"
    return "running" if now < row.ends_at else "over"


def places(session: Session) -> list[tuple[str, str]]:
    """Counties and townships to choose from, as (code, words): a county, then its townships indented."""
    rows = session.execute(
        select(Division.code, Division.name, Division.level)
        .where(Division.level.in_(["county", "township"]))
        .order_by(Division.code)
    )
    return [(row.code, row.name if row.level == "county" else "　" + row.name) for row in rows]


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """An objection as those who check it see it; the telephone stays masked."""

    id: int
    name: str
    phone: str
    reason: str
    at: datetime
    handled_at: datetime | None
    answer: str | None


def objections(session: Session, notice_ids: Sequence[int]) -> list[ObjectionView]:
    """Objections to these notices, first first; for those whom ``may_check`` admits."""
    rows = session.scalars(
        select(Objection).where(Objection.notice_id.in_(notice_ids)).order_by(Objection.at, Objection.id)
    )
    return [
        ObjectionView(row.id, row.name, row.phone["mask"], row.reason, row.at, row.handled_at, row.answer)
        for row in rows
    ]


def may_check(actor: Actor, division: str) -> bool:
    """Whether the actor may learn who objected: staff in whose scope the case lies, never a household."""
    return any(
        grant.role != "household" and division.startswith(division_prefix(grant.division))
        for grant in actor.grants
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a case stands, and since when; nothing else."""

    steps: tuple[tuple[str, datetime], ...]
    words: str = ""
    """What it means for the household that the case does not go on as usual."""


AT_REST = "您的申请暂时停下来了（已挂起），不用重新申请；恢复后接着办，办理时限和公示期都相应顺延。"
CALLED_OFF = "您的申请已经终止，不再往下办。如果还需要办，可以重新申请；不清楚原因的，请向村委会询问。"


def progress(session: Session, number: str, last_four: str) -> Progress | None:
    """Where the case stands; None when number and last four characters do not belong together."""
    case = session.execute(
        select(Case.id, Case.state, Case.subject, Case.ended_at, Case.suspended_at).where(
            Case.number == number
        )
    ).one_or_none()
    if case is None or not _matches(case.subject, last_four):
        return None
    if case.state == SUSPENDED:
        return Progress((("已挂起，暂停办理", case.suspended_at),), AT_REST)
    if case.state == CANCELLED:
        return Progress((("已终止", case.ended_at),), CALLED_OFF)
    if case.state == ENDED:
        return Progress((("已办结", case.ended_at),))
    open_items = session.execute(
        select(WorkItem.name, WorkItem.created_at)
        .where(WorkItem.case_id == case.id, WorkItem.state.in_(ITEM_OPEN))
        .order_by(WorkItem.created_at, WorkItem.id)
    )
    steps = tuple((row.name, row.created_at) for row in open_items)
    return Progress(steps or _waiting(session, case.id))


def _matches(subject: dict[str, Any], last_four: str) -> bool:
    identity = subject.get("identity")
    shown = str(identity.get("mask", "")) if isinstance(identity, dict) else ""
    return len(last_four) == 4 and shown[-4:].upper() == last_four and "*" not in last_four


def _waiting(session: Session, case_id: int) -> tuple[tuple[str, datetime], ...]:
    """Nobody has it on the desk: its notice stands, or it waits for something else."""
    posted = session.scalar(
        select(func.max(Notice.posted_at)).where(Notice.case_id == case_id, Notice.state == OPEN)
    )
    if posted is not None:
        return (("公示", posted),)
    since = session.scalar(select(func.max(StepRecord.at)).where(StepRecord.case_id == case_id))
    return (("等待中", since),) if since else ()
