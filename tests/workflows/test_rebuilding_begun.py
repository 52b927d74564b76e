"""Random runs of a case that has an item for each household and begins a case for some of them.

After every step the case and all it began are rebuilt from their records.
"""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from tests.workflows.approving import APPLY, JUDGEMENT, OVER, Approval, S, administrator, chain, step
from tests.workflows.designing import drafts
from tests.workflows.spiff import drawing
from workflows import proving, rebuilding
from workflows.cases import Case
from workflows.commands import CONSOLE
from workflows.designing.publish import PublishVersion
from workflows.errors import Refusal
from workflows.handling import CancelCase, JumpItem, ResumeCase, SuspendCase
from workflows.returning import SendBackTo, WithdrawStep
from workflows.running import CompleteWorkItem
from workflows.work_items import DONE, STEP

NUMBER = st.integers(0, 11)
STEPS = ("apply", "visit", "after", "v", "w")
HOUSEHOLDS = '=[{name: "甲", key: "1"}, {name: "乙", key: "2"}, {name: "丙", key: "3"}]'
SEEN = "={name: household.name, key: household.key, conclusion: conclusion}"


def gathering(drawn, output, element):
    """What is kept of each element of a list."""
    kept = f"outputCollection='{output}' outputElement='{element}' inputCollection="
    return drawn.replace("inputCollection=", kept)


def surveyed():
    """Each household is visited; one that is in need gets a case of its own; then the whole is looked at."""
    each = gathering(drawing.loop(over=HOUSEHOLDS, item="household"), "visits", SEEN)
    chosen = '=for one in visits[conclusion = "同意"] return {name: one.name, key: one.key}'
    rows = gathering(drawing.loop(over=chosen, item="row"), "begun", "=begin.case")
    begin = drafts.service("begin", "case.start", procedure='"Q"', reason='"需要帮扶"', subject="row")
    begin = begin.replace("</bpmn:serviceTask>", f"{rows}</bpmn:serviceTask>")
    body = S + APPLY + step("visit", each) + begin + step("after") + OVER
    return bundle("P", body + chain("S", "apply", "visit", "begin", "after", "over"))


def helped():
    """What is begun for a household."""
    return bundle("Q", S + step("v") + step("w") + OVER + chain("S", "v", "w", "over"))


def bundle(key, body):
    made = drafts.bundle(
        body, forms={"judge": JUDGEMENT}, start_roles=["village_committee"], start={"step": ""}
    )
    text = made.diagrams["process.bpmn"].replace('id="P"', f'id="{key}"')
    return replace(made, key=key, meta={**made.meta, "key": key}, diagrams={"process.bpmn": text})


class Family(Approval):
    """A case and those it began; ``turn_to`` says with which of them one is dealing."""

    def __init__(self, town):
        super().__init__(town, "linear")
        self.admin = administrator(town)
        self.parent_id = 0
        for each in (helped(), surveyed()):
            town.do(PublishVersion(bundle=each), CONSOLE)

    def begin(self, *steps):
        super().begin(*steps)
        self.parent_id = self.case_id
        return self

    @property
    def all(self):
        """The ids of the case and of those it began."""
        number = self.town.read(lambda session: session.get_one(Case, self.parent_id).number)
        query = select(Case.id).where(Case.parent_number == number).order_by(Case.id)
        return [self.parent_id, *self.town.read(lambda session: session.scalars(query).all())]

    def turn_to(self, pick):
        ids = self.all
        self.case_id = ids[pick % len(ids)]

    def differing(self):
        """Where any of them stands otherwise than its record leads to."""

        def compared(session):
            return [
                each
                for case_id in self.all
                for each in rebuilding.differences(session, session.get_one(Case, case_id))
            ]

        return self.town.read(compared)


