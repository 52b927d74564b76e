"""查看完整号码: with a reason, one value at a time, and on the record."""

from tests.journeys.town import CADRE, HOUSEHOLD, TOWNSHIP

NUMBER, MEMBER, PHONE = "150602196803140011", "150602197009220027", "13847700001"


def test_numbers_are_masked_wherever_they_are_shown(town):
    number = town.up_to("county_decision")
    clerk = town.person(TOWNSHIP)

    for tab in ("now", "record", "answers", "papers", "clauses", "diagram"):
        page = clerk.case(number, tab)
        for plain in (NUMBER, MEMBER, PHONE):
            assert plain not in page.raw, tab
    assert "150602********0011" in clerk.case(number, "answers").words
    assert "138****0001" in clerk.page.words


def test_one_number_is_shown_for_a_reason_and_the_look_is_on_the_record(town):
    number = town.up_to("village_review")
    clerk = town.person(TOWNSHIP)
    asked = clerk.open(f"/cases/{number}/reveal")

    shown = clerk.press("查看", page=asked, path="subject.identity", reason="与户籍系统核对")

    assert NUMBER in shown.words
    assert MEMBER not in shown.raw
    assert NUMBER not in clerk.case(number, "answers").raw
    audit = town.person("dongsheng-supervisor1").open("/audit", query_string={"case": number})
    assert "与户籍系统核对" in audit.words
    assert NUMBER not in audit.raw


def test_a_member_of_the_household_can_be_asked_for_too(town):
    number = town.up_to("village_review")
    clerk = town.person(TOWNSHIP)
    asked = clerk.open(f"/cases/{number}/reveal")

    shown = clerk.press("查看", page=asked, path="apply.members.0.identity", reason="核对配偶身份")

    assert MEMBER in shown.words


def test_without_a_reason_nothing_is_shown_and_the_choice_stays(town):
    number = town.up_to("village_review")
    clerk = town.person(TOWNSHIP)
    asked = clerk.open(f"/cases/{number}/reveal")

    refused = clerk.press("查看", page=asked, path="apply.phone", reason="看")

    assert refused.status == 422
    assert "reveal-reason" in refused.errors
    assert refused.typed("path") == ["apply.phone"]
    assert PHONE not in refused.raw


def test_what_is_not_sealed_cannot_be_asked_for(town):
    number = town.up_to("village_review")
    clerk = town.person(TOWNSHIP)
    token = clerk.open(f"/cases/{number}/reveal").token

    for path in (
        "apply.head_name",
        "apply",
        "subject",
        "",
        "apply.members.9.identity",
        "__class__",
        "case.number",
    ):
        data = {"path": path, "reason": "试一试看看", "csrf_token": token}
        answer = clerk.ask("POST", f"/cases/{number}/reveal", data=data)
        assert answer.status_code == 422, path


def test_the_same_number_sent_back_masked_stays_the_number_it_is(town):
    number = town.up_to("household_check")
    town.do(number, "household_check", "check_true")
    cadre = town.person(CADRE)
    page = cadre.open(f"/cases/{number}/reveal")

    shown = cadre.press("查看", page=page, path="apply.head_identity", reason="与申请表核对")

    assert NUMBER in shown.words
    assert town.person(HOUSEHOLD).case(number).status == 200
