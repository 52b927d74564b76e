"""What is said of a day holds at once, in every process, for all that is reckoned from then on."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.attachments import shelf
from app.calendars.commands import ChangeDay
from app.notices import tasks
from app.security import demo
from tests.workflows.designing import drafts
from tests.workflows.desks import at_once, opened
from tests.workflows.spiff import drawing
from workflows import calendars
from workflows.audit import AuditEntry
from workflows.calendars import CalendarDay
from workflows.clock import PUBLISHED, end_of_day, local_date
from workflows.commands import CONSOLE, Command
from workflows.designing.publish import PublishVersion
from workflows.errors import Invalid, NotAllowed
from workflows.ports import OperationCall
from workflows.running import StartCase
from workflows.timers import Timer

TUESDAY, WEDNESDAY = date(2026, 3, 17), date(2026, 3, 18)


def person(town, username):
    return town.read(
        lambda session: next(a.actor() for a in demo.accounts(session) if a.username == username)
    )


def change(town, day=TUESDAY, works=False, why="旗里那达慕放假", by="dongsheng-admin1"):
    return town.do(ChangeDay(day=day, works=works, why=why), person(town, by))


def due(town, subject):
    return local_date(town.item(subject).due_at - timedelta(microseconds=1))


def test_a_day_made_a_holiday_counts_no_more_in_what_is_reckoned_from_then_on(town):
    before = town.begun("apply")
    change(town)
    after = town.begun("apply")

    days = PUBLISHED.left(local_date(town.clock.now()), due(town, before))
    assert due(town, after) == PUBLISHED.after(due(town, before), 1)
    assert days == PUBLISHED.left(local_date(town.clock.now()), due(town, after)) - 1


def test_a_limit_that_was_set_stays_where_it_is(town):
    subject = town.begun("apply")
    item, case = town.item(subject).due_at, town.case(subject).due_at

    change(town)
    change(town, WEDNESDAY)

    assert (town.item(subject).due_at, town.case(subject).due_at) == (item, case)


def test_another_process_reckons_by_the_change_at_once(town):
    beside = opened(town.url, town.folder, town.clock)
    with beside.database.reading() as session:
        assert calendars.of(session).is_working(TUESDAY)

    change(town)

    with beside.database.reading() as session:
        assert not calendars.of(session).is_working(TUESDAY)
    beside.database.dispose()


def test_of_several_changes_the_newest_counts_and_none_is_lost(town):
    change(town)
    change(town, works=True, why="改为照常上班")
    change(town, works=None, why="按公布的日历")
    change(town, WEDNESDAY)

    asked = town.read(lambda session: [calendars.of(session).is_working(d) for d in (TUESDAY, WEDNESDAY)])
    rows = town.read(lambda session: session.scalars(select(CalendarDay).order_by(CalendarDay.id)).all())
    assert asked == [True, False]
    assert [row.works for row in rows] == [False, True, None, False]
    assert all(row.by and row.at and row.why for row in rows)


def test_changes_made_at_once_are_all_seen(town):
    days = [date(2026, 3, 16) + timedelta(days=n) for n in range(4)]

    made = at_once(*(lambda day=day: change(town, day) for day in days))

    assert all(isinstance(each, int) for each in made), made
    assert not any(town.read(lambda session: [calendars.of(session).is_working(day) for day in days]))


def test_a_form_a_timer_and_a_notice_go_by_the_change(town):
    change(town)
    waits = drawing.catch("wait", drawing.timer("=workdays(1)", "timeDate"))
    body = drafts.task("look") + waits + drafts.task("after")
    draft = drafts.one(body, "wait", "look", "after", start_roles=["village_committee"], start={"step": ""})
    town.do(PublishVersion(bundle=draft), CONSOLE)
    staff = town.staffs[0]
    started = town.do(StartCase(procedure="P", division=staff.division), staff.cadres[0])

    timer = town.read(
        lambda session: session.scalars(select(Timer.due_at).where(Timer.case_id == started.case_id)).one()
    )
    asked = town.read(
        lambda session: shelf.evaluator(town.clock.now(), calendars.of(session))("workdays(1)", {})
    )
    assert timer == end_of_day(WEDNESDAY)
    assert asked == WEDNESDAY


class Post(Command):
    """Asks for the period of a notice that gives way to days off."""

    def authorise(self, ctx):
        pass

    def run(self, ctx):
        call = OperationCall(**dict.fromkeys(OperationCall.__annotations__))
        asked = replace(call, inputs={"days": 5, "extend_over_holidays": True}, parameters={})
        return tasks._period(ctx, asked).last_day


def test_a_notice_whose_last_day_was_made_a_holiday_stands_a_day_longer(town):
    saturday, monday = date(2026, 3, 21), date(2026, 3, 23)
    assert town.do(Post(), CONSOLE) == monday

    change(town, saturday, works=True, why="调休上班")

    assert town.do(Post(), CONSOLE) == saturday


def test_a_rehearsal_goes_by_the_published_calendar_alone(town):
    change(town, date(2026, 3, 3))
    draft = drafts.one(drafts.task("look", due="=workdays(1)"), "look", start={"step": ""})

    walk = drafts.walk(draft)

    assert walk.due["look"] == end_of_day(date(2026, 3, 3))


@pytest.mark.parametrize(
    "username", ["zhejialiang-cadre1", "dongsheng-rvb1", "dongsheng-supervisor1", "system-officer"]
)
def test_only_administrators_of_procedures_change_a_day(town_on_sqlite, username):
    with pytest.raises(NotAllowed):
        change(town_on_sqlite, by=username)


def test_who_handles_cases_besides_does_not_change_a_day(town_on_sqlite):
    admin, cadre = (person(town_on_sqlite, name) for name in ("dongsheng-admin1", "zhejialiang-cadre1"))
    both = type(admin)(
        kind="person", name="兼", person_id=admin.person_id, grants=(*admin.grants, *cadre.grants)
    )

    with pytest.raises(NotAllowed) as refusal:
        town_on_sqlite.do(ChangeDay(day=TUESDAY, works=False, why="放假"), both)

    assert refusal.value.code == "calendar.handles_cases"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"day": date(2025, 12, 31)}, "day"),
        ({"day": date(2028, 1, 3)}, "day"),
        ({"why": " "}, "why"),
        ({"why": "长" * 501}, "why"),
        ({"works": True}, "works"),
        ({"works": None}, "works"),
        ({"day": date(2026, 3, 21)}, "works"),
    ],
)
def test_what_would_change_nothing_or_says_no_reason_is_refused(town_on_sqlite, given, field):
    with pytest.raises(Invalid) as refusal:
        change(town_on_sqlite, **given)

    assert set(refusal.value.errors) == {field}
    assert town_on_sqlite.read(lambda session: session.scalar(select(func.count(CalendarDay.id)))) == 0


def test_a_change_stands_in_the_audit_with_what_was_before(town):
    change(town)
    change(town, works=None, why="恢复")

    query = select(AuditEntry.body).where(AuditEntry.stream == "calendar").order_by(AuditEntry.seq)
    bodies = town.read(lambda session: session.scalars(query).all())

    assert len(bodies) == 2
    assert '"works":false' in bodies[0]
    assert '"before":false' in bodies[1]
    assert town.verified().sound
