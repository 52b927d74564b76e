"""What the diagram asks of the notices, through the real procedure."""

from datetime import datetime

import pytest

from app.notices import queries
from app.notices.privacy import TellsTooMuch
from tests.app.notices.office import ANSWERS
from tests.clock import LOCAL
from workflows.errors import Invalid


def notice_of(office, case):
    (found,) = office.read(queries.of_case, case.case_id, office.clock.now())
    return found


def test_posting_opens_a_period_from_the_next_day_and_the_case_waits(office):
    office.clock.set(datetime(2026, 11, 22, 9, tzinfo=LOCAL))

    case = office.posted()

    notice = notice_of(office, case)
    assert notice.period == "2026年11月23日至11月27日24时"
    assert (notice.standing, notice.result, notice.takes_objections) == ("running", None, True)
    assert (notice.name, notice.place_name, notice.unit) == ("王三", "折家梁村", "折家梁村村民委员会")
    assert office.case(case.number).variables["end of notice"] == "2026-11-27T16:00:00+00:00"
    assert office.waits_for(case.case_id) == []


def test_a_period_nobody_disputes_ends_at_midnight_and_the_township_goes_on(office):
    office.clock.set(datetime(2026, 11, 22, 9, tzinfo=LOCAL))
    case = office.posted()

    office.clock.set(datetime(2026, 11, 27, 23, 59, 59, tzinfo=LOCAL))
    office.work()
    before = notice_of(office, case).standing
    office.clock.set(datetime(2026, 11, 28, 0, 0, tzinfo=LOCAL))
    office.work()

    assert before == "running"
    assert (notice_of(office, case).standing, notice_of(office, case).result) == ("undisputed", "无异议")
    assert office.waits_for(case.case_id) == ["township_review"]


def test_a_notice_of_a_case_says_nothing_that_is_sealed(office):
    case = office.posted()

    notice = notice_of(office, case)

    text = str(notice.as_json())
    for secret in (ANSWERS["apply"]["head_identity"], ANSWERS["apply"]["phone"], "150602197009220027"):
        assert secret not in text


def test_content_with_the_household_telephone_is_refused_and_the_step_stays_open(office):
    with pytest.raises(Invalid) as refused:
        office.posted(content="拟将王三一户识别为监测对象，联系电话13847700001。")

    assert isinstance(refused.value, TellsTooMuch)
    assert list(refused.value.errors) == ["content"]
    assert office.read(queries.notices, office.clock.now()) == []
