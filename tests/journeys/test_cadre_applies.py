"""A village cadre writes an application down for a household that cannot: 代办."""

import pytest

from tests.journeys.person import NotOffered
from tests.journeys.town import CADRE, HOUSEHOLD, OTHER_VILLAGE, PROCEDURE, TOWNSHIP, VILLAGE, household

BY_PROXY = {
    "source": "农牧户自主申报",
    "channel": "书面",
    "by_proxy": True,
    "proxy_name": "折海军",
    "proxy_reason": "户主不识字，逐项念给本人核对无误。",
}


def test_the_record_says_that_a_cadre_stood_in_and_for_whom(town):
    number = town.apply(CADRE, **BY_PROXY).number

    told = town.person(TOWNSHIP).case(number, "record").all("ol.timeline li")

    line = next(one for one in told if one.startswith("提交申请"))
    assert "折家梁村村民委员会 折海军（代办）" in line
    assert "折家梁村村民委员会 折海军" in told[0]
    assert "折海军（代办）" in town.person(TOWNSHIP).case(number, "answers").words


def test_who_found_the_household_must_be_said_when_it_did_not_come_itself(town):
    cadre = town.person(CADRE)
    refused = cadre.start(PROCEDURE, {**town.answers("apply"), "source": "干部走访排查", "channel": ""})

    assert refused.status == 422
    assert set(refused.errors) == {"found_on", "found_by"}

    fields = {"found_on": "2026-03-15", "found_by": "折海军"}
    started = cadre.press("提交申请", **fields)

    assert "已提交" in started.words


def test_a_cadre_applies_only_for_the_own_village(town):
    offered = town.person(CADRE).open(f"/procedures/{PROCEDURE}/start")

    assert [option.get("value") for option in offered.css("select#start-division option")] == [VILLAGE]
    with pytest.raises(NotOffered):
        town.person(CADRE).start(PROCEDURE, town.answers("apply"), division=OTHER_VILLAGE)


def test_the_household_sees_the_case_a_cadre_began_for_it_only_through_progress(town):
    own = household(HOUSEHOLD)
    number = town.apply(CADRE, head_name=own.name, head_identity=own.identity, **BY_PROXY).number
    visitor = town.stranger()

    visitor.open("/progress")
    found = visitor.press("查询", number=number, last_four=own.identity[-4:])

    assert "入户核实" in found.words
    assert own.name not in found.words


def test_someone_who_may_not_begin_a_procedure_is_told_who_may(town):
    township = town.person(TOWNSHIP)

    assert not any("发起" in words for words in township.open("/procedures").all("a.btn-primary"))
    refused = township.open(f"/procedures/{PROCEDURE}/start")

    assert refused.status == 403
    assert "不能为该区划发起" in refused.words
