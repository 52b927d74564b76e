"""What is found by words is what one would find by reading every case one may read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.app.office import BUREAU, CADRE, CLERK, ELSEWHERE, HOUSEHOLD, SUPERVISOR
from workflows.commands import Actor, Grant, StandIn

NAMES = ("王秀兰", "王兰秀", "李王", "A类项目", "秀", "Ａ类（二）")
OPINIONS = ("", "情况属实，同意上报", "同意。上报情况", "低保金发放", "abc-12 同意", "发放低保", "（见附件）")
PLACES = ("150602100202", "150602100208", "150602000000", "150602101200", "150724100200")
TYPED = (
    "王",
    "秀兰",
    "兰秀",
    "同意上报",
    "上报",
    "a类",
    "低保 发放",
    "属实",
    "FP01DS-2026-00000",
    "王 同意",
    "没有的话",
)
UNITS, PEOPLE = (1, 2, 3), (1, 2, 3)

CASES = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(NAMES),
            "opinion": st.sampled_from(OPINIONS),
            "division": st.sampled_from(PLACES),
            "procedure": st.sampled_from(("fp_01_ds", "fp_08_ds")),
            "state": st.sampled_from(("running", "ended")),
            "days_ago": st.integers(0, 3),
            "started_by": st.sampled_from((None, *PEOPLE)),
            "sent_to": st.sampled_from((None, None, *PEOPLE)),
            "unit": st.sampled_from(UNITS),
            "assignee": st.sampled_from((None, *PEOPLE)),
            "step": st.sampled_from(("入户核实", "审核")),
        }
    ),
    min_size=1,
    max_size=8,
)
GRANTS = st.lists(
    st.builds(
        Grant,
        role=st.sampled_from(
            ("village_committee", "township_gov", "industry_dept", "household", "supervisor")
        ),
        unit_id=st.sampled_from(UNITS),
        unit_name=st.just("某单位"),
        level=st.sampled_from(("village", "township", "county", "department")),
        division=st.sampled_from(PLACES),
    ),
    max_size=2,
)
ABSENT = st.lists(
    st.builds(
        StandIn,
        absence_id=st.just(1),
        person_id=st.sampled_from(PEOPLE),
        name=st.just("某人"),
        grants=GRANTS.map(tuple),
        units=st.just(UNITS),
        procedures=st.sampled_from((None, frozenset({"fp_01_ds"}))),
        since=st.just(datetime(2000, 1, 1, tzinfo=UTC)),
        until=st.just(datetime(2100, 1, 1, tzinfo=UTC)),
    ),
    max_size=1,
)
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(("running", "ended")),
        "procedure": st.sampled_from(("fp_01_ds", "fp_08_ds")),
        "division": st.sampled_from(("150602000000", "150602100000", "150602100202")),
        "step": st.sampled_from(("入户核实", "审核")),
    },
)


@pytest.mark.seconds(240)
def test_what_is_found_is_what_reading_every_case_would_find(world):
    @settings(max_examples=20, phases=[Phase.generate])
    @given(CASES, GRANTS, ABSENT, st.sampled_from(PEOPLE), st.sampled_from(TYPED), FILTERS, st.integers(1, 4))
    def looks(cases, grants, absent, person, typed, filters, limit):
        for each in cases:
            case = world.case(**{name: value for name, value in each.items() if name != "sent_to"})
            if each["sent_to"]:
                world.send(case, each["sent_to"])
        world.take_in()
        actor = Actor("person", "某人", person, grants=tuple(grants), standing_for=tuple(absent))

        found = world.see(actor, typed, limit, **filters)

        assert found == world.naive(actor, typed, **filters)

    looks()


@pytest.mark.parametrize("typed", ["王秀兰", "秀兰", "FP01DS-2026-000001", "折家梁", "监测对象"])
def test_a_case_is_found_by_what_it_is_called_before_the_index_has_it(world, typed):
    case = world.case("王秀兰")

    found = world.look(world.office.actor(BUREAU), typed)

    assert [row.id for row in found.page.rows] == [case]
    assert found.behind


def test_an_opinion_is_found_once_the_worker_has_looked(world):
    case = world.case(opinion="补充低保材料")
    reader = world.office.actor(CLERK)
    assert world.look(reader, "低保材料").behind

    world.take_in()

    found = world.look(reader, "低保材料")
    assert [row.id for row in found.page.rows] == [case]
    assert not found.behind


def test_a_later_opinion_is_found_too_and_meanwhile_the_index_says_it_is_behind(world):
    case, reader = world.case(), world.office.actor(CLERK)
    world.take_in()
    assert not world.look(reader, "材料不齐").behind

    world.office.clock.advance(days=3)
    world.says(case, "材料不齐，退回补正")

    assert world.look(reader, "材料不齐").behind
    world.take_in()
    assert world.see(reader, "材料不齐") == [case]


def test_what_is_no_longer_said_is_no_longer_found(world):
    case, reader = world.case("王秀兰"), world.office.actor(CLERK)
    world.take_in()

    world.change(case, subject_name="（已删除）")
    world.says(case, "依申请删除")
    world.take_in()

    assert world.see(reader, "王秀兰") == []
    assert "王秀兰" not in world.said(case)


def test_a_change_that_a_slow_clock_dated_back_is_found_at_the_next_look_far_back(world):
    case, reader = world.case(), world.office.actor(CLERK)
    world.office.clock.advance(hours=1)
    world.take_in()

    world.office.clock.advance(minutes=-5)
    world.says(case, "慢钟记下的意见")
    world.office.clock.advance(minutes=6)
    world.take_in()
    assert world.see(reader, "慢钟") == []
    world.office.clock.advance(minutes=10)
    world.take_in()

    assert world.see(reader, "慢钟") == [case]


def test_the_clock_turned_back_loses_no_change(world):
    case, reader = world.case(), world.office.actor(CLERK)
    world.take_in()

    world.office.clock.set(world.office.clock.now() - timedelta(days=30))
    world.says(case, "时钟拨回之后")
    world.take_in()

    assert world.see(reader, "拨回") == [case]


def test_pages_are_full_and_miss_nothing_though_many_hits_are_others(world):
    reader = world.office.actor(CADRE)
    mine = []
    for number in range(75):
        division = "150602100202" if number % 3 == 0 else "150724100200"
        case = world.case(opinion="同意上报", division=division)
        mine += [case] if number % 3 == 0 else []
    world.take_in()

    assert world.see(reader, "同意上报") == mine[::-1]


@pytest.mark.parametrize("username", [ELSEWHERE, HOUSEHOLD])
def test_nobody_finds_by_words_what_they_may_not_read(world, username):
    world.case("王秀兰", opinion="补充低保材料")
    reader = world.office.actor(username)
    assert world.see(reader, "王秀兰") == []

    world.take_in()

    assert world.see(reader, "低保") == world.see(reader, "王秀兰") == []


def test_a_deputy_finds_by_words_what_waits_for_whom_they_stand_in_for(world):
    case = world.case(opinion="补充低保材料", division="150724100200", unit=7)
    world.take_in()
    grant = Grant("village_committee", 7, "某单位", "village", "150724100200")
    until = world.office.clock.now() + timedelta(days=1)
    absent = StandIn(1, 99, "某人", (grant,), (7,), None, world.office.clock.now(), until)
    alone = Actor("person", "代班", 98)
    deputy = replace(alone, standing_for=(absent,))

    assert world.see(alone, "低保") == []
    assert world.see(deputy, "低保") == world.naive(deputy, "低保") == [case]


def test_a_case_kept_from_somebody_disappears_from_what_they_find_at_once(world):
    case, reader = world.case("王秀兰"), world.office.actor(SUPERVISOR)
    world.take_in()
    assert world.see(reader, "王秀兰") == [case]

    world.change(case, kept=True)

    assert world.see(reader, "王秀兰") == []


def test_signs_alone_find_nothing_and_wildcards_are_letters(world):
    world.case("王秀兰", opinion="全部同意")
    world.take_in()
    reader = world.office.actor(BUREAU)

    assert world.see(reader, "%") == world.see(reader, "，。") == world.see(reader, "_") == []
    assert world.see(reader, "全%意") == []
    assert len(world.see(reader, "全部，") + world.see(reader, "全部 ， 同意")) == 1
