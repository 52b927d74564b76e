"""Procedures that begin by themselves: once for each period and unit, whoever is awake when."""

import shutil
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.parameters.commands import ConfirmParameter, ProposeParameter
from app.security import demo
from tests.clock import LOCAL, TurnableClock
from tests.workflows.designing import drafts
from tests.workflows.desks import Town, at_once, opened
from tests.workflows.spiff import drawing
from workflows import campaigns, spiff, worker
from workflows.campaigns import CampaignStart
from workflows.cases import Case, journal
from workflows.commands import CONSOLE, SYSTEM
from workflows.designing.publish import PublishVersion, Unpublishable
from workflows.errors import Invalid, Refusal
from workflows.running import CompleteWorkItem, MayNotStart, StartCase
from workflows.work_items import WorkItem

TOWNSHIP = "150602100000"
VILLAGES = 11
QUARTERLY, TENTH_DAYS = "0 0 0 1 1,4,7,10 *", "0 0 0 11 3,6,9,12 *"


def draft(cycle=QUARTERLY, *, period="quarter", level="village", due="=campaign.until", **meta):
    """Something every village does in every period."""
    start = drawing.node("startEvent", "S", drawing.timer(cycle, "timeCycle"))
    body = start + drafts.task("survey", "", due=due) + drafts.end("over", "已排查")
    said = {"division": TOWNSHIP, "start_roles": ["village_committee"]}
    said["campaign"] = {"level": level, "period": period}
    return drafts.bundle(body + drawing.chain("S", "survey", "over"), **{**said, **meta})


def publish(town, bundle):
    town.do(PublishVersion(bundle=bundle), CONSOLE)


def begun(town):
    query = select(Case).where(Case.procedure_key == "P").order_by(Case.id)
    return town.read(lambda session: session.scalars(query).all())


def on(text):
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def test_on_the_first_day_every_village_has_its_case(town):
    publish(town, draft())
    town.clock.set(on("2026-03-31T23:59:59"))
    assert town.work() == 0

    town.clock.set(on("2026-04-01T00:00:00"))
    town.work()

    cases = begun(town)
    assert len({case.division for case in cases}) == len(cases) == VILLAGES
    assert {case.subject_name for case in cases} == {"2026年第2季度"}
    assert {case.started_by for case in cases} == {"系统"}
    assert cases[0].variables["campaign"] == {
        "period": "2026年第2季度",
        "from": "2026-04-01",
        "until": "2026-06-30",
        "late": False,
    }
    items = town.read(lambda session: session.scalars(select(WorkItem)).all())
    assert {item.due_at for item in items} == {on("2026-07-01T00:00:00")}
    assert town.work() == 0
    assert town.verified().sound


def test_each_start_stands_on_record_as_the_systems(town_on_sqlite):
    publish(town_on_sqlite, draft())
    town_on_sqlite.clock.set(on("2026-04-01T08:00:00"))
    town_on_sqlite.work()

    case = begun(town_on_sqlite)[0]
    [entry] = town_on_sqlite.entries(f"case:{case.number}")
    [first] = town_on_sqlite.read(lambda session: journal(session, case.id))

    assert (entry.command, entry.actor_id) == ("StartCampaign", None)
    assert first.why == "定期发起：2026年第2季度（2026-04-01 起）"
    [opened_entry] = town_on_sqlite.entries("campaigns")
    assert '"units":11' in opened_entry.body


def test_missed_periods_are_started_late_and_say_so_but_none_from_before_publication(town_on_sqlite):
    town = town_on_sqlite
    publish(town, draft(division="150602100200"))

    town.clock.set(on("2026-12-24T10:00:00"))
    town.work()

    cases = begun(town)
    assert [case.subject_name for case in cases] == ["2026年第2季度", "2026年第3季度", "2026年第4季度"]
    assert {case.variables["campaign"]["late"] for case in cases} == {True}
    firsts = [town.read(lambda session, case=case: journal(session, case.id))[0].why for case in cases]
    assert all(why.endswith("，补发") for why in firsts)


def test_two_workers_at_once_start_nothing_twice(town):
    publish(town, draft())
    town.clock.set(on("2026-07-01T08:00:00"))
    others = [opened(town.url, town.folder, town.clock) for _ in range(2)]

    said = at_once(*(lambda office=office: worker.drain(office) for office in others))
    town.work()

    for office in others:
        office.database.dispose()
    assert all(isinstance(each, int) for each in said)
    cases = begun(town)
    assert len(cases) == len({(case.division, case.subject_name) for case in cases}) == 2 * VILLAGES
    assert town.verified().sound


