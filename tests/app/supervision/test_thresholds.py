"""Where rules begin to see: one less, exactly, one more; on either database."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from app.supervision.alerts import rules
from app.supervision.alerts.finding import broken_rules
from tests.app.office import CADRE
from tests.app.supervision.test_alerts import direct, found
from tests.clock import LOCAL
from workflows.cases import ENDED, Case
from workflows.catalogue import Procedure
from workflows.handling import JumpItem

ADMIN = "dongsheng-admin1"
SECOND = timedelta(seconds=1)
QUARTER_ENDS = datetime(2026, 4, 1, tzinfo=LOCAL)
LAST_DAYS = datetime(2026, 3, 22, tzinfo=LOCAL)
BEFORE = datetime(2026, 1, 1, tzinfo=LOCAL)


def jump(office, number, to):
    command = JumpItem(item_id=office.item(number)["id"], to=to, reason="时间来不及")
    office.executor.execute(command, by=office.actor(ADMIN))


# 公示被跳过


def test_a_case_put_past_its_notice_is_seen_once_it_has_ended(office):
    number = office.start()
    office.until(number, "village_review")
    jump(office, number, "township_review")
    office.until(number, "county_decision")
    assert found(office, "notice") == []
    office.to_the_end(number)

    [alert] = found(office, "notice")

    assert alert.case_number == number
    assert "跳转" in alert.sentence
    assert "没有一次公示期满" in alert.sentence
    assert len(found(office, "notice")) == 1


def test_a_case_put_elsewhere_after_one_whole_notice_is_not_seen(office):
    number = office.start()
    office.until(number, "township_review")
    jump(office, number, "county_decision")
    office.to_the_end(number)

    assert found(office, "notice") == []


def test_a_case_that_was_put_nowhere_is_not_seen_whether_or_not_it_came_to_a_notice(office):
    office.to_the_end(office.start())
    refused = office.start(by="zhejialiang-household2", number=1)
    office.take(refused, name="check_false")
    assert office.case(refused)["state"] == "ended"

    assert found(office, "notice") == []
    with office.executor.database.reading() as session:
        assert broken_rules(session) == []


@pytest.mark.parametrize(("days", "seen"), [(-1, True), (0, False), (1, False)])
def test_a_notice_is_short_from_one_day_less_than_its_procedure_asks(office, days, seen):
    from app.notices.models import Notice

    number = office.start()
    office.until(number, "township_review")
    with office.executor.database.reading() as session:
        row = session.execute(select(Notice.days, Notice.last_day)).one()
    shifted = {"days": row.days + days, "last_day": row.last_day + timedelta(days=days)}
    direct(office, update(Notice).values(**shifted))
    office.take(number)

    assert bool(found(office, "notice")) is seen


# 季末集中消除风险


class Quarter:
    """Ended cases of 风险消除 in one township, made from one real case; asked of the rule itself."""

    def __init__(self, office):
        self.office = office
        number = office.start(CADRE)
        named = "东胜区风险消除"
        direct(office, update(Procedure).where(Procedure.key == "fp_01_ds").values(name=named))
        direct(office, update(Case).values(procedure_name=named, state=ENDED, ended_at=QUARTER_ENDS - SECOND))
        with office.executor.database.reading() as session:
            which = select(Case.__table__).where(Case.number == number)
            self.row = dict(session.execute(which).mappings().one())

    def sees(self, *ended, **changed):
        """What the rule says of the real case when beside it cases ended at these instants."""
        first = self.row["id"] + 1
        with self.office.executor.database.engine.begin() as connection:
            connection.execute(delete(Case).where(Case.id >= first))
            rows = [
                {
                    **self.row,
                    "id": first + n,
                    "number": f"X-{n}",
                    "subject_key": None,
                    "ended_at": at,
                    **changed,
                }
                for n, at in enumerate(ended)
            ]
            if rows:
                connection.execute(insert(Case.__table__), rows)
        with self.office.executor.database.reading() as session:
            [record] = rules.records(session, [self.row["id"]])
            return list(rules.quarter(session, record))


@pytest.fixture
def quarter(office):
    return Quarter(office)


def test_a_quarters_end_is_seen_from_ten_cases_on(quarter):
    at = LAST_DAYS + timedelta(days=2)

    # The real case is one of them.
    assert quarter.sees(*[at] * 8) == []
    [seen] = quarter.sees(*[at] * 9)
    assert len(quarter.sees(*[at] * 10)) == 1

    assert "不少于 10 件" in seen.sentence
    assert seen.key == "150602100000:2026-03-31"


def test_a_quarters_end_is_seen_from_three_times_the_pace_before_on(quarter):
    at, earlier = LAST_DAYS + timedelta(days=2), BEFORE + timedelta(days=40)
    # 32 in 80 days are 4 in ten: three times that is 12.
    before = [earlier] * 32

    assert quarter.sees(*before, *[at] * 10) == []
    [seen] = quarter.sees(*before, *[at] * 11)
    assert len(quarter.sees(*before, *[at] * 12)) == 1

    assert "每 10 天 4.0 件" in seen.sentence


def test_the_last_ten_days_begin_at_midnight_and_the_days_before_are_eighty(quarter):
    at = LAST_DAYS + timedelta(days=2)

    assert len(quarter.sees(*[at] * 8, LAST_DAYS)) == 1
    assert quarter.sees(*[at] * 8, LAST_DAYS - SECOND) == []
    assert quarter.sees(*[at] * 8, QUARTER_ENDS) == []

    # 27 in the eighty days before are a pace under which ten are too few, 26 are not.
    assert len(quarter.sees(*[at] * 9, *[BEFORE] * 26)) == 1
    assert quarter.sees(*[at] * 9, *[BEFORE] * 27) == []
    assert len(quarter.sees(*[at] * 9, *[BEFORE] * 26, BEFORE - SECOND)) == 1


def test_cases_of_another_township_running_or_kept_count_for_nothing(quarter):
    at = LAST_DAYS + timedelta(days=2)

    assert quarter.sees(*[at] * 20, division="150602101202") == []
    assert quarter.sees(*[at] * 20, state="running", ended_at=None) == []
    assert quarter.sees(*[at] * 20, kept=True) == []
    assert len(quarter.sees(*[at] * 20, division="150602100201")) == 1
