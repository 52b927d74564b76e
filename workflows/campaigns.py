"""Campaigns: procedures that begin by themselves, one case for each period and unit, exactly once.

A period that begins is first written down, one row for each unit, and the moment up to which firings have
been looked for moves on with it in the same transaction; then each row is given its case. Whatever stops in
between is found again: a row without a case is due, however late.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ForeignKey, Index, Integer, String, func, select, text, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from workflows import audit, catalogue, opening, parameters, periods, spiff
from workflows.cases import RUNNING, Case
from workflows.catalogue import DIVISIONS, Procedure, ProcedureVersion
from workflows.clock import local_date
from workflows.commands import Command, Context, division_prefix
from workflows.db import Base, UtcDateTime
from workflows.errors import Conflict, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from workflows.cases import OpenCase
    from workflows.catalogue import Release
    from workflows.periods import Period

_MOMENT = timedelta(microseconds=1)


class NotBegun(Conflict):
    """The first period is still to come."""

    code = "campaign.not_begun"
    sentence = "“{name}”第一期尚未开始，还不能发起。"


class AlreadyRunning(Conflict):
    """The unit's case of this period still runs."""

    code = "campaign.already_running"
    sentence = "该单位{period}的“{name}”正在办理（{number}），不能重复发起。"


class WrongUnit(Invalid):
    """The campaign is not carried out by units of that division's level."""

    code = "campaign.wrong_unit"
    sentence = "“{name}”不在区划“{division}”开展，请选择开展单位所在的区划。"


class CampaignClock(Base):
    """Up to which moment, it not included, a procedure's firings have been looked for."""

    __tablename__ = "campaign_clock"

    procedure_key: Mapped[str] = mapped_column(ForeignKey("procedure.key"), primary_key=True)
    reckoned_to: Mapped[datetime] = mapped_column(UtcDateTime)


class CampaignStart(Base):
    """A period of one unit, and its case once there is one; ``seq`` above 1 was begun again by hand."""

    __tablename__ = "campaign_start"
    __table_args__ = (
        Index(
            "ix_campaign_start_due",
            "begins_at",
            "procedure_key",
            "division",
            sqlite_where=text("case_id IS NULL"),
            postgresql_where=text("case_id IS NULL"),
        ),
        Index("ix_campaign_start_case", "case_id", unique=True),
    )

    procedure_key: Mapped[str] = mapped_column(ForeignKey("procedure.key"), primary_key=True)
    division: Mapped[str] = mapped_column(String(12), primary_key=True)
    begins_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, default=1)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    period: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_by: Mapped[str | None] = mapped_column(String(60))


class Firing(NamedTuple):
    """One period that begins, and the version under which it does."""

    period: Period
    release: Release


def firings(session: Session, key: str, since: datetime, now: datetime) -> Iterator[Firing]:
    """Every period of a procedure that begins from ``since`` to ``now``, under the version then in force.

    Parameters count as they stood when the period began, also where they steer the cycle.
    """
    end = now + _MOMENT
    versions = session.execute(
        select(ProcedureVersion.id, ProcedureVersion.schedule, ProcedureVersion.published_at)
        .where(ProcedureVersion.procedure_key == key, ProcedureVersion.published_at.is_not(None))
        .order_by(ProcedureVersion.number)
    ).all()
    for place, version in enumerate(versions):
        following = versions[place + 1].published_at if place + 1 < len(versions) else end
        first, last = max(since, version.published_at), min(end, following)
        if version.schedule and first < last and _may_fire(version.schedule, first, last):
            yield from _of_version(session, catalogue.release(session, version.id), first, last)


def _may_fire(text: str, first: datetime, last: datetime) -> bool:
    """Whether a cycle fires from ``first`` to before ``last``, as far as its text tells."""
    if text.startswith("="):
        return True
    moment = spiff.schedule(text).first_from(first)
    return moment is not None and moment < last


