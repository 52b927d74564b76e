"""公示: how long it stands, who reads what, who may object until when, and how it ends by itself."""

from datetime import datetime

import pytest

from tests.journeys.town import CADRE, COUNTY, HOUSEHOLD, TOWNSHIP, household

OBJECTION = {"name": "李四", "phone": "13900001111", "reason": "该户去年已领到保险赔款，请再核实。"}


def posted(town, **changes):
    """A case whose notice has just been posted over the page: its number and the notice's address."""
    own = household(HOUSEHOLD)
    number = town.up_to("publicity", head_name=own.name, head_identity=own.identity, phone=own.phone)
    done = town.do(number, "publicity", **changes)
    assert "已办结" in done.words
    listed = town.stranger().open("/notices")
    return number, next(row.get("data-href") for row in listed.rows if own.name in row.text_content())


def test_everyone_reads_the_notice_without_signing_in_and_nothing_personal_in_it(town):
    _number, address = posted(town)
    own = household(HOUSEHOLD)

    page = town.stranger().open(address)

    assert page.status == 200
    assert own.name in page.words
    assert "折家梁村" in page.words
    assert "2026年3月17日至3月21日24时" in page.words
    assert own.identity not in page.raw
    assert own.identity[-4:] not in page.words
    assert own.phone not in page.raw
    assert "高血压" not in page.words
    assert "因灾" not in page.words


def test_a_notice_may_show_only_the_surname(town):
    town.publish("fp_01_ds", publicity_name_mask=True)
    own = household(HOUSEHOLD)
    number = town.up_to("publicity", head_name=own.name, head_identity=own.identity)
    town.do(number, "publicity")

    visitor = town.stranger()
    listed = visitor.open("/notices")

    assert own.name not in listed.raw
    assert own.name not in visitor.open(listed.rows[0].get("data-href")).raw
    assert "王某" in visitor.page.words


@pytest.mark.parametrize(
    "content",
    [
        "拟将王三（150602196803140011）识别为监测对象，现予公示。",
        "拟将王三（150602 19680314 0011）识别为监测对象，现予公示。",
        "王三患高血压多年，拟识别为监测对象，现予公示。",
    ],
)
def test_what_must_not_be_published_is_refused_beside_the_field(small_town, content):
    number = small_town.up_to("publicity")

    refused = small_town.do(number, "publicity", content=content)

    assert refused.status == 422
    assert set(refused.errors) == {"content"}
    assert refused.typed("content") == [content]
    assert small_town.stranger().open("/notices").rows == []


@pytest.mark.parametrize(
    ("posted_on", "days", "words"),
    [
        ((2026, 3, 16, 9), 5, "2026年3月17日至3月21日24时"),
        ((2026, 3, 16, 0), 5, "2026年3月17日至3月21日24时"),
        ((2026, 3, 16, 23), 5, "2026年3月17日至3月21日24时"),
        ((2026, 3, 18, 9), 7, "2026年3月19日至3月25日24时"),
        ((2026, 9, 27, 9), 7, "2026年9月28日至10月4日24时"),
        ((2026, 12, 29, 9), 5, "2026年12月30日至2027年1月3日24时"),
    ],
    ids=[
        "a Monday",
        "after midnight",
        "before midnight",
        "over a weekend",
        "into a holiday",
        "new year",
    ],
)
def test_the_day_after_posting_is_the_first_and_the_last_ends_at_midnight(town, posted_on, days, words):
    town.clock.set(datetime(*posted_on, 30))
    town.publish("fp_01_ds", publicity_days_village=days)
    _number, address = posted(town, use="publicity")

    assert words in town.stranger().open(address).words


def test_an_end_that_falls_on_a_holiday_moves_where_the_parameter_says_so(town):
    town.clock.set(datetime(2026, 9, 27, 9, 30))
    town.publish("fp_01_ds", publicity_extend_over_holidays=True)
    _number, address = posted(town)

    page = town.stranger().open(address)

    assert "2026年9月28日至10月8日24时" in page.words
    assert "顺延" in page.words


