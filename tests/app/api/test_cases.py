"""The main journey over JSON, as a program of another office would drive it."""

import pytest

from app.security import demo
from tests.app.office import (
    ANSWERS,
    BUREAU,
    CADRE,
    CLERK,
    ELSEWHERE,
    HOUSEHOLD,
    NEIGHBOUR,
    SUPERVISOR,
    VILLAGE,
)


def test_a_household_applies_and_the_district_takes_it_into_the_register(office):
    number = office.start()

    case = office.to_the_end(number)

    assert (case["state"], case["outcome"]) == ("ended", "已纳入监测")
    taken = [(entry["name"], entry["unit"]) for entry in case["history"] if entry["kind"] == "task"]
    assert taken == [
        ("提交申请", "折家梁村村民委员会"),
        ("入户核实", "折家梁村村民委员会"),
        ("村评议公示（评议）", "折家梁村村民委员会"),
        ("村评议公示（公示）", "折家梁村村民委员会"),
        ("镇（街道）审核", "泊尔江海子镇人民政府"),
        ("区级比对审定", "东胜区乡村振兴局"),
    ]
    [row] = office.program(BUREAU).get("/registers/warning_ledger").json["items"]
    assert (row["subject"], row["status"], row["case"]) == ("王秀兰", "监测中", number)
    assert [event["event"] for event in row["history"]] == ["识别"]


def test_a_new_case_is_answered_whole_with_its_address(office):
    sent = {"procedure": "fp_01_ds", "division": VILLAGE, "answers": office.application()}

    answer = office.program(HOUSEHOLD).post("/cases", sent)

    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Location"] == f"/api/v1/cases/{answer.json['number']}"
    assert answer.json["procedure"] == "fp_01_ds"
    assert (answer.json["version"], answer.json["division"]) == (1, VILLAGE)
    assert (answer.json["state"], answer.json["outcome"]) == ("running", None)
    assert [item["step"] for item in answer.json["open_items"]] == ["household_check"]
    assert [entry["step"] for entry in answer.json["history"]] == ["start", "apply"]


def test_a_cadre_starts_a_case_for_a_household(office):
    number = office.start(by=CADRE, source="干部走访排查", found_on="2026-03-10", found_by="折海军")

    assert office.case(number, by=CADRE)["started_by"] == "折海军"


def test_identity_numbers_never_leave_the_office_plain(office):
    number = office.start()
    identity = demo.households()[0].identity

    for path in (f"/cases/{number}", "/cases", "/audit", "/work-items"):
        for who in (HOUSEHOLD, CADRE, SUPERVISOR):
            assert identity not in office.program(who).get(path).text
    case = office.case(number)
    assert case["variables"]["apply"]["head_identity"] == "150602********1228"
    assert case["subject"]["identity"] == "150602********1228"


def test_a_wrong_identity_number_is_named_beside_its_field(one_office):
    sent = {
        "procedure": "fp_01_ds",
        "division": VILLAGE,
        "answers": one_office.application(head_identity="150602196805121229"),
    }

    answer = one_office.program(HOUSEHOLD).post("/cases", sent)

    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert list(answer.json["errors"]) == ["head_identity"]


def test_a_case_outside_the_procedures_locality_is_refused(one_office):
    sent = {"procedure": "fp_01_ds", "division": "141123209200", "answers": one_office.application()}

    answer = one_office.program(HOUSEHOLD).post("/cases", sent)

    assert (answer.status_code, answer.json["code"]) == (403, "procedure.may_not_start")


def test_an_unknown_village_of_the_own_district_is_refused_beside_the_field(one_office):
    sent = {"procedure": "fp_01_ds", "division": "150602100999", "answers": one_office.application()}

    answer = one_office.program(CADRE).post("/cases", sent)

    assert answer.status_code in {403, 422}


def test_an_unknown_procedure_is_not_found(one_office):
    answer = one_office.program(HOUSEHOLD).post("/cases", {"procedure": "fp_99", "division": VILLAGE})

    assert (answer.status_code, answer.json["code"]) == (404, "procedure.unknown")


def test_who_has_a_running_case_starts_no_second_one(office):
    office.start()
    sent = {"procedure": "fp_01_ds", "division": VILLAGE, "answers": office.application()}

    answer = office.program(CADRE).post("/cases", sent)

    assert (answer.status_code, answer.json["code"]) == (409, "case.already_running")


@pytest.mark.parametrize(
    ("username", "status"),
    [
        (HOUSEHOLD, 200),
        (CADRE, 200),
        (CLERK, 200),
        (BUREAU, 200),
        (SUPERVISOR, 200),
        (NEIGHBOUR, 404),
        (ELSEWHERE, 404),
        ("hantai-clerk1", 404),
        ("dongsheng-civil-affairs1", 404),
        ("audit-officer", 403),
    ],
)
def test_a_case_is_read_by_those_above_its_village_and_who_applied(one_office, username, status):
    number = one_office.start()

    assert one_office.program(username).get(f"/cases/{number}").status_code == status


def test_cases_are_listed_page_by_page_each_once(one_office):
    numbers = [one_office.start(number=each) for each in range(3)]
    program, seen, cursor = one_office.program(CADRE), [], ""

    while cursor is not None:
        page = program.get(f"/cases?limit=2&cursor={cursor}").json
        seen += [case["number"] for case in page["items"]]
        cursor = page["next"]

    assert seen == numbers[::-1]


def test_cases_are_narrowed_by_state_procedure_and_words(one_office):
    number = one_office.start()
    other = one_office.start(number=1)
    program = one_office.program(BUREAU)

    def found(query):
        return [case["number"] for case in program.get(f"/cases?{query}").json["items"]]

    assert found("state=running&procedure=fp_01_ds") == [other, number]
    assert found("state=ended") == []
    assert found("q=王秀兰") == [number]
    assert found("q=%25") == []


def test_an_opinion_beside_the_answers_fills_the_forms_own_field(one_office):
    number = one_office.start()
    one_office.until(number, "township_review")
    item = one_office.item(number)
    program = one_office.program(CLERK)
    answers = one_office.answers(program, "township_passed")

    program.act(item["id"], "complete", answers=answers, opinion="材料齐全。", revision=1)

    entry = next(one for one in one_office.case(number)["history"] if one["step"] == "township_review")
    assert (entry["opinion"], entry["conclusion"]) == ("材料齐全。", ANSWERS["township_passed"]["conclusion"])


def test_an_objection_sends_the_case_back_to_the_house_and_a_second_notice_follows(office):
    number = office.start()
    office.until(number, "publicity")
    office.take(number)
    [notice] = office.stranger().get("/notices").json["items"]
    sent = {"name": "李四", "phone": "13847700009", "reason": "该户在城里有两套房子。"}

    answer = office.stranger().post(f"/notices/{notice['id']}/objections", sent)

    assert answer.status_code == 201
    assert answer.json["notice"]["state"] == "stopped"
    again = office.item(number)
    assert (again["step"], again["round"]) == ("household_check", 2)
    case = office.case(number, by=HOUSEHOLD)
    assert "李四" not in str(case)
    objected = next(entry for entry in case["history"] if entry["kind"] == "message")
    assert objected["opinion"] == "该户在城里有两套房子。"