def _of_version(session: Session, release: Release, first: datetime, last: datetime) -> Iterator[Firing]:
    turns = [at for at in parameters.turns(session, release) if first < at < last]
    for begin, stop in zip([first, *turns], [*turns, last], strict=True):
        ruled = parameters.ruled(session, release, begin)
        schedule = periods.schedule_of(ruled, begin)
        for moment in schedule.firings(begin):
            if moment >= stop:
                break
            yield Firing(periods.period_from(ruled, schedule, moment), ruled)


def procedures_due(session: Session, now: datetime) -> list[str]:
    """The keys of the procedures of which a period has begun that is not written down yet."""
    rows = session.execute(
        select(ProcedureVersion.procedure_key, func.min(ProcedureVersion.published_at).label("since"))
        .where(ProcedureVersion.schedule.is_not(None))
        .group_by(ProcedureVersion.procedure_key)
        .order_by(ProcedureVersion.procedure_key)
    ).all()
    clocks = {row.procedure_key: row.reckoned_to for row in session.scalars(select(CampaignClock))}
    return [
        row.procedure_key
        for row in rows
        if _begins(session, row.procedure_key, clocks.get(row.procedure_key, row.since), now)
    ]


def _begins(session: Session, key: str, since: datetime, now: datetime) -> bool:
    """Whether there is a period to write down; or it cannot be told, and trying names why."""
    try:
        return next(firings(session, key, since, now), None) is not None
    except periods.NoSchedule:
        return True


class Due(NamedTuple):
    """A unit's period that waits for its case."""

    begins_at: datetime
    procedure_key: str
    division: str


_due = (CampaignStart.begins_at, CampaignStart.procedure_key, CampaignStart.division)


