"""Random actions over diagrams of every shape: no token is lost or doubled, nothing gets stuck."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.workflows.approving import SHAPES, Approval, administrator
from workflows import work_items
from workflows.cases import CANCELLED, ENDED, RUNNING, SUSPENDED
from workflows.copies import SendCopies
from workflows.errors import Refusal
from workflows.handling import CancelCase, JumpItem, ResumeCase, SuspendCase
from workflows.returning import SendBackTo, WithdrawStep
from workflows.running import (
    ClaimWorkItem,
    CompleteWorkItem,
    ReleaseWorkItem,
    SaveDraft,
    SendBack,
    TransferWorkItem,
)
from workflows.signing import AddSigners, DelegateWorkItem, RemoveSigner
from workflows.work_items import DONE, HELD, OPEN, PLANNED, STEP, TAKEN_BACK, may_act

STEPS = ("apply", "a", "b", "c", "b1", "b2", "m", "d")
NUMBER = st.integers(0, 7)
CONCLUSION = st.sampled_from(["同意", "同意", "同意", "不同意", "退回"])
WHY_LATE = "排期顺延。"
MOST_TO_END = 60
"""So many completions bring any of these cases to its end, whatever was done before."""


class Desk(RuleBasedStateMachine):
    """Everybody at one case at once, pressing anything, at anything, in any order."""

    work: Approval
    admin = None

    @initialize()
    def begin(self):
        self.work.begin()
        self.seen = []
        self.states = {}

    # What is aimed at: mostly what could succeed, so that things happen; now and then anything by anybody.

    def item(self, pick):
        items = (pick < 6 and self.work.open) or self.work.items
        return items[pick % len(items)]

    def where(self, pick):
        been = sorted({item.step for item in self.work.items if item.state == DONE})
        return been[pick % len(been)] if been and pick < 6 else STEPS[pick % len(STEPS)]

    def colleague(self, pick):
        clerks = self.work.staff.township
        return clerks[pick % len(clerks)] if pick < 6 else self.anybody(pick)

    def somebody(self, pick, item):
        """Somebody entitled, where there is anybody; now and then anybody."""
        if pick != 7 and item.state in OPEN:
            entitled = [person for person in self.work.people if may_act(item, person)]
            if entitled:
                return entitled[pick % len(entitled)]
        return self.anybody(pick)

    def anybody(self, pick):
        return self.work.people[pick % len(self.work.people)]

    def press(self, command, by):
        """A refusal changes nothing."""
        before = self.state()
        try:
            self.work.run(command, by)
        except Refusal:
            assert self.state() == before

    def state(self):
        work = self.work
        case = work.case
        rows = [(each.id, each.state, each.assignee_id, each.revision) for each in work.items]
        return case.engine_state, case.variables, case.state, case.undo, len(work.journal), rows

    @rule(which=NUMBER, who=NUMBER, conclusion=CONCLUSION)
    def complete(self, which, who, conclusion):
        item = self.item(which)
        answers = {"conclusion": conclusion, "opinion": "见材料"}
        self.press(
            CompleteWorkItem(item_id=item.id, answers=answers, late_reason=WHY_LATE), self.somebody(who, item)
        )

    @rule(who=NUMBER, conclusion=CONCLUSION)
    def complete_an_open_one(self, who, conclusion):
        if self.work.open:
            item = self.work.open[who % len(self.work.open)]
            answers = {"conclusion": conclusion, "opinion": "见材料"}
            self.press(
                CompleteWorkItem(item_id=item.id, answers=answers, late_reason=WHY_LATE),
                self.somebody(0, item),
            )

    @rule(which=NUMBER, who=NUMBER, act=st.sampled_from([ClaimWorkItem, ReleaseWorkItem]))
    def hold(self, which, who, act):
        item = self.item(which)
        self.press(act(item_id=item.id), self.somebody(who, item))

    @rule(which=NUMBER, who=NUMBER)
    def save(self, which, who):
        item = self.item(which)
        self.press(SaveDraft(item_id=item.id, answers={"note": "草稿"}), self.somebody(who, item))

    @rule(which=NUMBER, who=NUMBER)
    def send_back_as_drawn(self, which, who):
        item = self.item(which)
        self.press(SendBack(item_id=item.id, reason="补材料", late_reason=WHY_LATE), self.somebody(who, item))

    @rule(which=NUMBER, who=NUMBER, to=NUMBER, straight=st.booleans())
    def send_back(self, which, who, to, straight):
        item = self.item(which)
        act = SendBackTo(
            item_id=item.id, to=self.where(to), reason="补材料", straight=straight, late_reason=WHY_LATE
        )
        self.press(act, self.somebody(who, item))

    @rule(which=NUMBER)
    def withdraw(self, which):
        item = self.item(which)
        doer = item.done_by_id or item.assignee_id
        by = next((one for one in self.work.people if one.person_id == doer), self.anybody(which))
        self.press(WithdrawStep(item_id=item.id, reason="填错了"), by)

    @rule()
    def withdraw_the_last(self):
        done = [item for item in self.work.items if item.state == DONE and item.kind == STEP]
        if done:
            item = max(done, key=lambda each: (each.done_at, each.id))
            by = next(one for one in self.work.people if one.person_id == item.done_by_id)
            self.press(WithdrawStep(item_id=item.id, reason="填错了"), by)

    @rule(which=NUMBER, who=NUMBER, whom=NUMBER)
    def transfer(self, which, who, whom):
        item = self.item(which)
        act = TransferWorkItem(item_id=item.id, to_person_id=self.colleague(whom).person_id, reason="出差")
        self.press(act, self.somebody(who, item))

    @rule(which=NUMBER, who=NUMBER, whom=NUMBER)
    def delegate(self, which, who, whom):
        item = self.item(which)
        act = DelegateWorkItem(item_id=item.id, to_person_id=self.colleague(whom).person_id, reason="代核")
        self.press(act, self.somebody(who, item))

    @rule(which=NUMBER, who=NUMBER, whom=NUMBER, place=st.sampled_from(["before", "after", "beside"]))
    def add_signer(self, which, who, whom, place):
        item = self.item(which)
        people = (self.anybody(whom).person_id,)
        act = AddSigners(item_id=item.id, place=place, to_person_ids=people, reason="把关")
        self.press(act, self.somebody(who, item))

    @rule(which=NUMBER, who=NUMBER)
    def remove_signer(self, which, who):
        item = self.item(which)
        by = next((one for one in self.work.people if one.person_id == item.asked_by_id), None)
        self.press(RemoveSigner(item_id=item.id, reason="不必"), by or self.somebody(who, item))

    @rule(which=NUMBER, to=st.sampled_from(STEPS), who=NUMBER)
    def jump(self, which, to, who):
        by = self.anybody(which) if who == 7 else self.admin
        self.press(JumpItem(item_id=self.item(which).id, to=to, reason="更正"), by)

    @rule(days=st.integers(0, 9))
    def rest_and_go_on(self, days):
        self.press(SuspendCase(number=self.work.number, reason="等批复"), self.admin)
        self.work.town.clock.advance(days=days)
        self.press(ResumeCase(number=self.work.number, reason="已批复"), self.admin)

    @rule(who=NUMBER, whom=NUMBER)
    def send_round(self, who, whom):
        people = (self.anybody(whom).person_id,)
        act = SendCopies(number=self.work.number, kind="circulate", to_person_ids=people)
        self.press(act, self.anybody(who))

    @rule(really=st.integers(0, 9))
    def end_it(self, really):
        if really == 0:
            self.press(CancelCase(number=self.work.number, reason="不办了"), self.work.cadre)

    # What holds after each of them.

    @invariant()
    def every_token_has_one_item_and_every_item_its_token(self):
        work = self.work
        if not work.case_id or work.case.state in {ENDED, CANCELLED}:
            return
        tasks = sorted(item.task_id for item in work.open if item.kind == STEP)
        assert tasks == work.tokens
        at_once = Counter(item.step for item in work.open if item.kind == STEP)
        assert all(count == 1 for step, count in at_once.items() if step != "m")

    @invariant()
    def what_has_ended_has_nothing_open(self):
        if self.work.case_id and self.work.case.state in {ENDED, CANCELLED}:
            assert self.work.open == []

    @invariant()
    def every_open_item_can_be_done_by_somebody_or_waits_for_one_that_can(self):
        if not self.work.case_id:
            return
        items = {item.id: item for item in self.work.open}
        hosts = {item.host_id for item in items.values() if item.kind != STEP}
        for item in items.values():
            if item.state == HELD:
                assert item.id in hosts, "a held decision waits for a signature"
            elif item.state == PLANNED:
                assert items[item.host_id].state in {"claimed", "offered"}
            else:
                assert any(may_act(item, person) for person in self.work.people)
            assert item.host_id is None or item.host_id in items, "an aside outlives its step"

    @invariant()
    def the_record_only_grows(self):
        if not self.work.case_id:
            return
        rows = self.work.journal
        assert rows[: len(self.seen)] == self.seen
        self.seen = rows
        for item in self.work.items:
            was = self.states.get(item.id, item.state)
            assert was == item.state or item.state in reachable(was), f"{was} → {item.state}"
            self.states[item.id] = item.state

    @invariant()
    def the_record_leads_to_the_state(self):
        if self.work.case_id:
            assert self.work.differences() == []

    def teardown(self):
        """Whatever was done: the case can be brought to its end, and its record verifies."""
        if not getattr(self, "states", None):
            return
        work = self.work
        if work.case.state == SUSPENDED:
            work.run(ResumeCase(number=work.number, reason="继续"), self.admin)
        for _ in range(MOST_TO_END):
            if work.case.state != RUNNING:
                break
            # Who was asked beside a step comes first.
            ready = [item for item in work.open if item.state not in {HELD, PLANNED}]
            item = max(ready, key=lambda each: each.kind != STEP)
            answers = {"conclusion": "同意", "opinion": "同意"}
            work.run(CompleteWorkItem(item_id=item.id, answers=answers, late_reason=WHY_LATE), work.who(item))
        assert work.case.state in {ENDED, CANCELLED}
        assert work.open == []
        assert work.verified(), "the chain says something else than the record"


def reachable(state):
    """Every state an item may come to from one, in however many moves."""
    found, todo = set(), [state]
    while todo:
        for to in work_items.MOVES[todo.pop()] - found:
            found.add(to)
            todo.append(to)
    return found | ({PLANNED} if state == "claimed" else set()) | ({TAKEN_BACK} if state == DONE else set())


@pytest.mark.seconds(240)
@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_whatever_is_pressed_no_token_is_lost_or_doubled(town_on_sqlite, shape):
    work = Approval(town_on_sqlite, shape)
    machine = type("DeskOf" + shape.title(), (Desk,), {"work": work, "admin": administrator(town_on_sqlite)})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
