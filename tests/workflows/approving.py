"""Small procedures of every shape with people at work on them: what the tests of actions are played on."""

import json

from sqlalchemy import select

from app.security import demo
from tests.workflows.designing import drafts
from tests.workflows.spiff import drawing
from workflows import proving, rebuilding, spiff
from workflows.cases import Case
from workflows.catalogue import release
from workflows.commands import CONSOLE
from workflows.designing.publish import PublishVersion
from workflows.journal import StepRecord
from workflows.returning import SendBackTo
from workflows.running import CompleteWorkItem, StartCase
from workflows.signing import AddSigners
from workflows.work_items import OPEN, STEP, WorkItem, may_act

JUDGEMENT = json.dumps(
    {
        "type": "default",
        "components": [
            {
                "type": "radio",
                "key": "conclusion",
                "label": "结论",
                "values": [{"label": each, "value": each} for each in ("同意", "不同意", "退回")],
                "validate": {"required": True},
            },
            {"type": "textarea", "key": "opinion", "label": "意见"},
            {"type": "textfield", "key": "note", "label": "备注"},
        ],
    },
    ensure_ascii=False,
)


def step(key, inside="", role="township_gov", level="township"):
    return drafts.task(
        key, "judge", role=role, level=level, inside=inside, due="=workdays(3)", name=key.upper()
    )


APPLY = step("apply", role="village_committee", level="village")
OVER = drafts.end("over")
S = drawing.START
chain, flow, node = drawing.chain, drawing.flow, drawing.node

BRANCHES = APPLY + step("b1") + step("b2") + step("c") + step("d") + OVER
BRANCHES += chain("S", "apply", "P1") + chain("b1", "b2", "P2", "d", "over") + chain("c", "P2")

PARALLEL = (
    node("parallelGateway", "P1") + node("parallelGateway", "P2") + chain("P1", "b1") + chain("P1", "c")
)
INCLUSIVE = node("inclusiveGateway", "P1", default="P1-d") + node("inclusiveGateway", "P2") + flow("P1", "d")
INCLUSIVE += flow("P1", "b1", '=apply.conclusion != "不同意"') + flow("P1", "c", '=apply.conclusion = "同意"')
LINE = S + APPLY + step("a") + step("b") + step("c") + OVER + chain("S", "apply", "a", "b", "c", "over")
LOOP = S + APPLY + step("a") + drawing.xor("G", "on") + step("b") + OVER + chain("S", "apply", "a", "G")
LOOP += flow("G", "b", key="on") + flow("G", "apply", '=a.conclusion = "退回"', "back") + chain("b", "over")


def several(**how):
    """A step that several do, then one that closes."""
    return (
        S + APPLY + step("m", drawing.loop(**how)) + step("d") + OVER + chain("S", "apply", "m", "d", "over")
    )


SHAPES = {
    "linear": LINE,
    "parallel": S + BRANCHES + PARALLEL,
    "inclusive": S + BRANCHES + INCLUSIVE,
    "vote": several(card="3", until="=yes * 2 > total"),
    "veto": several(card="3", until="=no > 0"),
    "any": several(card="3", until="=done > 0"),
    "turns": several(card="3", sequential=True),
    "looped": LOOP,
}
"""Linear, parallel, inclusive, several instances (票签, 一票否决, 或签, 依次审批), and a loop of returns."""


def draft(shape, **meta):
    return drafts.bundle(
        SHAPES[shape],
        forms={"judge": JUDGEMENT},
        start_roles=["village_committee"],
        start={"step": ""},
        **meta,
    )


class Approval:
    """Cases of one shape in one township, with everybody who may act there."""

    def __init__(self, town, shape, **meta):
        self.town = town
        self.staff = max(town.staffs, key=lambda staff: len(staff.township))
        self.cadre = self.staff.cadres[0]
        self.people = [*self.staff.cadres, *self.staff.township, *self.staff.county]
        town.do(PublishVersion(bundle=draft(shape, **meta)), CONSOLE)
        self.case_id = 0

    def begin(self, *steps):
        """A new case; ``steps`` are done with 同意 by whoever may."""
        self.case_id = self.town.do(
            StartCase(procedure="P", division=self.staff.division), self.cadre
        ).case_id
        for each in steps:
            self.do(each)
        return self

    @property
    def case(self):
        return self.town.read(lambda session: session.get(Case, self.case_id))

    @property
    def number(self):
        return self.case.number

    @property
    def items(self):
        query = select(WorkItem).where(WorkItem.case_id == self.case_id).order_by(WorkItem.id)
        return self.town.read(lambda session: session.scalars(query).all())

    @property
    def open(self):
        return [item for item in self.items if item.state in OPEN]

    @property
    def steps(self):
        """The steps that are open, each as often as it is."""
        return sorted(item.step for item in self.open if item.kind == STEP)

    @property
    def journal(self):
        query = (
            select(StepRecord.__table__).where(StepRecord.case_id == self.case_id).order_by(StepRecord.seq)
        )
        return self.town.read(lambda session: [dict(row) for row in session.execute(query).mappings()])

    @property
    def tokens(self):
        """The engine's open tasks."""
        return self.town.read(
            lambda session: sorted(
                spiff.open_tasks(release(session, self.case.version_id).specification, self.case.engine_state)
            )
        )

    def item(self, step, kind=STEP, place=None):
        """The open item of a step."""
        return next(
            item
            for item in self.open
            if item.step == step and item.kind == kind and place in (None, item.place)
        )

    def last(self, step):
        """The newest item of a step, open or not."""
        return [item for item in self.items if item.step == step and item.kind == STEP][-1]

    def who(self, item):
        """Somebody who may act on it."""
        return next(person for person in self.people if may_act(item, person))

    def who_did(self, item):
        """Whoever did it."""
        return next(person for person in self.people if person.person_id == item.done_by_id)

    def other(self, *but):
        """A township clerk who is none of these."""
        taken = {person.person_id for person in but}
        return next(one for one in self.staff.township if one.person_id not in taken)

    def do(self, step, conclusion="同意", by=None, **more):
        """Complete an open step; gives who did."""
        item = self.item(step, **{key: more.pop(key) for key in ("kind", "place") if key in more})
        actor = by or self.who(item)
        answers = {"conclusion": conclusion, "opinion": "已核", **more}
        self.town.do(CompleteWorkItem(item_id=item.id, answers=answers, late_reason="入户排期顺延。"), actor)
        return actor

    def run(self, command, by):
        return self.town.do(command, by)

    def differences(self):
        """Where the case stands otherwise than its journal leads to."""
        return self.town.read(
            lambda session: rebuilding.differences(session, session.get(Case, self.case_id))
        )

    def verified(self):
        """Whether the case's record says what its chain says."""
        return self.town.read(lambda session: proving.verify(session, self.number)).sound


def ask(work, step, place, *signers, by):
    """加签."""
    people = tuple(signer.person_id for signer in signers)
    work.run(AddSigners(item_id=work.item(step).id, place=place, to_person_ids=people, reason="请把关"), by)


def back(work, step, to, **more):
    item = work.item(step)
    return work.run(SendBackTo(item_id=item.id, to=to, reason="材料需补充", **more), work.who(item))


def administrator(town):
    people = town.read(lambda session: [one.actor() for one in demo.accounts(session)])
    return next(
        one
        for one in people
        if any(g.role == "procedure_admin" and g.division.startswith("150602") for g in one.grants)
    )