def starts_due(session: Session, limit: int, *, behind: Due | None = None) -> list[Due]:
    """Units' periods that wait for their case, the oldest first; those ``behind`` one when given."""
    query = select(*_due).where(CampaignStart.case_id.is_(None)).order_by(*_due).limit(limit)
    if behind is not None:
        query = query.where(tuple_(*_due) > tuple_(*behind))
    return [Due(*row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPeriods(Command[int]):
    """Write down every period of a procedure that has begun, for each of its units. Gives how many rows."""

    recorded = False

    procedure: str

    def authorise(self, ctx: Context) -> None:
        """Only the system reckons."""
        ctx.require(ctx.actor.kind == "system")

    def run(self, ctx: Context) -> int:
        """Under the procedure's lock, so that of several workers one does it and the others find it done."""
        ctx.session.execute(
            select(Procedure.key).where(Procedure.key == self.procedure).with_for_update(key_share=True)
        ).one()
        clock = ctx.session.get(CampaignClock, self.procedure, populate_existing=True)
        if clock is None:
            clock = CampaignClock(procedure_key=self.procedure, reckoned_to=self._published(ctx))
            ctx.session.add(clock)
        opened: list[dict[str, Any]] = []
        rows = 0
        for period, release in firings(ctx.session, self.procedure, clock.reckoned_to, ctx.now):
            units = self._units(ctx, period, release)
            rows += len(units)
            opened.append(
                {"period": period.name, "begins": period.begins_at.isoformat(), "units": len(units)}
            )
            ctx.session.add_all(_row(release, division, period) for division in units)
        clock.reckoned_to = max(clock.reckoned_to, ctx.now + _MOMENT)
        ctx.session.flush()
        if opened:
            ctx.record("campaigns", procedure=self.procedure, opened=opened)
            audit.append(ctx)
        return rows

    def _published(self, ctx: Context) -> datetime:
        query = select(func.min(ProcedureVersion.published_at))
        found = ctx.session.scalar(query.where(ProcedureVersion.procedure_key == self.procedure))
        return found or ctx.now

    def _units(self, ctx: Context, period: Period, release: Release) -> list[str]:
        """The divisions that take part and have nothing of this period yet."""
        begun = ctx.session.scalars(
            select(CampaignStart.division).where(
                CampaignStart.procedure_key == release.key, CampaignStart.begins_at == period.begins_at
            )
        )
        known = set(begun)
        return [division for division in taking_part(ctx, release) if division not in known]


def taking_part(ctx: Context, release: Release) -> list[str]:
    """The divisions of the campaign's level that have a unit and are in what is switched on."""
    level = str((release.campaign or {}).get("level"))
    prefixes = tuple(division_prefix(str(code)) for code in release.parameters.get(DIVISIONS) or ())
    found = ctx.host.directory.divisions_with(ctx.session, level, release.division)
    return [division for division in found if prefixes and division.startswith(prefixes)]


def _row(release: Release, division: str, period: Period, seq: int = 1) -> CampaignStart:
    return CampaignStart(
        procedure_key=release.key,
        division=division,
        begins_at=period.begins_at,
        seq=seq,
        ends_at=period.ends_at,
        period=period.name,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCampaign(Command["int | None"]):
    """Give a unit's period its case. Gives the case's id; None when another worker was faster."""

    recorded = False

    procedure: str
    division: str
    begins_at: datetime

    def authorise(self, ctx: Context) -> None:
        """Only the system starts by the calendar."""
        ctx.require(ctx.actor.kind == "system")

    def run(self, ctx: Context) -> int | None:
        """Lock the row, look again, open the case."""
        query = select(CampaignStart).where(
            CampaignStart.procedure_key == self.procedure,
            CampaignStart.division == self.division,
            CampaignStart.begins_at == self.begins_at,
            CampaignStart.case_id.is_(None),
        )
        row = ctx.session.scalars(query.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        release = parameters.ruled(
            ctx.session, catalogue.current(ctx.session, self.procedure, ctx.now), ctx.now
        )
        late = local_date(ctx.now) > local_date(row.begins_at)
        why = f"定期发起：{row.period}（{local_date(row.begins_at)} 起）" + ("，补发" if late else "")
        asked = about(row, late=late)
        case = opening.open_case(ctx, release, replace(asked, why=why))
        taken(ctx, row, case)
        return case.id


def about(row: CampaignStart, *, late: bool) -> opening.Opening:
    """The case of a unit's period, as it is asked for."""
    period = periods.Period(row.begins_at, row.ends_at, row.period)
    return opening.Opening(
        division=row.division,
        subject={"kind": "campaign", "name": period.name},
        variables={"campaign": period.said(late=late)},
    )


def taken(ctx: Context, row: CampaignStart, case: OpenCase) -> None:
    """Note that a unit's period has its case."""
    row.case_id, row.started_at, row.started_by = case.id, ctx.now, ctx.actor.name
    ctx.session.flush()


def by_hand(ctx: Context, release: Release, division: str) -> CampaignStart | None:
    """The row for a case of the present period that a person starts; None for what is no campaign.

    Raises NotBegun, WrongUnit, or AlreadyRunning with the number of the case that runs.
    """
    if release.campaign is None:
        return None
    period = periods.current(release, ctx.now)
    if period is None:
        raise NotBegun(name=release.name)
    units = ctx.host.directory.divisions_with(
        ctx.session, str(release.campaign.get("level")), release.division
    )
    if division not in units:
        raise WrongUnit({"division": "请选择开展单位所在的区划。"}, name=release.name, division=division)
    query = select(CampaignStart).where(
        CampaignStart.procedure_key == release.key,
        CampaignStart.division == division,
        CampaignStart.begins_at == period.begins_at,
    )
    rows = ctx.session.scalars(query.order_by(CampaignStart.seq).with_for_update()).all()
    for row in rows:
        if row.case_id is None:
            return row
    _require_none_running(ctx, release, period, [row.case_id for row in rows])
    row = _row(release, division, period, len(rows) + 1)
    ctx.session.add(row)
    ctx.session.flush()
    return row


def _require_none_running(ctx: Context, release: Release, period: Period, cases: list[int | None]) -> None:
    query = select(Case.number).where(Case.id.in_(cases), Case.state == RUNNING)
    number = ctx.session.scalars(query).first() if cases else None
    if number is not None:
        raise AlreadyRunning(name=release.name, period=period.name, number=number)
