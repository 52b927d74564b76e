"""Cases of varied course for benches, demonstrations and backtests, by real commands on the real engine."""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from app.attachments import content
from app.attachments.commands import TakeIn
from app.demo import answers, pictures
from app.demo.households import household
from app.demo.plans import plan
from app.notices.commands import RaiseObjection
from app.security import demo
from workflows import worker
from workflows.cases import Case
from workflows.clock import local_date
from workflows.commands import SYSTEM, Actor, Executor
from workflows.running import CompleteWorkItem, StartCase
from workflows.waking import WakeCase
from workflows.work_items import OPEN, WorkItem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.demo.households import Household
    from app.demo.plans import Plan
    from workflows.commands import Command

PROCEDURE = "fp_01_ds"
WITHIN = "150602"
VILLAGES = 3
SEED = 20260101

_OPEN_ITEM = select(WorkItem.id, WorkItem.revision).where(WorkItem.state.in_(OPEN)).limit(1)
_NOTICE_OF = select(Case.variables)


class NobodyThere(Exception):
    """The people of the demonstration were not entered: run `demo seed` without --cases first."""


class TurnedClock:
    """A clock that stands at the instant of the act being done."""

    def __init__(self) -> None:
        self.at = datetime.fromtimestamp(0, UTC)

    def now(self) -> datetime:
        """Give that instant."""
        return self.at


@dataclass(frozen=True, slots=True)
class Staff:
    """Who acts for one village."""

    division: str
    village: str
    cadres: tuple[Actor, ...]
    township: tuple[Actor, ...]
    county: tuple[Actor, ...]


@dataclass(slots=True)
class Subject:
    """One case while it is being made."""

    plan: Plan
    of: Household
    staff: Staff
    case_id: int = 0
    done: int = 0
    files: dict[str, int] = field(default_factory=dict)

    @property
    def next_at(self) -> datetime:
        """When its next act is done."""
        return self.plan.at[self.done]

    @property
    def cadre(self) -> Actor:
        """Who in the village looks after it."""
        return self.staff.cadres[self.of.number % len(self.staff.cadres)]


def seed_cases(
    executor: Executor,
    count: int,
    *,
    data_dir: Path,
    until: datetime | None = None,
    seed: int = SEED,
    tell: Callable[[int], None] = lambda _done: None,
) -> dict[str, int]:
    """Make ``count`` more cases, all before ``until`` (now); gives how many of each course.

    Every step is the command a person, a timer or the public would have caused, at its own past instant and
    in the order of time. The households are made up and have no account, so those of the demonstration's
    own accounts stay free for whoever tries the system out.
    """
    return Seeding(executor, data_dir).run(count, until or executor.clock.now(), seed, tell)


