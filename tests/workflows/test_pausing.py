"""While a case waits for its household alone, the limit of the whole does not run."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.calendars.commands import ChangeDay
from app.lamps import lamp_of
from app.searching.queries import Wanted
from app.security import demo
from tests.workflows.designing import drafts
from tests.workflows.desks import opened
from tests.workflows.spiff import drawing
from workflows import cases, limits, pausing
from workflows.cases import Case
from workflows.clock import LOCAL, PUBLISHED, end_of_day
from workflows.commands import CONSOLE
from workflows.designing.publish import PublishVersion
from workflows.handling import ResumeCase, SuspendCase
from workflows.running import CompleteWorkItem, StartCase
from workflows.work_items import OPEN, WorkItem

CASE = {"due": "=workdays(10)"}


def household(key):
    return drafts.task(key, role="household", due="=workdays(3)")


def row(*keys, body, **more):
    more = {"case": CASE, "start_roles": ["village_committee"], "start": {"step": ""}, **more}
    return drafts.one(body, *keys, **more)


ASKED = row("look", "sign", "check", body=drafts.task("look") + household("sign") + drafts.task("check"))
"""The village looks, the household signs, the village checks."""


class Course:
    """One case of a draft, done by a cadre, who stands in for the household."""

    def __init__(self, town, bundle=ASKED):
        self.town, self.staff = town, max(town.staffs, key=lambda staff: len(staff.township))
        self.cadre = self.staff.cadres[0]
        town.do(PublishVersion(bundle=bundle), CONSOLE)
        started = town.do(StartCase(procedure="P", division=self.staff.division), self.cadre)
        self.case_id, self.number = started.case_id, started.number

    def case(self):
        return self.town.read(lambda session: session.get(Case, self.case_id))

    def item(self, step):
        query = select(WorkItem).where(
            WorkItem.case_id == self.case_id, WorkItem.step == step, WorkItem.state.in_(OPEN)
        )
        return self.town.read(lambda session: session.scalars(query).one())

    def do(self, step, **said):
        self.town.do(CompleteWorkItem(item_id=self.item(step).id, **said), self.cadre)

    def journal(self):
        return self.town.read(lambda session: cases.journal(session, self.case_id))

    def pauses(self):
        return [entry for entry in self.journal() if entry.step == pausing.STEP]


def test_the_limit_of_the_whole_moves_by_the_working_days_the_household_took(town):
    course = Course(town)
    before = course.case().due_at
    assert before == PUBLISHED.due_after(town.clock.now(), 10)
    course.do("look")
    assert course.case().paused_at == town.clock.now()

    town.clock.advance(days=7)
    course.do("sign", late_reason=None)

    case = course.case()
    assert case.paused_at is None
    assert case.due_at == PUBLISHED.due_after(town.clock.now() - timedelta(days=7), 15)


def test_what_was_moved_stands_in_the_journal_in_plain_words_and_in_the_chain(town):
    course = Course(town)
    course.do("look")
    town.clock.advance(days=2)
    course.do("sign")

    [entry] = course.pauses()
    assert entry.why == (
        "自 2026-03-16 09:00 起只等农牧户办理，全程时限暂停计时 2 个工作日，"
        "由 2026-03-30 24:00 顺延到 2026-04-01 24:00"
    )
    assert (entry.kind, entry.conclusion, entry.passed) == ("system", None, [])
    assert '"step":"paused"' in town.entries(f"case:{course.number}")[-1].body
    assert town.verified().sound


def test_a_stretch_within_one_day_or_over_days_off_moves_nothing_and_is_not_written_down(town):
    course = Course(town)
    before = course.case().due_at
    course.do("look")
    town.clock.advance(hours=9)
    course.do("sign")
    assert course.case().due_at == before

    again = Course(town)
    town.clock.set(datetime(2026, 3, 21, 10, tzinfo=LOCAL))
    before = again.case().due_at
    again.do("look")
    town.clock.advance(days=1)
    again.do("sign")

    assert again.case().due_at == before
    assert course.pauses() == again.pauses() == []


def test_the_household_s_own_limit_runs_on(town):
    course = Course(town)
    course.do("look")
    due = course.item("sign").due_at

    town.clock.advance(days=4)

    assert course.item("sign").due_at == due == end_of_day(date(2026, 3, 19))


def test_two_steps_of_the_household_in_a_row_are_one_stretch(town):
    body = household("sign") + household("agree") + drafts.task("check")
    course = Course(town, row("sign", "agree", "check", body=body))
    since = course.case().paused_at
    town.clock.advance(days=1)
    course.do("sign")
    assert course.case().paused_at == since
    town.clock.advance(days=1)
    course.do("agree")

    [entry] = course.pauses()
    assert "暂停计时 2 个工作日" in entry.why


def beside(other):
    """The household signs while something else goes on."""
    fork, join = drawing.node("parallelGateway", "fork"), drawing.node("parallelGateway", "join")
    flows = drawing.chain("S", "fork", "sign", "join", "check", "over")
    flows += drawing.chain("fork", "beside", "join")
    body = drawing.START + fork + join + household("sign") + other + drafts.task("check")
    more = {"case": CASE, "start_roles": ["village_committee"], "start": {"step": ""}}
    return drafts.bundle(body + drafts.end("over") + flows, **more)


@pytest.mark.parametrize(
    "other",
    [drafts.task("beside"), drawing.catch("beside", drawing.timer("P5D"))],
    ids=["an office's step", "a time that is waited for"],
)
def test_while_anything_else_is_waited_for_the_limit_runs(town, other):
    course = Course(town, beside(other))
    before = course.case().due_at

    assert course.case().paused_at is None
    town.clock.advance(days=2)
    course.do("sign")

    assert course.case().due_at == before


def test_once_only_the_household_is_left_the_limit_stands_still(town):
    course = Course(town, beside(drafts.task("beside")))
    town.clock.advance(days=1)

    course.do("beside")

    assert course.case().paused_at == town.clock.now()


def test_a_reminder_on_the_border_of_the_household_s_step_is_nothing_else(town):
    remind = drawing.boundary("late", "sign", drawing.timer("P20D"), interrupting=False)
    body = household("sign") + remind + drafts.task("check") + drafts.end("said")
    draft = row("sign", "check", body=body + drawing.flow("late", "said"))

    assert Course(town, draft).case().paused_at is not None


def test_without_a_limit_of_the_whole_nothing_stands_still(town):
    course = Course(town, row("sign", "check", body=household("sign") + drafts.task("check"), case={}))

    assert course.case().paused_at is None


def test_another_process_ends_the_stretch_that_this_one_began(town):
    course = Course(town)
    course.do("look")
    town.clock.advance(days=1)
    beside_us = opened(town.url, town.folder, town.clock)

    beside_us.execute(CompleteWorkItem(item_id=course.item("sign").id), by=course.cadre)

    beside_us.database.dispose()
    assert len(course.pauses()) == 1


def admin(town):
    return town.read(
        lambda session: next(
            each.actor() for each in demo.accounts(session) if each.username == "dongsheng-admin1"
        )
    )


def test_a_suspended_case_is_put_off_once_though_it_waited_for_its_household_when_it_was(town):
    course = Course(town)
    course.do("look")
    due = course.case().due_at
    town.clock.advance(days=1)
    town.do(SuspendCase(number=course.number, reason="待法院判决"), admin(town))
    assert course.case().paused_at is None
    assert len(course.pauses()) == 1
    town.clock.advance(days=2)
    town.do(ResumeCase(number=course.number, reason="已判决"), admin(town))
    assert course.case().paused_at == town.clock.now()
    town.clock.advance(days=1)

    course.do("sign")

    assert course.case().due_at == PUBLISHED.later(due, 4)
    assert town.verified().sound


def test_what_was_suspended_is_reminded_of_by_its_new_limit(town):
    course = Course(town)
    course.do("look")
    before = course.item("sign")
    town.do(SuspendCase(number=course.number, reason="待法院判决"), admin(town))
    town.clock.advance(days=2)

    town.do(ResumeCase(number=course.number, reason="已判决"), admin(town))

    after = course.item("sign")
    assert after.due_at == after.due_sort == PUBLISHED.later(before.due_at, 2)
    assert after.remind_at > before.remind_at
    assert not limits.may_remind(after.remind_at - timedelta(minutes=1), PUBLISHED)


def test_a_rest_is_reckoned_by_the_calendar_as_it_was_changed(town):
    course = Course(town)
    due = course.case().due_at
    town.do(ChangeDay(day=date(2026, 3, 17), works=False, why="停电检修"), admin(town))
    town.do(SuspendCase(number=course.number, reason="待法院判决"), admin(town))
    town.clock.advance(days=2)

    town.do(ResumeCase(number=course.number, reason="已判决"), admin(town))

    assert course.case().due_at == PUBLISHED.later(due, 1)


def test_the_lamp_of_a_case_that_waits_for_its_household_is_grey(town):
    course = Course(town)
    course.do("look")

    case = course.case()

    assert lamp_of(case.due_at, town.clock.now(), paused=case.paused_at is not None)["colour"] == "grey"


def test_only_a_case_whose_clock_runs_is_listed_as_overdue(town):
    course = Course(town)
    course.do("look")
    town.clock.advance(days=60)

    listed = Wanted(overdue_at=town.clock.now()).narrow(select(Case.number))
    while_paused = town.read(lambda session: session.scalars(listed).all())
    course.do("sign")
    town.clock.advance(days=60)
    listed = Wanted(overdue_at=town.clock.now()).narrow(select(Case.number))

    assert while_paused == []
    assert town.read(lambda session: session.scalars(listed).all()) == [course.number]
