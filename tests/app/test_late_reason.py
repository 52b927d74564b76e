"""逾期说明 on the item's page, in the timeline and over the interface."""

import re

from tests.app.office import CADRE

WHY = "大雪封路，无法入户。"


def overdue(office):
    number = office.start()
    office.clock.advance(days=14)
    return number, office.item(number)["id"]


def test_the_page_of_an_overdue_item_asks_why_and_that_of_another_does_not(one_office):
    number = one_office.start()
    cadre, item = one_office.browser(CADRE), one_office.item(number)["id"]
    assert "逾期说明" not in cadre.get(f"/items/{item}").text

    one_office.clock.advance(days=14)

    page = one_office.browser(CADRE).get(f"/items/{item}").text
    assert re.search(r'<textarea[^>]* id="late_reason" name="late_reason"[^>]* required', page)


def test_without_it_the_page_comes_back_with_everything_typed(one_office):
    _, item = overdue(one_office)
    cadre, page = one_office.browser(CADRE), f"/items/{item}"
    revision = re.search(r'name="revision" value="(\d+)"', cadre.get(page).text)[1]

    empty = cadre.post(page, page, revision=revision, opinion="情况属实", _conclude="属实")
    wrong = cadre.post(page, page, revision=revision, late_reason=WHY, _conclude="属实")

    assert (empty.status_code, wrong.status_code) == (422, 422)
    assert "请写明逾期的原因" in empty.text
    assert "情况属实" in empty.text
    assert WHY in wrong.text
    assert "请写明逾期的原因" not in wrong.text


def test_over_the_interface_it_is_a_field_of_its_own_and_stands_in_the_history(office):
    number, item = overdue(office)
    program = office.program(CADRE)
    seen = program.get(f"/work-items/{item}").json
    answers = office.answers(program, "check_true")
    assert seen["late_reason_needed"]

    refused = program.act(item, "complete", answers=answers, revision=seen["revision"])
    done = program.act(item, "complete", answers=answers, revision=seen["revision"], late_reason=WHY)

    assert refused.status_code == 422
    assert set(refused.json["errors"]) == {"late_reason"}
    assert done.status_code == 200, done.text
    entry = next(each for each in office.case(number)["history"] if each["step"] == "household_check")
    assert entry["late_reason"] == WHY
    assert f"逾期说明：</span>{WHY}" in office.browser(CADRE).get(f"/cases/{number}?tab=record").text


def test_what_is_saved_as_a_draft_needs_no_explanation(one_office):
    _, item = overdue(one_office)
    cadre, page = one_office.browser(CADRE), f"/items/{item}"
    revision = re.search(r'name="revision" value="(\d+)"', cadre.get(page).text)[1]

    assert cadre.post(page, page, revision=revision, _action="save").status_code == 303
