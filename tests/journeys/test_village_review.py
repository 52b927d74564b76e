"""村评议: what the votes say is what may be concluded."""

import pytest

from tests.journeys.town import CADRE


def test_a_review_that_fails_sends_the_case_back_to_the_check_and_says_why(town):
    number = town.up_to("village_review")

    town.do(number, "village_review", "review_failed")

    page = town.person(CADRE).item(number)
    assert "入户核实" in page.words
    assert "第 2 轮" in page.words
    assert "多数认为还有一处出租房收入没有核清" in page.words


def test_the_second_round_begins_with_what_was_found_in_the_first_but_must_answer_the_review(town):
    number = town.up_to("village_review")
    town.do(number, "village_review", "review_failed")

    page = town.person(CADRE).item(number)
    assert page.typed("visitors") == ["赵五、钱六"]
    refused = town.person(CADRE).press("核实属实", page=page)
    assert set(refused.errors) == {"return_result", "household_signature"}

    again = {
        "return_result": "出租房为其兄所有，已核对房产证。",
        "household_signature": [9],
        "conclusion": "属实",
    }
    town.person(CADRE).complete(number, again, page=refused)
    town.do(number, "village_review")
    assert "公示" in town.person(CADRE).item(number).words


@pytest.mark.parametrize(
    ("votes", "pressed"),
    [
        ({"expected": 30, "present": 19, "agree": 19, "against": 0, "abstain": 0}, "review_passed"),
        ({"expected": 30, "present": 20, "agree": 10, "against": 9, "abstain": 1}, "review_passed"),
        ({"expected": 30, "present": 26, "agree": 24, "against": 1, "abstain": 1}, "review_failed"),
    ],
    ids=["too few came", "only half agreed", "enough agreed"],
)
def test_a_conclusion_against_the_votes_is_refused_beside_the_field(town, votes, pressed):
    number = town.up_to("village_review")

    refused = town.do(number, "village_review", pressed, **votes)

    assert refused.status == 422
    assert set(refused.errors) == {"conclusion"}
    assert refused.typed("agree") == [str(votes["agree"])]
    assert refused.typed("host") == ["赵五"]


def test_votes_that_do_not_add_up_are_refused_beside_the_field(town):
    number = town.up_to("village_review")

    refused = town.do(number, "village_review", abstain=2)
    assert set(refused.errors) == {"abstain"}
    more = town.do(number, "village_review", present=31, agree=29)
    assert "present" in more.errors

    assert town.person(CADRE).item_rows(number)


def test_exactly_two_thirds_and_one_more_than_half_is_enough(town):
    number = town.up_to("village_review")

    done = town.do(number, "village_review", expected=30, present=20, agree=11, against=9, abstain=0)

    assert done.status == 200
    assert "已办结" in done.words


def test_the_quorum_is_the_parameter_of_the_version_the_case_runs_on(town):
    running = town.up_to("village_review")
    town.publish("fp_01_ds", review_quorum_num=1, review_quorum_den=1)
    later = town.up_to("village_review", head_identity="150602197511032152")

    assert town.do(running, "village_review").status == 200
    assert set(town.do(later, "village_review").errors) == {"conclusion"}
    assert town.do(later, "village_review", present=30, agree=28).status == 200