class Survey(RuleBasedStateMachine):
    """Households are visited, cases begun, steps done and undone in any of them, in any order."""

    work: Family

    @initialize()
    def begin(self):
        self.work.begin()

    def press(self, command, by):
        try:
            self.work.run(command, by)
        except Refusal:
            return

    def aimed(self, case, pick):
        self.work.turn_to(case)
        items = [item for item in self.work.open if item.kind == STEP]
        return items[pick % len(items)] if items else None

    @rule(case=NUMBER, which=NUMBER, conclusion=st.sampled_from(["同意", "同意", "不同意"]))
    def complete(self, case, which, conclusion):
        item = self.aimed(case, which)
        if item is not None:
            answers = {"conclusion": conclusion, "opinion": "见材料"}
            act = CompleteWorkItem(item_id=item.id, answers=answers, late_reason="排期顺延。")
            self.press(act, self.work.who(item))

    @rule(times=st.integers(1, 5))
    def visit_on(self, times):
        for _ in range(times):
            self.complete(0, 0, "同意")

    @rule(case=NUMBER, which=NUMBER, to=st.sampled_from(STEPS))
    def send_back(self, case, which, to):
        item = self.aimed(case, which)
        if item is not None:
            act = SendBackTo(item_id=item.id, to=to, reason="补材料", late_reason="排期顺延。")
            self.press(act, self.work.who(item))

    @rule(case=NUMBER, which=NUMBER, to=st.sampled_from(STEPS))
    def jump(self, case, which, to):
        item = self.aimed(case, which)
        if item is not None:
            self.press(JumpItem(item_id=item.id, to=to, reason="更正"), self.work.admin)

    @rule(case=NUMBER)
    def withdraw(self, case):
        self.work.turn_to(case)
        done = [item for item in self.work.items if item.state == DONE and item.kind == STEP]
        if done:
            item = max(done, key=lambda each: (each.done_at, each.id))
            self.press(WithdrawStep(item_id=item.id, reason="填错了"), self.work.who_did(item))

    @rule(case=NUMBER, days=st.integers(0, 3))
    def rest_and_go_on(self, case, days):
        self.work.turn_to(case)
        self.press(SuspendCase(number=self.work.number, reason="等批复"), self.work.admin)
        self.work.town.clock.advance(days=days)
        self.press(ResumeCase(number=self.work.number, reason="已批复"), self.work.admin)

    @rule(case=NUMBER)
    def end_one_begun(self, case):
        self.work.turn_to(case)
        if self.work.case_id != self.work.parent_id:
            self.press(CancelCase(number=self.work.number, reason="不办了"), self.work.admin)

    @invariant()
    def the_records_lead_to_the_states(self):
        if self.work.parent_id:
            assert self.work.differing() == []

    def teardown(self):
        if not self.work.parent_id:
            return
        event(f"begun: {len(self.work.all) - 1}")
        for case_id in self.work.all:
            self.work.case_id = case_id
            number = self.work.number
            assert self.work.town.read(lambda session, of=number: proving.verify(session, of)).sound
            # The next run's households are to have no case left from this one.
            self.press(CancelCase(number=number, reason="不办了"), self.work.admin)


def test_a_case_for_each_household_in_need_and_the_record_leads_to_all_of_them(town):
    work = Family(town).begin("apply")
    assert work.steps == ["visit"] * 3
    for conclusion in ("同意", "不同意", "同意"):
        work.do("visit", conclusion)

    assert len(work.all) == 3
    assert work.steps == ["after"]
    assert work.differing() == []
    work.turn_to(1)
    work.do("v")
    assert work.differing() == []


def test_a_second_round_finds_the_case_that_runs_already(town_on_sqlite):
    work = Family(town_on_sqlite).begin("apply", "visit", "visit", "visit")
    assert len(work.all) == 4
    item = work.item("after")
    work.run(SendBackTo(item_id=item.id, to="visit", reason="再走访"), work.who(item))
    assert work.differing() == []

    for _ in range(3):
        work.do("visit")

    assert len(work.all) == 4
    assert work.differing() == []


@pytest.mark.seconds(240)
def test_whatever_is_done_to_a_case_and_those_it_began_the_records_lead_to_the_states(town_on_sqlite):
    machine = type("SurveyOfOne", (Survey,), {"work": Family(town_on_sqlite)})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
