"""Patterns of abuse are found once, said with figures, shown to the place's supervisors; no case changes."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from app.notices.models import Notice
from app.organisation.models import Person
from app.security.queries import AuditFilter, audit_entries
from app.supervision.alerts import rules
from app.supervision.alerts.commands import NoteAlert, UnknownAlert
from app.supervision.models import Alert, WatchedItem
from tests.app.office import BUREAU, CADRE, SUPERVISOR
from tests.app.supervision.reckoning import count_all
from tests.clock import LOCAL
from tests.workflows.approving import Approval
from workflows import withholding
from workflows.cases import Case
from workflows.commands import CONSOLE, Command


@dataclass(frozen=True, slots=True)
class _Withhold(Command[None]):
    number: str
    person: int

    def authorise(self, ctx):
        pass

    def run(self, ctx):
        withholding.withhold(ctx, self.number, [self.person], [])


def found(office, rule=None):
    count_all(office.executor)
    with office.executor.database.reading() as session:
        rows = session.scalars(select(Alert).order_by(Alert.id)).all()
    return [row for row in rows if rule in (None, row.rule)]


def direct(office, statement):
    """Something no command does."""
    with office.executor.database.engine.begin() as connection:
        connection.execute(statement)


def test_a_decision_seconds_after_the_item_came_is_seen_once_and_a_slow_one_never(office):
    number = office.start()
    office.clock.advance(minutes=10)
    office.take(number)
    assert found(office, "swift") == []
    office.take(number)

    [alert] = found(office, "swift")

    assert alert.case_number == number
    assert "0 秒" in alert.sentence
    assert len(found(office, "swift")) == 1


def test_deciding_on_a_household_of_ones_own_is_seen_when_the_number_is_known_only_later(one_office):
    number = one_office.start(CADRE, head_identity="150602197511032152")
    one_office.clock.advance(minutes=5)
    one_office.take(number)
    with one_office.executor.database.reading() as session:
        key = session.scalar(select(Case.subject_key).where(Case.number == number))
    cadre = one_office.actor(CADRE).person_id
    direct(one_office, update(Person).where(Person.identity_hash == key).values(identity_hash=None))
    direct(one_office, update(Person).where(Person.id == cadre).values(identity_hash=key))

    [alert] = found(one_office, "own")

    assert "本人相同" in alert.sentence


def test_a_notice_closed_before_its_end_is_seen(one_office):
    number = one_office.start()
    one_office.until(number, "township_review")
    assert found(one_office, "notice") == []
    direct(one_office, update(Notice).values(ended_at=Notice.posted_at, state="closed"))
    one_office.take(number)

    [alert] = found(one_office, "notice")

    assert "提前结束" in alert.sentence


def test_a_notice_for_fewer_days_than_its_procedure_asks_is_seen(one_office):
    number = one_office.start()
    one_office.until(number, "township_review")
    days = 2
    with one_office.executor.database.reading() as session:
        begins = session.scalar(select(Notice.starts_on))
    direct(one_office, update(Notice).values(days=days, last_day=begins + timedelta(days=days - 1)))
    one_office.take(number)

    [alert] = found(one_office, "notice")

    assert f"只有 {days} 天" in alert.sentence
    assert f"应满 {days} 天" not in alert.sentence


def broken(session, record):
    session.execute(text("SELECT nothing FROM nowhere"))


def test_a_rule_that_breaks_holds_up_neither_the_counts_nor_the_other_rules(office, monkeypatch):
    number = office.start()
    office.clock.advance(seconds=10)
    office.take(number)
    monkeypatch.setitem(rules.RULES, "own", broken)

    assert [alert.case_number for alert in found(office, "swift")] == [number]
    with office.executor.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(WatchedItem)) == 3


def test_a_rule_that_breaks_is_named_to_the_system_officer_until_it_gets_through(office, monkeypatch):
    first, second = office.start(), office.start(by="zhejialiang-household2", number=1)
    officer, page = office.browser("system-officer"), "/system/rules"
    assert "有规则运行出错" not in officer.get(page).text
    sound = rules.RULES["own"]

    def broken_on_the_first(session, record):
        return broken(session, record) if record.case.number == first else sound(session, record)

    monkeypatch.setitem(rules.RULES, "own", broken_on_the_first)
    found(office)

    shown = officer.get(page).text
    assert "办理本人或亲属的事</h2>" in shown
    assert "1 件" in shown
    assert first not in shown
    assert second not in shown
    assert re.search(r"预警规则\s*<span[^>]*>\s*1", officer.get("/system/state").text)
    assert office.browser(SUPERVISOR).get(page).status_code == 403

    monkeypatch.setitem(rules.RULES, "own", sound)
    office.take(first)
    found(office)

    assert "有规则运行出错" not in officer.get(page).text


def test_an_alert_about_a_case_withheld_since_is_not_shown_to_those_it_is_kept_from(office):
    number = office.start()
    office.clock.advance(seconds=10)
    office.take(number)
    [alert] = found(office, "swift")
    browser, page = office.browser(SUPERVISOR), f"/supervision/alerts/{alert.id}"
    assert browser.get(page).status_code == 200

    office.executor.execute(_Withhold(number, office.actor(SUPERVISOR).person_id), by=CONSOLE)

    assert alert.sentence not in browser.get("/supervision/alerts").text
    assert browser.get(page).status_code == 404
    with pytest.raises(UnknownAlert):
        office.executor.execute(NoteAlert(alert_id=alert.id, note="看过了。"), by=office.actor(SUPERVISOR))


def test_many_decisions_of_one_person_in_one_night_are_seen_and_by_day_not(one_office):
    local = one_office.clock.now().astimezone(LOCAL)
    numbers = [one_office.start(number=place) for place in range(3)]
    one_office.clock.advance(seconds=(local.replace(hour=22, minute=30) - local).total_seconds())
    for number in numbers[:2]:
        for _ in range(2):
            one_office.take(number)
    assert found(one_office, "night") == []
    one_office.take(numbers[2])

    [alert] = found(one_office, "night")

    assert str(local.date()) in alert.sentence
    assert rules.night_of(local.replace(hour=12)) is None


def test_two_people_on_one_device_in_one_case_are_seen(one_office):
    number = one_office.start()
    one_office.until(number, "county_decision")

    [alert] = found(one_office, "device")

    assert alert.case_number == number


def test_an_assessor_who_never_says_no_is_seen_from_the_threshold_on(town, monkeypatch):
    monkeypatch.setitem(rules.LIMITS, "unanimous_votes", 2)
    work = Approval(town, "vote").begin("apply")
    town.clock.advance(minutes=5)
    voter = work.do("m", place=0)
    assert found(town, "unanimous") == []
    again = Approval.__new__(Approval)
    again.__dict__.update(work.__dict__)
    again.begin("apply")
    town.clock.advance(minutes=5)
    again.do("m", place=0, by=voter)

    [alert] = found(town, "unanimous")

    assert voter.name in alert.sentence


def test_the_end_of_a_quarter_begins_ten_days_before_it():
    def at(month, day):
        return rules._quarter_end(office_day(month, day))

    assert at(3, 15) is None
    assert (at(3, 25).month, at(3, 25).day) == (4, 1)
    assert (at(12, 30).year, at(12, 30).month) == (2027, 1)


def office_day(month, day):
    return datetime(2026, month, day, 12, tzinfo=LOCAL)


def test_a_note_closes_an_alert_is_on_the_trail_and_leaves_the_case_alone(office):
    number = office.start()
    office.clock.advance(seconds=10)
    office.take(number)
    [alert] = found(office, "swift")
    browser, page = office.browser(SUPERVISOR), f"/supervision/alerts/{alert.id}"

    def revision():
        with office.executor.database.reading() as session:
            return session.scalar(select(Case.revision).where(Case.number == number))

    before = revision()
    assert alert.sentence in browser.get("/supervision/alerts").text
    assert browser.post(page, page=page, note="").status_code == 422
    assert browser.post(page, page=page, note="已核对视频，属演示。").status_code == 303
    assert browser.post(page, page=page, note="情况属实，已提醒。", close="1").status_code == 303
    assert browser.post(page, page="/supervision/alerts", note="再改一次看看。").status_code == 409

    [alert] = found(office, "swift")
    assert (alert.state, alert.note) == ("closed", "情况属实，已提醒。")
    assert revision() == before
    with office.executor.database.reading() as session:
        entries = audit_entries(session, CONSOLE, AuditFilter(stream=f"alert:{alert.id}"))
    assert [entry.facts["note"] for entry in entries] == ["情况属实，已提醒。", "已核对视频，属演示。"]


def test_alerts_of_another_county_are_not_there(one_office):
    number = one_office.start()
    one_office.clock.advance(seconds=10)
    one_office.take(number)
    [alert, *_] = found(one_office)
    other = one_office.browser("ewenke-supervisor1")

    assert alert.sentence not in other.get("/supervision/alerts").text
    assert other.get(f"/supervision/alerts/{alert.id}").status_code == 404
    assert one_office.browser(BUREAU).get("/supervision/alerts").status_code == 403
