"""The desks of a demonstration: who acts for a village, and what each act of a case is as a command."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.attachments import content
from app.attachments.commands import TakeIn
from app.demo import answers, pictures
from app.notices.commands import RaiseObjection
from app.security import demo
from workflows import worker
from workflows.cases import Case
from workflows.clock import local_date
from workflows.commands import SYSTEM, Actor
from workflows.errors import Conflict
from workflows.running import CompleteWorkItem, StartCase
from workflows.waking import WakeCase
from workflows.work_items import OPEN, WorkItem

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from app.demo.households import Household
    from workflows.commands import Command, Executor

PROCEDURE = "fp_01_ds"
WITHIN = "150602"
LATE_REASON = "同一时期办件集中，入户和会议排期顺延，现已办结。"
"""What is said where a step of the demonstration was done after its limit."""

SENT_BACK = {"return", "disagree"}

_OPEN_ITEM = select(WorkItem.id, WorkItem.revision).where(WorkItem.state.in_(OPEN)).limit(1)


class NobodyThere(Conflict):
    """The people of the demonstration have not been entered yet."""

    code = "demo.nobody_there"
    sentence = "还没有演示账号，请先运行 xiangshen demo seed（不带 --cases）。"


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
    """One household's case: what was done in it last, and its own files."""

    of: Household
    staff: Staff
    case_id: int = 0
    last: str = ""
    files: dict[str, int] = field(default_factory=dict)

    @property
    def cadre(self) -> Actor:
        """Who in the village looks after it."""
        return _one(self.staff.cadres, self)

    @property
    def visitors(self) -> str:
        """Two cadres go on a visit."""
        return "、".join(actor.name for actor in self.staff.cadres[:2])


