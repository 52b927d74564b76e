import contextlib
import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.workflows.desks import STRAIGHT
from workflows import cases
from workflows.commands import SYSTEM
from workflows.errors import Conflict, Invalid, NotAllowed, Refusal
from workflows.opening import UnknownDivision
from workflows.running import (
    ClaimWorkItem,
    CompleteWorkItem,
    MayNotStart,
    ReleaseWorkItem,
    SaveDraft,
    SendBack,
    StartCase,
    TransferWorkItem,
)
from workflows.waking import WakeCase
from workflows.work_items import AlreadyDone, IllegalMove, NotYours, UnknownItem


def do(town, kind, subject, by=None, **given):
    return town.do(kind(item_id=town.item(subject).id, **given), by or subject.cadre)


def test_a_case_goes_the_straight_way_and_enters_the_register(town):
    subject = town.begun(*STRAIGHT)

    case = town.case(subject)
    assert (case.state, case.outcome) == (cases.ENDED, "已纳入监测")
    assert case.variables["ledger_update"]["status"] == "监测中"
    assert town.open_items(subject) == []
    assert [row.step for row in town.journal(subject)] == [
        "start",
        "apply",
        "household_check",
        "village_review",
        "publicity",
        "publicity_post",
        "publicity_end",
        "publicity_close",
        "township_review",
        "county_decision",
        "ledger_update",
    ]
    assert town.verified().sound


@pytest.mark.parametrize(
    ("acts", "outcome"),
    [
        (("apply", "dismiss"), "核实不属实"),
        (("apply", "check", "disagree", "check", "review", "post", "end", "approve", "refuse"), "不予认定"),
        (("apply", "check", "review", "post", "object", *STRAIGHT[1:]), "已纳入监测"),
        (("apply", "check", "review", "post", "end", "return", *STRAIGHT[1:]), "已纳入监测"),
    ],
)
def test_a_case_may_go_other_ways(town, acts, outcome):
    subject = town.begun(*acts)

    assert town.case(subject).outcome == outcome
    assert town.verified().sound


def test_the_second_round_of_a_step_is_counted_and_the_first_stays_on_record(town):
    subject = town.begun("apply", "check", "disagree")

    assert (town.item(subject).step, town.item(subject).round) == ("household_check", 2)
    assert [row.round for row in town.journal(subject) if row.step == "household_check"] == [1]


def test_a_claimed_item_belongs_to_whoever_claimed_it(town):
    subject = town.begun("apply")
    mine, colleague = subject.staff.cadres[:2]

    do(town, ClaimWorkItem, subject, mine)

    assert town.item(subject).assignee == mine.name
    with pytest.raises(NotYours, match=mine.name):
        do(town, ClaimWorkItem, subject, colleague)


def test_a_released_item_is_everyones_again_with_its_draft(town):
    subject = town.begun("apply")
    do(town, SaveDraft, subject, answers={"visitors": "赵五"})

    do(town, ReleaseWorkItem, subject)

    assert town.item(subject).assignee is None
    assert town.item(subject).draft["visitors"] == "赵五"
    do(town, ClaimWorkItem, subject, subject.staff.cadres[1])


def test_an_offered_item_cannot_be_released(town):
    subject = town.begun("apply")

    with pytest.raises(IllegalMove):
        do(town, ReleaseWorkItem, subject)


def test_a_transfer_needs_a_reason_and_tells_the_colleague(town):
    subject = town.begun("apply")
    other = subject.staff.cadres[1]
    with pytest.raises(Invalid):
        do(town, TransferWorkItem, subject, to_person_id=other.person_id, reason=" ")

    do(town, TransferWorkItem, subject, to_person_id=other.person_id, reason="外出学习")

    assert town.item(subject).assignee == other.name
    assert town.work() == 1


def test_sending_back_needs_a_reason(town):
    subject = town.begun("apply", "check", "review", "post", "end")

    with pytest.raises(Invalid):
        do(town, SendBack, subject, subject.staff.township[0], reason="")
    do(town, SendBack, subject, subject.staff.township[0], reason="核实表没有写明保险赔付")

    assert town.steps(subject) == ["household_check"]
    assert town.case(subject).variables["township_review"]["opinion"] == "核实表没有写明保险赔付"


def test_wrong_answers_are_named_by_field_and_change_nothing(town):
    subject = town.begun("apply")
    before = town.case(subject).revision

    with pytest.raises(Invalid) as refused:
        do(town, CompleteWorkItem, subject, answers={"conclusion": "也许"})

    assert {"conclusion", "visited_on", "photos"} <= set(refused.value.errors)
    assert town.case(subject).revision == before
    assert town.steps(subject) == ["household_check"]