def test_what_was_written_down_but_not_begun_is_begun_after_a_restart(town):
    publish(town, draft())
    town.clock.set(on("2026-04-01T08:00:00"))
    town.do(campaigns.OpenPeriods(procedure="P"), SYSTEM)
    due = town.read(lambda session: campaigns.starts_due(session, 3))
    first = due[0]
    command = campaigns.StartCampaign(
        procedure=first.procedure_key, division=first.division, begins_at=first.begins_at
    )
    town.do(command, SYSTEM)
    assert town.do(command, SYSTEM) is None

    again = opened(town.url, town.folder, town.clock)
    worker.drain(again)
    again.database.dispose()

    assert len(begun(town)) == VILLAGES


def test_a_clock_turned_back_and_forth_starts_nothing_anew(town_on_sqlite):
    town = town_on_sqlite
    publish(town, draft())
    for moment in ("2026-04-02", "2026-03-20", "2026-04-03", "2026-06-30", "2026-04-01"):
        town.clock.set(on(f"{moment}T09:00:00"))
        town.work()

    assert len(begun(town)) == VILLAGES


def person(town):
    return max(town.staffs, key=lambda staff: len(staff.township))


def test_by_hand_a_unit_has_one_running_case_a_period(town):
    publish(town, draft())
    staff = person(town)
    start = StartCase(procedure="P", division=staff.division)

    number = town.do(start, staff.cadres[0]).number
    with pytest.raises(Refusal, match=number):
        town.do(start, staff.cadres[0])

    [item] = town.read(lambda session: session.scalars(select(WorkItem)).all())
    town.do(CompleteWorkItem(item_id=item.id, late_reason="入户排期顺延。"), staff.cadres[0])
    town.do(start, staff.cadres[0])
    assert len(begun(town)) == 2


def test_what_is_begun_by_hand_is_not_begun_again_by_the_calendar(town_on_sqlite):
    town = town_on_sqlite
    publish(town, draft())
    staff = person(town)
    town.clock.set(on("2026-04-01T08:00:00"))
    town.do(StartCase(procedure="P", division=staff.division), staff.cadres[0])

    town.work()

    assert len(begun(town)) == VILLAGES


def test_only_who_may_start_starts_and_only_where_it_is_carried_out(town_on_sqlite):
    town, staff = town_on_sqlite, person(town_on_sqlite)
    publish(town, draft())

    with pytest.raises(MayNotStart):
        town.do(StartCase(procedure="P", division=staff.division), staff.county[0])
    with pytest.raises(Refusal) as refusal:
        town.do(StartCase(procedure="P", division=TOWNSHIP), SYSTEM)
    assert refusal.value.code == "campaign.wrong_unit"


def test_a_township_has_one_case_where_the_campaign_is_the_townships(town_on_sqlite):
    bundle = draft(level="township")
    text = bundle.diagrams["process.bpmn"].replace('"village_committee"', '"township_gov"')
    text = text.replace('name="level" value="village"', 'name="level" value="township"')
    publish(town_on_sqlite, replace(bundle, diagrams={"process.bpmn": text}))
    town_on_sqlite.clock.set(on("2026-04-01T08:00:00"))

    town_on_sqlite.work()

    assert [case.division for case in begun(town_on_sqlite)] == [TOWNSHIP]


def test_a_start_that_no_unit_can_take_up_stays_due(town_on_sqlite):
    publish(town_on_sqlite, draft(level="township"))
    town_on_sqlite.clock.set(on("2026-04-01T08:00:00"))

    town_on_sqlite.work()

    assert begun(town_on_sqlite) == []
    [due] = town_on_sqlite.read(lambda session: campaigns.starts_due(session, 10))
    assert due.division == TOWNSHIP


def test_a_new_version_goes_by_its_own_calendar_from_its_publication_on(town_on_sqlite):
    town, village = town_on_sqlite, "150602100200"
    publish(town, draft(division=village))
    town.clock.set(on("2026-05-20T08:00:00"))
    publish(town, draft("0 0 0 1 * *", period="month", division=village))
    town.clock.set(on("2026-07-15T08:00:00"))

    town.work()

    assert [case.subject_name for case in begun(town)] == ["2026年第2季度", "2026年6月", "2026年7月"]