class Desks:
    """Takes cases of 监测对象识别 along, one act after the other, at the executor's present instant."""

    def __init__(self, executor: Executor, data_dir: Path) -> None:
        self.executor = executor
        self.pictures = {
            name: content.check(data, name, len(data)) for name, data in pictures.drawn().items()
        }
        for picture in self.pictures.values():
            content.keep(data_dir, picture)
        self.staffs = _staffs(executor)

    def staff_of(self, number: int) -> Staff:
        """Who looks after the ``number``-th household: the villages take turns."""
        return self.staffs[number % len(self.staffs)]

    def take(self, subject: Subject, act: str) -> None:
        """Do one act, a word of ACTS; raises the refusal of its command."""
        ACTS[act](self, subject)
        subject.last = act

    def do(self, command: Command[Any], by: Actor) -> Any:
        """Run one command; gives its result."""
        return self.executor.execute(command, by=by)

    @property
    def today(self) -> date:
        """The local day."""
        return local_date(self.executor.clock.now())

    def apply(self, subject: Subject) -> None:
        """A cadre starts the case for the household."""
        given = answers.application(subject.of, self.today, subject.cadre.name)
        command = StartCase(procedure=PROCEDURE, division=subject.staff.division, answers=given)
        subject.case_id = self.do(command, subject.cadre).case_id

    def check(self, subject: Subject, **more: Any) -> None:
        """入户核实; answers to an objection or a return where there was one."""
        if subject.last == "object":
            more["objection_result"] = "已向提出人和邻居核实，情况记录在案，处理意见见结论。"
        if subject.last in SENT_BACK:
            more["return_result"] = "已补充核实收入和保险赔付，票据附后。"
        files = self.files(subject, answers.PHOTO, answers.SIGNATURE)
        given = answers.check(subject.of, self.today, subject.visitors, files, **more)
        self.complete(subject, "household_check", given, subject.cadre)

    def dismiss(self, subject: Subject) -> None:
        """入户核实 finds that it is not so; the household is told in writing."""
        self.check(subject, conclusion="不属实", opinion="损失已获保险足额赔付，家庭收入没有明显减少。")
        self._deliver()

    def review(self, subject: Subject, *, agreed: bool = True) -> None:
        """村评议."""
        host, files = subject.cadre.name, self.files(subject, answers.MINUTES)
        given = answers.review(subject.of, self.today, host, files, agreed=agreed)
        self.complete(subject, "village_review", given, subject.cadre)

    def disagree(self, subject: Subject) -> None:
        """村评议 without a majority."""
        self.review(subject, agreed=False)

    def post(self, subject: Subject) -> None:
        """The notice is posted."""
        given = answers.publicity(subject.cadre.name, self.files(subject, answers.PHOTO))
        self.complete(subject, "publicity", given, subject.cadre)

    def end(self, subject: Subject) -> None:
        """The notice's last day is over."""
        self.do(WakeCase(case_id=subject.case_id), SYSTEM)

    def object(self, subject: Subject) -> None:
        """A neighbour objects on the notice's page."""
        with self.executor.database.reading() as session:
            said = session.scalars(select(Case.variables).where(Case.id == subject.case_id)).one()
        number = subject.of.number
        command = RaiseObjection(
            notice_id=said["publicity_post"]["notice"],
            name="村民" + "甲乙丙丁"[number % 4],
            phone=f"137{number % 100_000_000:08d}",
            reason="该户去年已领到保险赔款，家中另有收入，请再核实。",
        )
        self.do(command, Actor(kind="public", name="公众", device=f"演示 {number}"))

    def approve(self, subject: Subject, *, returned: bool = False) -> None:
        """镇（街道）审核."""
        given = answers.township(returned=returned)
        self.complete(subject, "township_review", given, _one(subject.staff.township, subject))

    def give_back(self, subject: Subject) -> None:
        """镇（街道）审核 returns the case."""
        self.approve(subject, returned=True)

    def decide(self, subject: Subject, *, refused: bool = False) -> None:
        """区级比对审定."""
        given = answers.county(subject.of, refused=refused)
        self.complete(subject, "county_decision", given, _one(subject.staff.county, subject))

    def refuse(self, subject: Subject) -> None:
        """区级比对审定 refuses; the household is told in writing."""
        self.decide(subject, refused=True)
        self._deliver()

    def complete(self, subject: Subject, step: str, given: dict[str, Any], by: Actor) -> None:
        """Complete the case's open item of that step."""
        query = _OPEN_ITEM.where(WorkItem.case_id == subject.case_id, WorkItem.step == step)
        with self.executor.database.reading() as session:
            item = session.execute(query).one()
        command = CompleteWorkItem(
            item_id=item.id, revision=item.revision, answers=given, late_reason=LATE_REASON
        )
        self.do(command, by)

    def files(self, subject: Subject, *names: str) -> dict[str, int]:
        """The case's own attachments of those names; their contents are kept once for all cases."""
        for name in names:
            if name not in subject.files:
                picture = self.pictures[name]
                command = TakeIn(sha256=picture.sha256, name=name, type=picture.type, size=picture.size)
                subject.files[name] = self.do(command, subject.cadre).id
        return subject.files

    def _deliver(self) -> None:
        while self.do(worker.DeliverNext(), SYSTEM) is not None:
            pass


ACTS: dict[str, Callable[[Desks, Subject], None]] = {
    "apply": Desks.apply,
    "check": Desks.check,
    "dismiss": Desks.dismiss,
    "review": Desks.review,
    "disagree": Desks.disagree,
    "post": Desks.post,
    "end": Desks.end,
    "object": Desks.object,
    "approve": Desks.approve,
    "return": Desks.give_back,
    "decide": Desks.decide,
    "refuse": Desks.refuse,
}
"""What can be done in a case, by the words that plans use."""


SHARING = ("jilaoqing-cadre1", "jiaotong-clerk1")
"""Two who work at one machine, so that supervisors of a demonstration have something to look at."""


def _device(username: str) -> str:
    return f"演示数据 {'便民服务中心' if username in SHARING else username}"


def _staffs(executor: Executor) -> list[Staff]:
    """The villages of the district in which every level has people."""
    with executor.database.reading() as session:
        actors = [account.actor(_device(account.username)) for account in demo.accounts(session)]
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
