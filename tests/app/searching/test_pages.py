"""The page and the call for cases: what they narrow by, what they keep, and whom they show nothing."""

import re
from itertools import chain
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

from tests.app.office import BUREAU, CADRE, CLERK, ELSEWHERE, HOUSEHOLD, OFFICERS, SUPERVISOR, VILLAGE
from tests.app.searching.world import css


def opened(office, username, path):
    answer = office.browser(username).get(path)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def rows(page):
    return [row.get("data-href") for row in css(page, "table.items tbody tr")]


def numbers(office, username, query=""):
    answer = office.program(username).get(f"/cases{query}")
    assert answer.status_code == 200, answer.text
    return [line["number"] for line in answer.json["items"]]


def test_a_number_typed_whole_leads_straight_to_its_case_for_who_may_read_it(one_office):
    number = one_office.start()

    for typed in (number, f" {number.lower()} "):
        answer = one_office.browser(CLERK).get("/cases", query_string={"q": typed})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/cases/{number}")
    assert rows(opened(one_office, ELSEWHERE, f"/cases?q={number}")) == []
    narrowed = opened(one_office, CLERK, f"/cases?q={number}&state=running")
    assert rows(narrowed) == [f"/cases/{number}"]


def test_everybody_who_reads_cases_has_the_box_on_every_page_and_nobody_else(one_office):
    for username, path in ((CADRE, "/"), (BUREAU, "/registers"), (SUPERVISOR, "/cases"), (CLERK, "/done")):
        [box] = css(opened(one_office, username, path), "header form.find")
        assert (box.get("action"), box.get("method")) == ("/cases", "get")
    for username in (HOUSEHOLD, *OFFICERS):
        assert css(opened(one_office, username, "/notices"), "header form.find") == []


def test_the_words_found_are_marked_and_what_was_typed_runs_nowhere(world):
    case = world.case("王秀兰", opinion="<script>alert(1)</script> 同意上报")
    world.take_in()

    page = opened(world.office, CLERK, "/cases?q=同意")
    assert [mark.text for mark in css(page, "table.items mark")] == ["同意"]
    raw = world.office.browser(CLERK).get("/cases?q=<script>").text
    assert "<script>alert" not in raw
    assert "<mark>&lt;script&gt;</mark>" in raw
    assert case == 1


def test_the_bar_keeps_what_was_chosen_and_the_next_page_narrows_alike(world):
    for _ in range(45):
        world.case(opinion="同意上报", unit=1)
    world.take_in()
    asked = f"q=同意&procedure=fp_01_ds&division={VILLAGE}&step=入户核实&state=running"
    asked += "&since=2020-01-01&until=2030-01-01"

    page, seen = opened(world.office, CLERK, f"/cases?{asked}"), []
    while True:
        seen.append(rows(page))
        form = dict(css(page, "form.filters")[0].fields)
        assert form == {name: value[0] for name, value in parse_qs(asked).items()}
        assert css(page, "details.filters-more[open]")
        following = [a.get("href") for a in css(page, "a[rel=next]")]
        if not following:
            break
        page = opened(world.office, CLERK, following[0])

    assert [len(one) for one in seen] == [20, 20, 5]
    assert len(set(chain.from_iterable(seen))) == 45


def test_the_bar_offers_the_divisions_of_ones_offices_alone(one_office):
    def offered(username):
        page = opened(one_office, username, "/cases")
        return [option.get("value") for option in css(page, "#filter-division option")][1:]

    assert offered(CADRE) == [VILLAGE]
    township = offered(CLERK)
    assert township[0] == "150602100000"
    assert all(code.startswith("150602100") for code in township)
    assert all(code.startswith("150602") for code in offered(BUREAU))
    assert len(offered(BUREAU)) > len(township) > 1


def test_steps_are_offered_of_the_procedure_chosen(one_office):
    def offered(path):
        return [one.get("value") for one in css(opened(one_office, CLERK, path), "#filter-step option")][1:]

    chosen = offered("/cases?procedure=fp_01_ds")
    assert {"入户核实", "区级比对审定"} <= set(chosen)
    assert len(chosen) < len(offered("/cases"))


def test_the_page_says_when_the_index_is_behind(world):
    world.case()

    assert "全文索引正在更新" in world.office.browser(CLERK).get("/cases?q=王").text
    world.take_in()
    assert "全文索引正在更新" not in world.office.browser(CLERK).get("/cases?q=王").text


@pytest.mark.parametrize(
    "query", ["since=soon&until=9999-99-99", "division=x", "division=１５０６０２１００２０２", "step=%00"]
)
def test_an_address_that_means_nothing_is_answered_all_the_same(world, query):
    world.case()

    assert world.office.browser(CLERK).get(f"/cases?{query}").status_code in {200, 400}


def test_a_program_narrows_by_place_step_and_time(world):
    old = world.case(days_ago=30, unit=1)
    new = world.case(division="150602100208", unit=1, step="镇（街道）审核")
    ended = world.case(state="ended")
    world.take_in()

    def found(**asked):
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        return [int(number[-6:]) for number in numbers(world.office, BUREAU, f"?{query}")]

    today = world.office.clock.now().date().isoformat()
    for words in ({}, {"q": "提交申请"}):
        assert found(**words) == [ended, new, old]
        assert found(**words, division="150602100208") == [new]
        assert found(**words, division="150602100000") == [ended, new, old]
        assert found(**words, step="入户核实") == [old]
        assert found(**words, since=today) == [ended, new]
        assert found(**words, until=today) == [old]
        assert found(**words, state="ended") == [ended]


@pytest.mark.parametrize("query", ["", "?q=王秀兰", "?q=提交申请", f"?division={VILLAGE}", "?step=入户核实"])
def test_no_call_shows_a_case_to_whom_it_does_not_concern(world, query):
    world.case("王秀兰", unit=1)

    strangers = (ELSEWHERE, HOUSEHOLD, "ewenke-rvb1")
    assert [numbers(world.office, stranger, query) for stranger in strangers] == [[], [], []]

    world.take_in()

    assert numbers(world.office, CLERK, query) == ["FP01DS-2026-000001"]
    assert [numbers(world.office, stranger, query) for stranger in strangers] == [[], [], []]


def test_a_program_pages_through_what_it_finds_by_words(world):
    for _ in range(7):
        world.case(opinion="同意上报")
    world.take_in()

    seen, cursor = [], ""
    while cursor is not None:
        answer = world.office.program(CLERK).get(f"/cases?q=同意&limit=3{cursor}").json
        seen.append([line["number"] for line in answer["items"]])
        cursor = answer["next"] and f"&cursor={answer['next']}"

    assert [len(one) for one in seen] == [3, 3, 1]
    assert len(set(chain.from_iterable(seen))) == 7


def test_the_row_of_a_case_says_who_has_it(one_office):
    one_office.start()

    page = opened(one_office, CLERK, "/cases")
    [row] = css(page, "table.items tbody tr")
    assert "折家梁村村民委员会" in re.sub(r"\s", "", row.text_content())
    assert urlsplit(row.get("data-href")).path.startswith("/cases/FP01DS")
