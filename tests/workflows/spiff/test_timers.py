"""Timers and messages: what a case waits for, and what happens when it comes, early, late or twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.workflows.spiff.drawing import (
    END,
    NOON,
    START,
    Case,
    boundary,
    catch,
    chain,
    flow,
    message,
    node,
    service,
    specification,
    timer,
    user,
)
from workflows import spiff

OBJECTION = '<bpmn:message id="m" name="异议"/>'


def waiting_for(definition: str) -> spiff.Specification:
    return specification(
        START + user("A") + catch("T", definition) + user("B") + END + chain("S", "A", "T", "B", "E")
    )


@pytest.mark.parametrize(
    ("kind", "text", "due"),
    [
        ("timeDuration", "P3D", NOON + timedelta(days=3)),
        ("timeDuration", "PT1.5S", NOON + timedelta(seconds=1.5)),
        ("timeDuration", "P1M", datetime(2026, 4, 2, 4, tzinfo=UTC)),
        ("timeDuration", "P2W", NOON + timedelta(days=14)),
        ("timeDuration", '=duration("P5D")', NOON + timedelta(days=5)),
        ("timeDuration", '=duration("P1Y")', datetime(2027, 3, 2, 4, tzinfo=UTC)),
        ("timeDate", "2026-03-10", datetime(2026, 3, 10, 16, tzinfo=UTC)),
        ("timeDate", "2026-03-10T09:00:00", datetime(2026, 3, 10, 1, tzinfo=UTC)),
        ("timeDate", "2026-03-10T09:00:00Z", datetime(2026, 3, 10, 9, tzinfo=UTC)),
        ("timeDate", "=workdays(3)", datetime(2026, 3, 5, 16, tzinfo=UTC)),
        ("timeDate", "=workdays(A.days)", datetime(2026, 3, 9, 16, tzinfo=UTC)),
        ("timeDate", "=end of notice", datetime(2026, 3, 7, 16, tzinfo=UTC)),
        ("timeDate", '=date(A.day) + duration("P1D")', datetime(2026, 3, 10, 16, tzinfo=UTC)),
        ("timeDate", '=date and time("2026-03-10T09:00:00")', datetime(2026, 3, 10, 1, tzinfo=UTC)),
        ("timeDate", '=now() + duration("PT2H")', NOON + timedelta(hours=2)),
    ],
)
def test_a_timer_says_when_the_case_must_be_woken(kind, text, due):
    case = Case(waiting_for(timer(text, kind)), **{"end of notice": "2026-03-07T16:00:00+00:00"})
    case.do("A", days=5, day="2026-03-09")

    assert case.step.wake_at == due
    assert case.step.waiting == (spiff.Waiting("T", "timer", due),)
    case.at = due - timedelta(microseconds=1)
    assert case.wake().open == []
    case.at = due
    assert case.wake().open == ["B"]


@pytest.mark.parametrize("text", ["=nothing", "=1", '="soon"', "=workdays(-1)", '=duration("P999999999Y")'])
def test_a_time_that_cannot_be_reckoned_stops_the_step(text):
    case = Case(waiting_for(timer(text, "timeDate")))

    with pytest.raises(spiff.Undecided, match="可用的时间"):
        case.do("A")


def test_waking_too_early_changes_nothing():
    case = Case(waiting_for(timer("P3D"))).do("A")
    before = case.step.state

    assert case.wake(days=1).step.state == before
    assert case.step.passed == ()


def notice() -> spiff.Specification:
    return specification(
        START + user("A") + node("eventBasedGateway", "G") + catch("T", timer("P5D"))
        + catch("O", message("m"))
        + user("B") + user("C") + END + chain("S", "A", "G", "T", "B", "E") + chain("G", "O", "C", "E"),
        extra=OBJECTION,
    )  # fmt: skip


def test_a_notice_ends_by_itself_or_by_an_objection_whichever_comes_first():
    quiet = Case(notice()).do("A").wake(days=5)
    assert (quiet.open, quiet.waiting) == (["B"], [])
    assert quiet.step.passed == ("G-T", "T", "T-B")

    disputed = Case(notice()).do("A").wake(days=2).tell("异议")
    assert (disputed.open, disputed.waiting) == (["C"], [])
    assert disputed.wake(days=9).open == ["C"]


def test_two_timers_behind_one_event_gateway_keep_their_own_time():
    spec = specification(
        START + node("eventBasedGateway", "G") + catch("T1", timer("P5D")) + catch("T2", timer("P2D"))
        + user("B")
        + user("C") + END + chain("S", "G", "T1", "B", "E") + chain("G", "T2", "C", "E")
    )  # fmt: skip
    case = Case(spec)
    assert [event.due for event in case.step.waiting] == [NOON + timedelta(days=5), NOON + timedelta(days=2)]

    assert case.wake(days=2).open == ["C"]


def test_a_message_nobody_waits_for_is_refused():
    case = Case(notice())

    with pytest.raises(spiff.NotExpected, match="异议"):
        case.tell("异议")


def on_border(definition: str, *, interrupting: bool, extra: str = "") -> spiff.Specification:
    return specification(
        START + user("A") + boundary("T", "A", definition, interrupting=interrupting) + user("B")
        + user("LATE")
        + service("remind") + END + node("endEvent", "E2") + chain("S", "A", "B", "E")
        + (flow("T", "LATE") + flow("remind", "E2") + flow("LATE", "remind")),
        extra=extra,
    )  # fmt: skip


def test_an_interrupting_timer_takes_the_task_away():
    case = Case(on_border(timer("P3D"), interrupting=True))
    old = case.task("A")

    case.wake(days=3)

    assert (case.open, case.waiting) == (["LATE"], [])
    with pytest.raises(spiff.NotWaiting):
        spiff.complete(case.spec, case.step.state, old, case.scope, case.ask)


def test_a_person_who_finishes_before_the_worker_woke_wins():
    case = Case(on_border(timer("P3D"), interrupting=True))
    case.at += timedelta(days=4)

    assert (case.do("A").open, case.waiting) == (["B"], [])


def test_a_timer_that_does_not_interrupt_leaves_the_task_open():
    case = Case(on_border(timer("P3D"), interrupting=False)).wake(days=3)
    assert (case.open, case.waiting) == (["A", "LATE"], [])

    assert case.do("A").do("B").open == ["LATE"]
    assert case.do("LATE").step.ended


def test_a_repeating_reminder_comes_as_often_as_it_says_and_ends_with_the_task():
    case = Case(on_border(timer("R3/P1D", "timeCycle"), interrupting=False))

    counts = [case.wake(days=1).open.count("LATE") for _ in range(5)]

    assert counts == [1, 2, 3, 3, 3]
    assert (case.do("A").open, case.waiting) == (["B", "LATE", "LATE", "LATE"], [])


def test_reminders_missed_during_an_outage_are_made_up_for():
    case = Case(on_border(timer("R/P1D", "timeCycle"), interrupting=False)).wake(days=3, hours=1)

    assert case.open.count("LATE") == 3
    assert case.step.wake_at == NOON + timedelta(days=4)


def test_a_message_on_the_border_may_come_again():
    case = Case(on_border(message("m"), interrupting=False, extra=OBJECTION)).tell("异议").tell("异议")

    assert case.open == ["A", "LATE", "LATE"]
    assert case.do("A").waiting == []


def test_a_receive_task_waits_for_its_message():
    spec = specification(
        START + node("receiveTask", "M", messageRef="m") + END + chain("S", "M", "E"), extra=OBJECTION
    )
    case = Case(spec)
    assert case.step.waiting == (spiff.Waiting("M", "message", None),)

    assert case.tell("异议").step.ended


def test_two_timers_due_together_both_fire_and_the_earlier_first():
    spec = specification(
        START + node("parallelGateway", "P1") + catch("T1", timer("P2D")) + catch("T2", timer("P1D"))
        + service("X1")
        + service("X2") + node("parallelGateway", "P2") + END + chain("S", "P1", "T1", "X1", "P2", "E")
        + chain("P1", "T2", "X2", "P2")
    )  # fmt: skip
    case = Case(spec).wake(days=9)

    assert [call.element.id for call in case.calls] == ["X2", "X1"]
    assert case.step.ended
