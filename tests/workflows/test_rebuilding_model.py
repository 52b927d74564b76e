"""Random runs through timers, messages, called procedures and moves, rebuilt after every step."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.workflows.approving import APPLY, JUDGEMENT, OVER, S, chain, flow, node, step
from tests.workflows.designing import drafts
from tests.workflows.designing.moving import Moving
from tests.workflows.spiff import drawing
from workflows import waking
from workflows.cases import RUNNING
from workflows.commands import Command, Context
from workflows.errors import Refusal
from workflows.handling import CancelCase, JumpItem, ResumeCase, SuspendCase
from workflows.returning import SendBackTo, WithdrawStep
from workflows.running import CompleteWorkItem
from workflows.work_items import DONE, STEP

NUMBER = st.integers(0, 7)
STEPS = ("apply", "a", "x", "y", "v", "b", "r", "d")
OBJECTION = '<bpmn:message id="m" name="异议"/>'
CALLED = S + step("v") + node("endEvent", "vE", name="已核") + chain("S", "v", "vE")


MOST_MOVES = 2
"""Of one case in one run; each publishes a version."""


def drawn(*after, limit=False):
    """A notice that an objection stops, a subprocess with a reminder and a limit, a called procedure."""
    inner = node("startEvent", "si") + step("x") + step("y") + node("endEvent", "ei")
    inner += chain("si", "x", "y", "ei")
    call = node("callActivity", "C", extensions='<zeebe:calledElement processId="Q"/>')
    body = S + APPLY + step("a") + node("subProcess", "sub", inner) + call + step("b") + step("r") + step("d")
    body += drawing.boundary("late", "sub", drawing.timer("P4D")) + flow("late", "a")
    body += drawing.boundary("due", "b", drawing.timer("P2D"), interrupting=False) + chain("due", "r", "rE")
    body += node("endEvent", "rE", name="已催")
    body += drawing.catch("T", drawing.timer("P3D")) + drawing.catch("M", drawing.message("m"))
    if limit:
        body += drawing.boundary("soon", "a", drawing.timer("P6D")) + flow("soon", "sub")
    body += node("eventBasedGateway", "W") + flow("W", "T") + flow("W", "M") + flow("M", "a")
    body += "".join(step(key) for key in after) + OVER
    body += chain("S", "apply", "a", "sub", "C", "b", "W") + chain("T", "d", *after, "over")
    return drafts.bundle(
        body,
        extra=OBJECTION,
        called={"Q": CALLED},
        forms={"judge": JUDGEMENT},
        start_roles=["village_committee"],
        start={"step": ""},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Object(Command[None]):
    """A neighbour's objection reaches the case, as a notice's page hands it on."""

    case_id: int

    def authorise(self, ctx: Context) -> None:
        """Anybody."""

    def run(self, ctx: Context) -> None:
        content = {"reason": "情况不实", "objection": 1}
        waking.receive(ctx, self.case_id, "异议", by="王某", content=content, name="公示异议")


class Course(RuleBasedStateMachine):
    """Time passes, people act, neighbours object and versions change, in any order."""

    work: Moving

    @initialize()
    def begin(self):
        # Whatever the run before left in force.
        self.work.publish(drawn())
        self.work.begin()
        self.moves = 0

    def press(self, command, by):
        try:
            self.work.run(command, by)
        except Refusal:
            return

    def aimed(self, pick):
        items = [item for item in self.work.open if item.kind == STEP]
        return items[pick % len(items)] if items else None

    @rule(which=NUMBER, conclusion=st.sampled_from(["同意", "不同意"]))
    def complete(self, which, conclusion):
        item = self.aimed(which)
        if item is not None:
            answers = {"conclusion": conclusion, "opinion": "见材料"}
            act = CompleteWorkItem(item_id=item.id, answers=answers, late_reason="排期顺延。")
            self.press(act, self.work.who(item))

    @rule(times=st.integers(1, 8))
    def go_on(self, times):
        for _ in range(times):
            self.complete(0, "同意")

    @rule(days=st.integers(1, 5))
    def time_passes(self, days):
        self.work.town.clock.advance(days=days)
        self.work.town.work()

    @rule()
    def object(self):
        self.press(Object(case_id=self.work.case_id), self.work.cadre)

    @rule(which=NUMBER, to=st.sampled_from(STEPS))
    def send_back(self, which, to):
        item = self.aimed(which)
        if item is not None:
            act = SendBackTo(item_id=item.id, to=to, reason="补材料", late_reason="排期顺延。")
            self.press(act, self.work.who(item))

    @rule(which=NUMBER, to=st.sampled_from(STEPS))
    def jump(self, which, to):
        item = self.aimed(which)
        if item is not None:
            self.press(JumpItem(item_id=item.id, to=to, reason="更正"), self.work.admin)

    @rule()
    def withdraw(self):
        done = [item for item in self.work.items if item.state == DONE and item.kind == STEP]
        if done:
            item = max(done, key=lambda each: (each.done_at, each.id))
            self.press(WithdrawStep(item_id=item.id, reason="填错了"), self.work.who_did(item))

    @rule(days=st.integers(0, 3))
    def rest_and_go_on(self, days):
        self.press(SuspendCase(number=self.work.number, reason="等批复"), self.work.admin)
        self.work.town.clock.advance(days=days)
        self.press(ResumeCase(number=self.work.number, reason="已批复"), self.work.admin)

    @rule(limit=st.booleans(), more=st.integers(1, 3))
    def move(self, limit, more):
        """To a version that asks more behind, and perhaps has another limit on the step at hand."""
        if self.moves < MOST_MOVES and self.work.case.state == RUNNING:
            self.moves += 1
            after = [f"n{number}" for number in range(self.moves, self.moves + more)]
            self.work.plan(self.work.publish(drawn(*after, limit=limit)))
            self.work.carry_out()
            event(f"moved: {self.work.row().state}, {self.work.row().said['method']}")

    @invariant()
    def the_record_leads_to_the_state(self):
        if self.work.case_id:
            assert self.work.differences() == []

    def teardown(self):
        if self.work.case_id:
            for kind in {row["kind"] for row in self.work.journal}:
                event(f"came through: {kind}")
            assert self.work.verified()
            # The next run's moves are to find its own case alone.
            self.press(CancelCase(number=self.work.number, reason="不办了"), self.work.admin)


@pytest.mark.seconds(240)
def test_whatever_time_neighbours_and_new_versions_do_the_record_leads_to_the_state(town_on_sqlite):
    machine = type("CourseOfOne", (Course,), {"work": Moving(town_on_sqlite, drawn())})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
