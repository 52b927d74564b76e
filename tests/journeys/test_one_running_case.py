"""One household has one running case of a procedure, whoever applies for it and however often."""

from tests.journeys.town import CADRE, GREEN, HOUSEHOLD, PROCEDURE, STEPS


def test_a_second_application_is_refused_and_what_was_typed_stays(town):
    first = town.apply(HOUSEHOLD).number

    refused = town.apply(CADRE, risk_statement="同一户又来申请一次。")

    assert refused.status == 409
    assert "在办" in refused.words or "正在办理" in refused.words
    assert refused.typed("risk_statement") == ["同一户又来申请一次。"]
    assert refused.typed("members.0.name") == ["刘四"]
    assert [first] == numbers(town)


def test_another_household_is_not_in_the_way(town):
    town.apply(HOUSEHOLD)
    second = town.apply(CADRE, head_identity="150602197511032152", head_name="张建国")

    assert second.status == 200
    assert len(numbers(town)) == 2


def test_when_the_first_case_has_ended_the_household_may_apply_again(town):
    number = town.apply(HOUSEHOLD).number
    town.do(number, "household_check", "check_false")

    again = town.apply(HOUSEHOLD)

    assert "已提交" in again.words
    assert again.number != number


def test_a_running_green_channel_does_not_hide_a_second_ordinary_application(town):
    town.apply(CADRE, GREEN)

    page = town.apply(HOUSEHOLD)

    # Each procedure counts by itself: the register keeps one row for the household in any case.
    assert page.status in (200, 409)


def test_two_approvals_of_one_household_share_one_row_of_the_register(town):
    for _ in range(2):
        number = town.up_to("county_decision")
        town.do(number, STEPS[-1])

    page = town.person("dongsheng-rvb1").open("/registers/warning_ledger")

    assert len(page.rows) == 1


def numbers(town):
    """Every case the village knows of."""
    page = town.person(CADRE).open("/cases", query_string={"procedure": PROCEDURE})
    return [row.get("data-href").rpartition("/")[2] for row in page.rows]