def test_a_done_item_says_who_and_an_unknown_one_is_not_there(town):
    subject = town.begun("apply")
    item = town.item(subject)
    town.take(subject, "check")

    with pytest.raises(AlreadyDone, match=subject.cadre.name):
        town.do(CompleteWorkItem(item_id=item.id), subject.cadre)
    with pytest.raises(UnknownItem):
        town.do(CompleteWorkItem(item_id=999_999), subject.cadre)


def test_who_may_start_a_case_and_where(town):
    subject = town.begun()
    elsewhere = town.staffs[0].division

    with pytest.raises(MayNotStart):
        town.do(StartCase(procedure="fp_01_ds", division=elsewhere), subject.cadre)
    with pytest.raises(UnknownDivision):
        town.do(StartCase(procedure="fp_01_ds", division="150602999999"), SYSTEM)
    with pytest.raises(NotAllowed):
        town.do(StartCase(procedure="fp_01_ds", division=elsewhere), subject.staff.county[0])


def test_a_household_has_one_running_case_and_may_apply_again_after_it_ended(town):
    subject = town.begun("apply")
    again = type(subject)(subject.of, subject.staff)

    with pytest.raises(Conflict):
        town.take(again, "apply")
    town.take(subject, "dismiss")
    town.take(again, "apply")

    assert town.steps(again) == ["household_check"]


ACTS_AT = {
    "household_check": ("check", "dismiss"),
    "village_review": ("review", "disagree"),
    "publicity": ("post",),
    "township_review": ("approve", "return"),
    "county_decision": ("decide", "refuse"),
}


class AnyCourse(RuleBasedStateMachine):
    """Households, cadres and the clock in any order: what must hold after every single act."""

    town = None

    @initialize()
    def open_town(self):
        self.subjects, self.lengths = [], {}

    def acted(self, subject, act):
        before = self.town.steps(subject)
        self.town.take(subject, act)
        assert self.town.steps(subject) != before or act in {"dismiss", "refuse", "decide"}

    @precondition(lambda self: len(self.subjects) < 3)
    @rule()
    def somebody_applies(self):
        self.subjects.append(self.town.begun("apply"))

    @precondition(lambda self: self.subjects)
    @rule(which=st.integers(0, 2), way=st.integers(0, 1))
    def somebody_acts(self, which, way):
        subject = self.subjects[which % len(self.subjects)]
        for step in self.town.steps(subject):
            acts = ACTS_AT[step]
            self.acted(subject, acts[way % len(acts)])

    @precondition(lambda self: self.subjects)
    @rule(which=st.integers(0, 2))
    def somebody_objects(self, which):
        subject = self.subjects[which % len(self.subjects)]
        with contextlib.suppress(Refusal, KeyError):
            self.town.take(subject, "object")

    @precondition(lambda self: self.subjects)
    @rule(which=st.integers(0, 2))
    def somebody_acts_out_of_turn(self, which):
        subject = self.subjects[which % len(self.subjects)]
        for item in self.town.open_items(subject):
            stranger = subject.staff.county[0] if item.role != "county_rvb" else subject.cadre
            with pytest.raises(Refusal):
                self.town.do(CompleteWorkItem(item_id=item.id, answers={}), stranger)
        self.town.do(WakeCase(case_id=subject.case_id), SYSTEM)

    @rule(days=st.integers(1, 7))
    def days_pass(self, days):
        self.town.clock.advance(timedelta(days=days))
        self.town.work()

    @invariant()
    def every_running_case_waits_for_somebody_and_ended_ones_for_nobody(self):
        for subject in self.subjects:
            case, steps = self.town.case(subject), self.town.steps(subject)
            assert case.state in {cases.RUNNING, cases.ENDED}
            assert (case.state == cases.RUNNING) == bool(steps or case.waiting)
            assert len(steps) == len(set(steps))
            assert set(steps) <= set(ACTS_AT)

    @invariant()
    def the_journal_only_grows_and_every_change_is_on_the_record(self):
        for subject in self.subjects:
            case, journal = self.town.case(subject), self.town.journal(subject)
            kept = [(row.seq, row.step, row.at, row.answers) for row in journal]
            before = self.lengths.get(subject.case_id, [])
            assert kept[: len(before)] == before
            assert [row.seq for row in journal] == list(range(1, case.steps + 1))
            assert case.revision == len(self.town.entries(f"case:{case.number}"))
            assert all(one.at <= two.at for one, two in itertools.pairwise(journal))
            self.lengths[subject.case_id] = kept

    def teardown(self):
        assert self.town.verified().sound


@pytest.mark.seconds(300)
def test_whatever_the_order_no_case_gets_stuck_and_nothing_leaves_the_record(town):
    machine = type("AnyCourseHere", (AnyCourse,), {"town": town})
    case = machine.TestCase()
    case.settings = settings(
        max_examples=10,
        stateful_step_count=16,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    case.runTest()
