"""What a rehearsal answers where a diagram asks the office to do something."""

from datetime import UTC, datetime

import pytest

from workflows.clock import WorkingDays
from workflows.designing.operations import OPERATIONS, Call, Desk, Unanswerable, perform

FRIDAY = datetime(2026, 3, 6, 1, tzinfo=UTC)


def asked(desk, operation, **inputs):
    return perform(desk, Call("发布公示", operation, inputs, FRIDAY))


@pytest.fixture
def desk():
    return Desk(WorkingDays())


def test_a_notice_begins_the_day_after_and_ends_at_midnight_of_the_last(desk):
    given = asked(desk, "notice.post", content="公示", days=5)

    assert given["posted_on"] == "2026-03-06"
    assert given["starts_on"] == "2026-03-07"
    assert given["ends_at"] == "2026-03-11T16:00:00+00:00"


def test_a_notice_may_end_on_the_next_working_day_instead_of_a_holiday(desk):
    given = asked(desk, "notice.post", content="公示", days=8, extend_over_holidays=True)

    assert given["ends_at"] == "2026-03-16T16:00:00+00:00"


def test_every_notice_and_every_paper_has_a_number_of_its_own(desk):
    numbers = [asked(desk, "notice.post", content="公示", days=5)["notice"] for _ in range(2)]
    papers = [asked(desk, "document.issue", kind="告知")["document"] for _ in range(2)]

    assert (numbers, papers) == ([1, 2], [1, 2])


@pytest.mark.parametrize("days", [0, -1, 2.5, "5", True])
def test_a_notice_stands_for_whole_days(desk, days):
    with pytest.raises(Unanswerable, match="应为正整数"):
        asked(desk, "notice.post", content="公示", days=days)


@pytest.mark.parametrize("operation", ["notice.close", "notice.stop"])
def test_a_notice_ends_with_the_result_it_is_given(desk, operation):
    assert asked(desk, operation, notice=1, result="无异议") == {"notice": 1, "result": "无异议"}


def test_a_household_has_one_row_in_a_register(desk):
    said = {"register": "台账", "event": "识别"}

    first = asked(desk, "register.enter", **said, status="临时（待补程序）")
    second = asked(desk, "register.enter", **said, status="监测中")
    closed = asked(desk, "register.close", **said, status="不予认定")

    assert first["row"] == second["row"] == closed["row"]
    assert (second["status"], closed["status"]) == ("监测中", "不予认定")


def test_closing_a_row_that_is_not_there_does_nothing(desk):
    given = asked(desk, "register.close", register="台账", event="识别", status="不予认定")

    assert (given["row"], given["status"]) == (None, None)


@pytest.mark.parametrize(("roles", "sent"), [(["township_gov", "county_rvb"], 2), ([], 1), (None, 1)])
def test_a_message_goes_to_each_role_or_to_the_household(desk, roles, sent):
    assert asked(desk, "notify.send", about="催办", roles=roles) == {"sent": sent}


def test_an_operation_without_what_it_needs_says_what_is_missing(desk):
    with pytest.raises(Unanswerable, match="不能进行：缺少 event"):
        asked(desk, "register.enter", register="台账", event=None, status="")


def test_an_operation_nobody_performs_says_how_to_script_it(desk):
    with pytest.raises(Unanswerable, match="results"):
        asked(desk, "drone.fly")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_gives_nothing_that_is_not_listed(desk, operation):
    inputs = dict.fromkeys(OPERATIONS[operation].needs, "x") | {"days": 5}

    assert set(asked(desk, operation, **inputs)) <= OPERATIONS[operation].gives
