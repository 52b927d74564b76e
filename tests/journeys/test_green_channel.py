"""绿色通道: relief first, entered as 临时（待补程序） until the whole procedure has been through."""

import pytest

from tests.journeys.town import CADRE, COUNTY, GREEN, HOUSEHOLD, LEDGER, STEPS, TOWNSHIP, household

TEMPORARY = "临时（待补程序）"


def own(**changes):
    """Who applies: a household that has an account."""
    who = household(HOUSEHOLD)
    return {"head_name": who.name, "head_identity": who.identity, "phone": who.phone, **changes}


def status(town):
    """How the household stands in the register; empty where it does not stand there."""
    page = town.person(COUNTY).open(f"/registers/{LEDGER}", query_string={"q": household(HOUSEHOLD).name})
    return [row.text_content().split() for row in page.rows]


def relieved(town):
    """A case in which relief has been given."""
    number = town.apply(CADRE, GREEN, **own()).number
    done = town.do(number, "relief", "relief", relieved_on="2026-03-16")
    assert "已办结" in done.words
    return number


def backfilled(town, number, last="county_passed"):
    """The whole procedure after the relief."""
    town.do(number, "apply", "apply", **own())
    for step in STEPS:
        if step == "county_decision":
            town.do(number, step, last)
        else:
            town.do(number, step)
        if step == "publicity":
            town.days_pass(6)


def test_relief_comes_first_and_the_household_is_entered_for_the_time_being(town):
    number = relieved(town)

    [row] = status(town)
    assert TEMPORARY in row
    item = town.person(CADRE).item(number)
    assert "提交申请" in item.words
    assert item.typed("head_name") == [household(HOUSEHOLD).name]
    assert item.typed("address") == ["折家梁村一社12号"]


def test_only_the_whole_procedure_makes_the_entry_an_ordinary_one(town):
    number = relieved(town)

    town.do(number, "apply", "apply", **own())
    for step in STEPS:
        assert TEMPORARY in status(town)[0]
        town.restart()
        town.do(number, step)
        if step == "publicity":
            town.days_pass(6)

    [row] = status(town)
    assert "监测中" in row
    assert TEMPORARY not in row
    assert town.person(HOUSEHOLD).open("/").status == 200
    assert town.person(COUNTY).case(number).says("已纳入监测")
    page = town.person(COUNTY).open(f"/registers/{LEDGER}")
    history = town.person(COUNTY).open(page.rows[0].get("data-href"))
    assert TEMPORARY in history.words
    assert "监测中" in history.words


def test_a_refusal_in_the_end_closes_the_entry_and_tells_the_household(town):
    number = relieved(town)

    backfilled(town, number, last="county_refused")
    town.work()

    [row] = status(town)
    assert "不予认定" in row
    assert town.person(COUNTY).case(number).says("先行救助，未纳入监测")
    papers = town.person(COUNTY).case(number, "papers")
    assert any("/papers/" in one.get("href") for one in papers.css("a.entry-step"))


def test_an_untrue_application_after_relief_closes_the_entry_too(town):
    number = relieved(town)

    town.do(number, "apply", "apply", **own())
    town.do(number, "household_check", "check_false")

    assert "不予认定" in status(town)[0]
    assert town.person(COUNTY).case(number).says("先行救助，未纳入监测")


def test_why_the_table_decided_stands_on_the_item_that_follows_and_on_the_record(town):
    number = town.apply(CADRE, GREEN, **own(public_recognised="否", recognition_note="")).number
    why = "不符合“绿色通道”：群众普遍认可为“否”，规定为“是”"

    item, record = town.person(CADRE).item(number), town.person(CADRE).case(number, "record")

    for page in (item, record):
        assert why in page.words
        assert "群众普遍认可的，可先进行救助并落实帮扶政策，后履行相关程序" in page.words


@pytest.mark.parametrize(
    "changes",
    [
        {"causes": ["因病"]},
        {"hardship_clear": "否"},
        {"public_recognised": "否", "recognition_note": ""},
    ],
    ids=["not among the causes", "facts not clear", "not recognised by the public"],
)
def test_who_does_not_meet_the_conditions_goes_the_ordinary_way(town, changes):
    number = town.apply(CADRE, GREEN, **own(**changes)).number

    assert town.person(TOWNSHIP).item_rows(number) == []
    assert "提交申请" in town.person(CADRE).item(number).words
    assert status(town) == []


def test_the_township_may_choose_the_ordinary_way_and_must_say_why(town):
    number = town.apply(CADRE, GREEN, **own()).number

    refused = town.do(number, "relief", "ordinary", opinion="")
    assert set(refused.errors) == {"opinion"}
    town.do(number, "relief", "ordinary")

    assert status(town) == []
    backfilled(town, number)
    assert "监测中" in status(town)[0]
    assert town.person(COUNTY).case(number).says("已纳入监测")


def test_when_the_time_for_the_procedure_is_over_everyone_concerned_is_reminded_once(town):
    number = relieved(town)

    town.days_pass(14)
    town.days_pass(1)

    told = town.person(COUNTY).case(number, "record").all("ol.timeline li")
    assert len([line for line in told if "到期时间" in line]) == 1
    assert number in town.person(CADRE).open("/messages").words
    assert "提交申请" in town.person(CADRE).item(number).words


def test_a_household_may_begin_it_itself_and_fills_in_the_procedure_afterwards(town):
    number = town.apply(HOUSEHOLD, GREEN, **own()).number
    town.do(number, "relief", "relief", relieved_on="2026-03-16")

    done = town.do(number, "apply", "apply", by=HOUSEHOLD, **own())

    assert done.status == 200
    assert len(town.person(CADRE).item_rows(number)) == 1