def test_the_notice_ends_by_itself_at_midnight_and_not_a_second_before(town):
    number, address = posted(town)

    town.clock.set(datetime(2026, 3, 21, 23, 59, 59))
    town.work()
    assert town.person(TOWNSHIP).item_rows(number) == []
    assert "公示中" in town.stranger().open(address).words

    town.clock.set(datetime(2026, 3, 22, 0, 0, 0))
    town.work()
    assert len(town.person(TOWNSHIP).item_rows(number)) == 1
    assert "无异议" in town.stranger().open(address).words
    assert any(
        "系统自动办理" in line for line in town.person(TOWNSHIP).case(number, "record").all("ol.timeline li")
    )


def test_two_looks_of_the_worker_end_a_notice_once(town):
    number, _address = posted(town)

    town.days_pass(6)
    town.work()

    told = town.person(TOWNSHIP).case(number, "record").all("ol.timeline li")
    assert len([line for line in told if "到期时间" in line]) == 1


def test_an_objection_stops_the_notice_and_brings_the_case_back_to_the_check(town):
    number, address = posted(town)
    visitor = town.stranger()
    visitor.open(address)

    answered = visitor.press("提交异议", **OBJECTION)

    assert "异议已收到" in answered.words
    assert "公示中止" in answered.words
    item = town.person(CADRE).item(number)
    assert "入户核实" in item.words
    assert "该户去年已领到保险赔款" in item.words
    refused = town.do(number, "household_check")
    assert set(refused.errors) == {"objection_result"}
    town.do(number, "household_check", objection_result="为其兄所领，异议不成立。")
    town.do(number, "village_review")
    town.do(number, "publicity")
    assert "第 2 次公示" in town.stranger().open(address.replace("/1", "/2")).words
    town.days_pass(6)
    town.do(number, "township_review")
    town.do(number, "county_decision")
    assert town.person(COUNTY).case(number).says("已纳入监测")


def test_who_objected_is_known_to_those_who_check_and_to_nobody_else(town):
    number, address = posted(town)
    visitor = town.stranger()
    visitor.open(address)
    visitor.press("提交异议", **OBJECTION)

    assert "李四" in town.person(CADRE).open(address).words
    assert "139****1111" in town.person(CADRE).page.words
    for page in (
        town.stranger().open(address),
        town.person(HOUSEHOLD).open(address),
        town.person(HOUSEHOLD).case(number, "record"),
        town.person("chaideng-cadre1").open(address),
    ):
        assert "李四" not in page.raw
        assert "139****1111" not in page.raw


def test_an_objection_with_something_missing_is_refused_beside_the_field_and_kept(town):
    _number, address = posted(town)
    visitor = town.stranger()
    visitor.open(address)

    refused = visitor.press("提交异议", **OBJECTION | {"phone": "12", "reason": "不"})

    assert refused.status == 422
    assert set(refused.errors) == {"objection-phone", "objection-reason"}
    assert refused.typed("name") == ["李四"]
    assert refused.typed("phone") == ["12"]
    assert "公示中" in town.stranger().open(address).words


def test_an_objection_pressed_twice_counts_once(town):
    number, address = posted(town)
    visitor = town.stranger()
    page = visitor.open(address)

    first = visitor.press("提交异议", page=page, **OBJECTION)
    second = visitor.press("提交异议", page=page, **OBJECTION)

    assert "异议已收到" in first.words
    assert "异议已收到" in second.words
    assert town.person(CADRE).open(address).words.count("该户去年已领到保险赔款") == 1
    assert len(town.person(CADRE).item_rows(number)) == 1


def test_an_objection_after_the_end_is_refused_with_the_day_it_ended(town):
    number, address = posted(town)
    visitor = town.stranger()
    page = visitor.open(address)
    town.clock.set(datetime(2026, 3, 22, 0, 0, 0))

    late = visitor.press("提交异议", page=page, **OBJECTION)

    assert late.status == 409
    assert "2026年3月21日24时届满" in late.words
    town.work()
    assert len(town.person(TOWNSHIP).item_rows(number)) == 1
    assert "提交异议" not in town.stranger().open(address).words