class Seeding:
    """Makes cases: one act after the other, each at its own instant."""

    def __init__(self, executor: Executor, data_dir: Path) -> None:
        self.clock = TurnedClock()
        self.executor = Executor(executor.database, self.clock, executor.host)
        self.pictures = {
            name: content.check(data, name, len(data)) for name, data in pictures.drawn().items()
        }
        for picture in self.pictures.values():
            content.keep(data_dir, picture)
        self.staffs = self._staffs()

    def run(self, count: int, until: datetime, seed: int, tell: Callable[[int], None]) -> dict[str, int]:
        """The acts of all cases in the order of time."""
        first = self._cases_so_far()
        agenda = [self._planned(number, until, seed) for number in range(first, first + count)]
        heapq.heapify(agenda)
        ended, labels = 0, Counter(subject.plan.label for _, _, subject in agenda)
        while agenda:
            _, number, subject = agenda[0]
            self.act(subject)
            if subject.done < len(subject.plan.at):
                heapq.heapreplace(agenda, (subject.next_at, number, subject))
            else:
                heapq.heappop(agenda)
                ended += 1
                tell(ended)
        return dict(labels)

    def _planned(self, number: int, until: datetime, seed: int) -> tuple[datetime, int, Subject]:
        staff = self.staffs[number % len(self.staffs)]
        subject = Subject(plan(number, until, seed), household(number, staff.village), staff)
        return subject.next_at, number, subject

    def act(self, subject: Subject) -> None:
        """Do the next act of one case."""
        self.clock.at = subject.next_at.astimezone(UTC)
        ACTS[subject.plan.acts[subject.done]](self, subject)
        subject.done += 1

    # What can be done in a case

    def apply(self, subject: Subject) -> None:
        """A cadre starts the case for the household."""
        day = local_date(self.clock.at)
        given = answers.application(subject.of, day, subject.cadre.name)
        command = StartCase(procedure=PROCEDURE, division=subject.staff.division, answers=given)
        subject.case_id = self.do(command, subject.cadre).case_id

    def check(self, subject: Subject, **more: Any) -> None:
        """入户核实; answers for an objection or a return where there was one."""
        day, files = local_date(self.clock.at), self._files(subject)
        before = subject.plan.acts[subject.done - 1]
        if before == "object":
            more["objection_result"] = "已向提出人和邻居核实，情况记录在案，处理意见见结论。"
        if before in {"return", "disagree"}:
            more["return_result"] = "已补充核实收入和保险赔付，票据附后。"
        visitors = "、".join(actor.name for actor in subject.staff.cadres[:2])
        given = answers.check(subject.of, day, visitors, files, **more)
        self._complete(subject, "household_check", given, subject.cadre)

    def dismiss(self, subject: Subject) -> None:
        """入户核实 finds that it is not so; the household is told in writing."""
        self.check(subject, conclusion="不属实", opinion="损失已获保险足额赔付，家庭收入没有明显减少。")
        self._deliver()

    def review(self, subject: Subject, *, agreed: bool = True) -> None:
        """村评议."""
        day, files = local_date(self.clock.at), self._files(subject)
        given = answers.review(subject.of, day, subject.cadre.name, files, agreed=agreed)
        self._complete(subject, "village_review", given, subject.cadre)

    def disagree(self, subject: Subject) -> None:
        """村评议 without a majority."""
        self.review(subject, agreed=False)

    def post(self, subject: Subject) -> None:
        """The notice is posted."""
        given = answers.publicity(subject.cadre.name, self._files(subject))
        self._complete(subject, "publicity", given, subject.cadre)

    def end(self, subject: Subject) -> None:
        """The notice's last day is over."""
        self.do(WakeCase(case_id=subject.case_id), SYSTEM)

    def object(self, subject: Subject) -> None:
        """A neighbour objects on the notice's page."""
        with self.executor.database.reading() as session:
            said = session.scalars(_NOTICE_OF.where(Case.id == subject.case_id)).one()
        number = subject.of.number
        command = RaiseObjection(
            notice_id=said["publicity_post"]["notice"],
            name="村民" + "甲乙丙丁"[number % 4],
            phone=f"137{number % 100_000_000:08d}",
            reason="该户去年已领到保险赔款，家中另有收入，请再核实。",
        )
        self.do(command, Actor(kind="public", name="公众", device=f"演示 {number}"))

    def approve(self, subject: Subject) -> None:
        """镇（街道）审核 passes."""
        given = answers.township(returned=False)
        self._complete(subject, "township_review", given, _one(subject.staff.township, subject))

    def give_back(self, subject: Subject) -> None:
        """镇（街道）审核 returns the case."""
        given = answers.township(returned=True)
        self._complete(subject, "township_review", given, _one(subject.staff.township, subject))

    def decide(self, subject: Subject, *, refused: bool = False) -> None:
        """区级比对审定."""
        given = answers.county(subject.of, refused=refused)
        self._complete(subject, "county_decision", given, _one(subject.staff.county, subject))

    def refuse(self, subject: Subject) -> None:
        """区级比对审定 refuses; the household is told in writing."""
        self.decide(subject, refused=True)
        self._deliver()

    # How it is done

    def do(self, command: Command[Any], by: Actor) -> Any:
        """Run one command; its result."""
        return self.executor.execute(command, by=by)

    def _complete(self, subject: Subject, step: str, given: dict[str, Any], by: Actor) -> None:
        query = _OPEN_ITEM.where(WorkItem.case_id == subject.case_id, WorkItem.step == step)
        with self.executor.database.reading() as session:
            item = session.execute(query).one()
        self.do(CompleteWorkItem(item_id=item.id, revision=item.revision, answers=given), by)

    def _files(self, subject: Subject) -> dict[str, int]:
        """The case's own attachments; their contents are kept once for all cases."""
        for name, picture in self.pictures.items():
            if name not in subject.files:
                command = TakeIn(sha256=picture.sha256, name=name, type=picture.type, size=picture.size)
                subject.files[name] = self.do(command, subject.cadre).id
        return subject.files

    def _deliver(self) -> None:
        while self.do(worker.DeliverNext(), SYSTEM) is not None:
            pass

    def _cases_so_far(self) -> int:
        with self.executor.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Case)) or 0

    def _staffs(self) -> list[Staff]:
        with self.executor.database.reading() as session:
            actors = [account.actor("演示数据") for account in demo.accounts(session)]
        villages: dict[str, str] = {}
        for actor in actors:
            for grant in actor.grants:
                if grant.role == "village_committee" and grant.division.startswith(WITHIN):
                    villages.setdefault(grant.division, grant.unit_name)
        found = [_staff(division, unit, actors) for division, unit in sorted(villages.items())]
        whole = [staff for staff in found if staff.township and staff.county]
        if not whole:
            raise NobodyThere
        return whole


def _staff(division: str, unit: str, actors: list[Actor]) -> Staff:
    township, county = division[:9] + "000", division[:6] + "000000"
    return Staff(
        division=division,
        village=unit.removesuffix("村民委员会").removesuffix("村委会").removesuffix("居民委员会"),
        cadres=_holding(actors, "village_committee", division),
        township=_holding(actors, "township_gov", township),
        county=_holding(actors, "county_rvb", county),
    )


def _holding(actors: list[Actor], role: str, division: str) -> tuple[Actor, ...]:
    return tuple(
        actor
        for actor in actors
        if any(grant.role == role and grant.division == division for grant in actor.grants)
    )


def _one(actors: tuple[Actor, ...], subject: Subject) -> Actor:
    return actors[subject.of.number % len(actors)]


ACTS: dict[str, Callable[[Seeding, Subject], None]] = {
    "apply": Seeding.apply,
    "check": Seeding.check,
    "dismiss": Seeding.dismiss,
    "review": Seeding.review,
    "disagree": Seeding.disagree,
    "post": Seeding.post,
    "end": Seeding.end,
    "object": Seeding.object,
    "approve": Seeding.approve,
    "return": Seeding.give_back,
    "decide": Seeding.decide,
    "refuse": Seeding.refuse,
}
"""What a plan's words mean."""
