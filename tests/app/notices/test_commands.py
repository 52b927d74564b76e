"""Objections and progress, as the public raises and asks them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.notices import queries
from app.notices.commands import (
    AlreadyStopped,
    AskProgress,
    PeriodOver,
    RaiseObjection,
    TooManyMisses,
    TooManyObjections,
    UnknownNotice,
)
from app.notices.models import Objection
from tests.app.notices.office import CADRE, COUNTY, TOWNSHIP
from workflows.cases import journal
from workflows.errors import Conflict, Invalid

GIVEN = {"name": "李四", "phone": "13900001111", "reason": "该户去年已领保险赔付。"}


def notices_of(office, case):
    return office.read(queries.of_case, case.case_id, office.clock.now())


def objected(office, case, device="10.0.0.1 phone", **changes):
    notice = notices_of(office, case)[-1]
    command = RaiseObjection(notice_id=notice.id, **{**GIVEN, **changes})
    return office.do(command, office.public(device))


def test_an_objection_stops_the_notice_and_sends_the_case_back_to_be_checked(office):
    case = office.posted()

    objected(office, case)

    (notice,) = notices_of(office, case)
    assert (notice.standing, notice.result, notice.takes_objections) == ("stopped", "有异议", False)
    assert office.waits_for(case.case_id) == ["household_check"]


def test_the_timeline_keeps_what_was_said_and_not_who_said_it(office):
    case = office.posted()

    objected(office, case)

    entry = next(row for row in office.read(journal, case.case_id) if row.kind == "message")
    assert (entry.name, entry.actor, entry.opinion) == ("公示异议", "李某", GIVEN["reason"])
    assert "13900001111" not in str(entry.answers)


def test_pressing_twice_gives_the_same_answer_and_one_effect(office):
    case = office.posted()

    first, second = objected(office, case), objected(office, case)

    assert first == second
    assert len(office.read(queries.objections, [notices_of(office, case)[0].id])) == 1
    assert office.waits_for(case.case_id) == ["household_check"]


def test_who_objects_second_reads_that_the_notice_is_stopped(office):
    case = office.posted()
    objected(office, case)

    with pytest.raises(AlreadyStopped):
        objected(office, case, phone="13900002222")


def test_a_second_after_midnight_of_the_last_day_is_too_late_even_before_the_worker_comes(office):
    case = office.posted()
    (notice,) = notices_of(office, case)
    office.clock.set(notice.ends_at)

    with pytest.raises(PeriodOver):
        objected(office, case)

    office.work()
    assert office.waits_for(case.case_id) == ["township_review"]


def test_a_second_before_midnight_still_counts(office):
    case = office.posted()
    office.clock.set(notices_of(office, case)[0].ends_at - timedelta(seconds=1))

    objected(office, case)
    office.clock.advance(days=9)
    office.work()

    assert office.waits_for(case.case_id) == ["household_check"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "名" * 41}, "name"),
        ({"phone": "12345"}, "phone"),
        ({"reason": "不行"}, "reason"),
        ({"reason": "长" * 1001}, "reason"),
        ({"reason": "带控制字符\x00的理由"}, "reason"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_the_case_stays(office, changes, field):
    case = office.posted()

    with pytest.raises(Invalid) as refused:
        objected(office, case, **changes)

    assert list(refused.value.errors) == [field]
    assert notices_of(office, case)[0].standing == "running"


def test_an_unknown_notice_is_not_found(office):
    with pytest.raises(UnknownNotice):
        office.do(RaiseObjection(notice_id=4711, **GIVEN), office.public())


def test_posting_again_answers_the_objection_and_points_from_the_old_notice_to_the_new(office):
    case = office.posted()
    objected(office, case)

    office.complete(
        case.case_id, "household_check", use="check_true", objection_result="赔付已核减，仍符合条件。"
    )
    office.complete(case.case_id, "village_review", use="review_passed")
    office.complete(case.case_id, "publicity")

    first, second = notices_of(office, case)
    (objection,) = office.read(queries.objections, [first.id])
    assert (second.round, second.standing) == (2, "running")
    assert office.read(queries.notice, first.id, office.clock.now()).later == second.id
    assert objection.handled_at is not None
    assert objection.answer == "赔付已核减，仍符合条件。"


def test_one_device_raises_five_objections_an_hour(office):
    case = office.posted()
    (notice,) = notices_of(office, case)
    with office.database.writing.begin() as session:
        objected_elsewhere(session, office, notice, times=5)

    with pytest.raises(TooManyObjections):
        objected(office, case)
    objected(office, case, device="10.0.0.2 phone")


def objected_elsewhere(session, office, notice, times):
    from app.security import sealing

    device = sealing.keyed_hash("device", office.public().device)
    for number in range(times):
        phone = f"1380000{number:04d}"
        session.add(
            Objection(
                notice_id=notice.id,
                name="某人",
                phone=sealing.seal("phone", phone),
                phone_hash=sealing.keyed_hash("phone", phone),
                reason="别处的异议",
                device_hash=device,
                at=office.clock.now() - timedelta(minutes=30),
            )
        )


def asked(office, number, last_four, device="10.0.0.1 phone"):
    return office.do(AskProgress(number=number, last_four=last_four), office.public(device))


def test_the_right_pair_tells_the_step_and_since_when(office):
    case = office.start()

    found = asked(office, case.number.lower(), "0011")

    assert found.steps == (("入户核实", office.clock.now()),)


def test_progress_tells_that_the_notice_stands(office):
    case = office.posted()

    assert asked(office, case.number, "0011").steps == (("公示", office.clock.now()),)


def test_progress_of_an_ended_case_tells_no_outcome(office):
    case = office.start()
    office.complete(case.case_id, "household_check", use="check_false")

    assert asked(office, case.number, "0011").steps == (("已办结", office.clock.now()),)


@pytest.mark.parametrize("last_four", ["0012", "", "*011", "11", "0011 0011"])
def test_a_wrong_pair_gives_nothing(office, last_four):
    case = office.start()

    assert asked(office, case.number, last_four) is None
    assert asked(office, "FP01DS-2026-999999", last_four) is None


def test_five_wrong_pairs_lock_the_device_for_ten_minutes(office):
    case = office.start()
    for number in range(5):
        assert asked(office, case.number, f"{number:04d}") is None

    with pytest.raises(TooManyMisses):
        asked(office, case.number, "0011")
    other = asked(office, case.number, "0011", device="10.0.0.2 phone")
    office.clock.advance(minutes=10)

    assert other is not None
    assert asked(office, case.number, "0011") is not None


def test_a_number_guessed_from_many_devices_is_locked_too(office):
    case = office.start()
    for number in range(10):
        asked(office, case.number, f"{number:04d}", device=f"10.0.1.{number} phone")

    with pytest.raises(TooManyMisses):
        asked(office, case.number, "0011", device="10.0.2.1 phone")


def test_staff_in_whose_scope_the_case_lies_learn_who_objected_and_households_do_not(office):
    division = "150602100202"

    admitted = [name for name in (CADRE, TOWNSHIP, COUNTY) if queries.may_check(office.actor(name), division)]

    assert admitted == [CADRE, TOWNSHIP, COUNTY]
    for stranger in ("zhejialiang-household1", "chaideng-cadre1", "hantai-clerk1"):
        assert not queries.may_check(office.actor(stranger), division)
    assert not queries.may_check(office.public(), division)


def at_once(*calls):
    """Run the calls at the same time; gives what each answered or raised."""

    def outcome(call):
        try:
            return call()
        except Conflict as refusal:
            return type(refusal)

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(outcome, call) for call in calls]]


def test_of_two_who_object_at_once_one_stops_the_notice_and_the_other_reads_so(office):
    case = office.posted()

    outcomes = at_once(
        lambda: objected(office, case, phone="13900002222"), lambda: objected(office, case, device="other")
    )

    assert sorted(str(type(outcome)) for outcome in outcomes) == ["<class 'int'>", "<class 'type'>"]
    assert AlreadyStopped in outcomes
    assert office.waits_for(case.case_id) == ["household_check"]


def test_the_same_objection_sent_twice_at_once_has_one_effect(office):
    case = office.posted()

    first, second = at_once(lambda: objected(office, case), lambda: objected(office, case))

    assert first == second
    assert office.waits_for(case.case_id) == ["household_check"]
