"""退回: the township sends a case back, must say why, and finds it again when it has been mended."""

from tests.journeys.town import CADRE, HOUSEHOLD, TOWNSHIP


def test_sending_back_without_a_reason_is_refused_beside_the_field(town):
    number = town.up_to("township_review")

    refused = town.do(number, "township_review", "township_returned", opinion="")

    assert refused.status == 422
    assert set(refused.errors) == {"opinion"}
    assert town.person(CADRE).item_rows(number) == []


def test_what_was_sent_back_says_why_and_comes_round_again(town):
    number = town.up_to("township_review")
    town.do(number, "township_review", "township_returned")

    item = town.person(CADRE).item(number)
    assert "第 2 轮" in item.words
    assert "核实表没有写明保险赔付情况" in item.words
    assert "退回" in item.words
    refused = town.do(number, "household_check")
    assert set(refused.errors) == {"return_result"}

    town.do(number, "household_check", return_result="保险赔付一万元，已计入收入。")
    town.do(number, "village_review")
    town.do(number, "publicity")
    town.days_pass(6)
    again = town.person(TOWNSHIP).item(number)
    assert "第 2 轮" in again.words
    assert "保险赔付一万元，已计入收入。" in again.words
    town.do(number, "township_review")
    town.do(number, "county_decision")

    assert town.person(HOUSEHOLD).case(number).says("已纳入监测")


def test_the_record_shows_the_return_as_a_return_with_its_reason(town):
    number = town.up_to("township_review")
    town.do(number, "township_review", "township_returned")

    page = town.person(TOWNSHIP).case(number, "record")

    [line] = page.all("li.entry-returned")
    assert "镇（街道）审核" in line
    assert "核实表没有写明保险赔付情况" in line


def test_on_the_way_to_the_township_a_case_can_be_sent_back_twice(town):
    number = town.up_to("township_review")

    for _ in range(2):
        town.do(number, "township_review", "township_returned")
        town.do(number, "household_check", return_result="已补充核实。")
        town.do(number, "village_review")
        town.do(number, "publicity")
        town.days_pass(6)

    assert "第 3 轮" in town.person(TOWNSHIP).item(number).words
