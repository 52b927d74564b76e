"""A whole office in which a committed scenario is played: real commands, registers, roles and files.

The walker of scenarios answers operations itself; here they are performed, by people who may perform them.
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.attachments import content
from app.attachments.commands import TakeIn
from app.demo import pictures
from app.organisation.models import Account, RoleGrant, Unit
from app.organisation.queries import account_named
from app.registers.models import RegisterRow
from app.registers.tasks import OPERATIONS
from tests.bpmn import artefacts
from tests.bpmn.artefacts import FORMS, PROCEDURES
from workflows import spiff, worker
from workflows.cases import Case
from workflows.commands import CONSOLE, SYSTEM, Command
from workflows.designing import folders
from workflows.designing.publish import PublishVersion
from workflows.errors import NotAllowed
from workflows.ports import OperationCall
from workflows.running import CompleteWorkItem, StartCase
from workflows.work_items import OPEN, WorkItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Operate(Command[dict]):
    """One operation by itself: what an earlier case has left in a register."""

    call: OperationCall

    def authorise(self, ctx):
        ctx.require(True)

    def run(self, ctx):
        ctx.record("office", operation=self.call.operation)
        return dict(OPERATIONS[self.call.operation](ctx, self.call))


class Staffed:
    """An office of one locality; `play` takes a scenario to its end and gives the case."""

    def __init__(self, executor, folder, clock):
        self.executor, self.folder, self.clock = executor, folder, clock

    def publish(self, *keys):
        for key in keys:
            self.do(PublishVersion(bundle=folders.read(PROCEDURES, FORMS, key)), CONSOLE)

    def do(self, command, by):
        return self.executor.execute(command, by=by)

    def read(self, query):
        with self.executor.database.reading() as session:
            return session.scalars(query).all()

    # People

    def village(self, key):
        """A village of the procedure's locality whose committee has people."""
        division = artefacts.procedure(key)["division"].rstrip("0")
        staffed = select(RoleGrant.unit_id).where(RoleGrant.role == "village_committee")
        query = select(Unit.division).where(Unit.division.startswith(division), Unit.id.in_(staffed))
        return self.read(query.order_by(Unit.division))[0]

    def holders(self, role, division):
        """Those who act in `role` for a division: in the nearest unit above it."""
        query = (
            select(Account.username)
            .join(RoleGrant, RoleGrant.person_id == Account.person_id)
            .join(Unit, Unit.id == RoleGrant.unit_id)
            .where(RoleGrant.role == role)
            .where(Unit.division.in_({division[:n].ljust(12, "0") for n in (6, 9, 12)}))
        )
        names = self.read(query.order_by(Account.username))
        with self.executor.database.reading() as session:
            return [account_named(session, name).actor() for name in names]

    # Registers

    def keep(self, subject, division, register, **given):
        """A row as an earlier case would have left it."""
        call = OperationCall(
            operation="register.enter",
            element="step",
            name="登记",
            inputs={"register": register, **given},
            case_id=0,
            case_number="EARLIER-000001",
            procedure="",
            division=division,
            subject=subject,
            variables={},
            parameters={},
        )
        return self.do(Operate(call=call), SYSTEM)

    def rows(self, register):
        return self.read(select(RegisterRow).where(RegisterRow.register == register).order_by(RegisterRow.id))

    # A scenario

    def play(self, key, name, *, division=None, by=None):
        """Play the scenario of that name; every answer is given by somebody who may give it."""
        told = tomllib.loads((PROCEDURES / key / "scenarios.toml").read_text(encoding="utf-8"))
        scene = next(each for each in told["scenario"] if each["name"] == name)
        division = division or self.village(key)
        self.clock.set(datetime.fromisoformat(scene["at"]))
        start = self._answers(told, scene["start"])
        form = artefacts.procedure(key)["start"]["form"]
        starters = by or [
            each for role in artefacts.procedure(key)["start_roles"] for each in self.holders(role, division)
        ]
        begin = StartCase(procedure=key, division=division, answers=self._filed(form, start, starters[0]))
        case_id = self.do(begin, starters[0]).case_id
        for step in scene.get("step", ()):
            self._take(told, case_id, step)
        worker.drain(self.executor)
        [case] = self.read(select(Case).where(Case.id == case_id))
        assert case.outcome == scene["expect"]["outcome"], (key, name, case.standing)
        return case

    def _answers(self, told, given):
        return {**told["answers"].get(given.get("use", ""), {}), **given.get("answers", {})}

    def _take(self, told, case_id, step):
        if step["do"] == "time":
            self._turn(step)
            return
        query = select(WorkItem).where(
            WorkItem.case_id == case_id, WorkItem.step == step["step"], WorkItem.state.in_(OPEN)
        )
        item = self.read(query)[0]
        # Where a household does not come itself, the village fills in what it says and signs.
        people = [
            each for role in (item.role, "village_committee") for each in self.holders(role, item.division)
        ]
        assert people, f"nobody acts as {item.role} in {item.unit}"
        refused = None
        for person in people:
            answers = self._filed(item.form, self._answers(told, step), person)
            command = CompleteWorkItem(
                item_id=item.id, revision=item.revision, answers=answers, late_reason="入户排期顺延。"
            )
            try:
                self.do(command, person)
            except NotAllowed as refusal:
                refused = refusal
                continue
            return
        raise refused

    def _turn(self, step):
        to = step.get("to")
        self.clock.set(datetime.fromisoformat(to) if to else spiff.instant(step["advance"], self.clock.now()))
        worker.drain(self.executor)

    def _filed(self, form, answers, by):
        """Real files for the numbers that stand for them."""
        kinds = {each.get("key") for each in artefacts.components(form) if each.get("type") == "filepicker"}
        return {
            name: [self._file(by) for _ in value] if name in kinds and value else value
            for name, value in answers.items()
        }

    def _file(self, by):
        name, data = next(iter(pictures.drawn().items()))
        kept = content.check(data, name, len(data))
        content.keep(self.folder, kept)
        return self.do(TakeIn(sha256=kept.sha256, name=name, type=kept.type, size=kept.size), by).id


def sealed(sealing, key, answer):
    """The subject a scenario's start form tells."""
    told = tomllib.loads((PROCEDURES / key / "scenarios.toml").read_text(encoding="utf-8"))["answers"][answer]
    identity = sealing.seal("identity", told["head_identity"])
    return {"kind": "household", "name": told["head_name"], "identity": identity, "key": identity["hash"]}