def test_where_nothing_is_switched_on_nothing_begins(town_on_sqlite):
    parameter = {
        "name": "campaign_divisions",
        "type": "list",
        "default": ["150602100201"],
        "origin": "default",
    }
    publish(town_on_sqlite, draft(parameters=[parameter]))
    town_on_sqlite.clock.set(on("2026-04-01T08:00:00"))

    town_on_sqlite.work()

    assert [case.division for case in begun(town_on_sqlite)] == ["150602100201"]


def test_a_campaign_needs_to_say_for_whom(town_on_sqlite):
    bundle = draft()
    without = replace(bundle, meta={k: v for k, v in bundle.meta.items() if k != "campaign"})

    with pytest.raises(Unpublishable):
        publish(town_on_sqlite, without)


@settings(max_examples=5, deadline=None)
@given(walk=st.lists(st.integers(-40, 140), min_size=1, max_size=8), data=st.data())
def test_whatever_way_the_clock_goes_the_calendar_is_kept(tmp_path_factory, furnished_sqlite, walk, data):
    town = _fresh(tmp_path_factory, furnished_sqlite)
    published = town.clock.now()
    publish(town, draft(TENTH_DAYS, period="ten_days", division="150602100200"))
    furthest = published
    for days in walk:
        town.clock.advance(days=days, hours=data.draw(st.integers(0, 23)))
        if data.draw(st.booleans()):
            furthest = max(furthest, town.clock.now())
            town.work()
    town.work()
    furthest = max(furthest, town.clock.now())

    rows = town.read(lambda session: session.scalars(select(CampaignStart)).all())
    expected = []
    for moment in spiff.schedule(TENTH_DAYS).firings(published):
        if moment > furthest:
            break
        expected.append(moment)
    assert sorted(row.begins_at for row in rows) == expected
    assert all(row.case_id is not None for row in rows)
    assert len(begun(town)) == len(expected)
    town.close()


def _fresh(tmp_path_factory, furnished):

    folder = tmp_path_factory.mktemp("walk")
    shutil.copyfile(furnished, folder / "town.sqlite3")
    return Town(f"sqlite:///{folder / 'town.sqlite3'}", folder, TurnableClock())


def test_a_period_that_comes_round_yearly_ends_the_day_before_the_next(town_on_sqlite):
    publish(town_on_sqlite, draft("0 0 0 1 12 *", period="year", division="150602100200"))
    town_on_sqlite.clock.set(on("2026-12-01T00:00:00") + timedelta(hours=1))

    town_on_sqlite.work()

    [case] = begun(town_on_sqlite)
    assert case.variables["campaign"]["until"] == "2027-11-30"


BY_PARAMETER = '=if param.often = "month" then "0 0 0 1 * *" else "0 0 0 1 1,4,7,10 *"'


def of_choice(default="quarter", cycle=BY_PARAMETER):
    parameter = {"name": "often", "type": "choice", "options": ["month", "quarter", "never"]}
    parameter |= {"default": default, "origin": "default"}
    return draft(cycle, period="month", division="150602100200", parameters=[parameter])


def administrator(town, username):
    def named(session):
        return next(each.actor("-") for each in demo.accounts(session) if each.username == username)

    return town.read(named)


def set_often(town, value, at):
    proposal = ProposeParameter(procedure="P", name="often", value=value, effective_at=at, reason="纪要")
    number = town.do(proposal, administrator(town, "dongsheng-admin1"))
    town.do(ConfirmParameter(proposal_id=number), administrator(town, "dongsheng-admin2"))


def test_a_parameter_may_say_how_often_and_counts_from_its_own_day(town_on_sqlite):
    town = town_on_sqlite
    publish(town, of_choice())
    set_often(town, "month", on("2026-05-15T00:00:00"))

    town.clock.set(on("2026-07-10T08:00:00"))
    town.work()

    # Quarterly until the middle of May, monthly from then on; nothing for the first of May.
    assert [case.subject_name for case in begun(town)] == ["2026年4月", "2026年6月", "2026年7月"]


def test_a_value_that_leaves_no_cycle_is_refused(town_on_sqlite):
    cycle = BY_PARAMETER.replace('else "0', 'else if param.often = "never" then "" else "0')
    publish(town_on_sqlite, of_choice(cycle=cycle))

    with pytest.raises(Invalid) as refusal:
        set_often(town_on_sqlite, "never", on("2026-05-15T00:00:00"))

    assert "周期" in refusal.value.errors["value"]


def test_a_cycle_that_its_defaults_do_not_give_is_not_published(town_on_sqlite):
    with pytest.raises(Unpublishable):
        publish(town_on_sqlite, of_choice(cycle="=param.often"))
