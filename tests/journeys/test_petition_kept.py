"""A petition is not shown to whom it complains of, by any way into the office, and is handled by others."""

import pytest

from app.organisation.queries import account_named
from tests.bpmn.artefacts import scenarios
from tests.journeys.driven import Driven
from workflows import worker

PETITIONER, PHONE, TITLE = "萨仁高娃", "13847000001", "反映公益岗位安排问题"
BUREAU, RVB, WELFARE, LABOUR = (
    "ewenke-petition1",
    "ewenke-rvb1",
    "ewenke-civil-affairs1",
    "ewenke-human-resources1",
)
HEAD, SUPERVISOR = "chagannuoer-cadre1", "ewenke-supervisor1"
ANSWERS = scenarios("pt_01_ew")["answers"]
COMPLAINED = {"accused_people": [{"name": "涂志军"}], "accused_units": [{"unit": "旗民政局"}]}


@pytest.fixture
def driven(database_url, tmp_path, clock):
    made = Driven(database_url, tmp_path / "data", clock)
    made.publish("pt_01_ew", {})
    clock.set(clock.now().replace(year=2026, month=3, day=2, hour=2))
    yield made
    made.office.close()


def handed_in(driven, by=BUREAU, **changed):
    """A petition registered by someone of the bureau; gives its number."""
    answers = {**ANSWERS["receive"], **COMPLAINED, **changed}
    sent = {"procedure": "pt_01_ew", "division": "150724000000", "answers": answers}
    answer = driven.office.program(by).post("/cases", sent)
    assert answer.status_code == 201, answer.text
    return answer.json["number"]


def waiting(driven, number, by=BUREAU):
    [item] = driven.office.program(by).get(f"/cases/{number}").json["open_items"]
    return item


def done(driven, number, by, answers, teller=BUREAU):
    item = waiting(driven, number, teller)
    program = driven.office.program(by)
    revision = program.get(f"/work-items/{item['id']}").json["revision"]
    answer = program.act(item["id"], "complete", answers=answers, revision=revision)
    assert answer.status_code == 200, answer.text
    worker.drain(driven.office.executor)


def person(driven, username):
    with driven.office.executor.database.reading() as session:
        return account_named(session, username).person_id


def in_hand(driven):
    """A petition the labour bureau is looking into; gives its number."""
    number = handed_in(driven)
    done(driven, number, BUREAU, ANSWERS["accept"])
    done(driven, number, BUREAU, ANSWERS["analyse"])
    return number


def seen_by(driven, username, number):
    """Everything the office shows an account about anything: each list, page and address it could try."""
    program, browser = driven.office.program(username), driven.office.browser(username)
    item = waiting(driven, number)["id"]
    calls = ["/cases", f"/cases?q={TITLE}", "/work-items?state=open", "/work-items?state=done", "/registers"]
    calls += [
        f"/cases/{number}",
        f"/work-items/{item}",
        "/registers/petitions_ew",
        "/registers/petitions_ew/1",
    ]
    calls += ["/audit", f"/audit?case={number}", f"/registers/petitions_ew?q={PETITIONER}"]
    pages = [
        "/",
        "/cases",
        "/done",
        "/started",
        "/messages",
        "/registers",
        "/registers/petitions_ew",
        "/audit",
    ]
    pages += [f"/cases/{number}", f"/items/{item}", "/papers/1", "/registers/petitions_ew/1", "/notices"]
    told = [program.get(path).text for path in calls] + [browser.get(path).text for path in pages]
    return "\n".join(text.replace(f"q={PETITIONER}", "") for text in told)


@pytest.mark.parametrize("username", [RVB, WELFARE])
def test_neither_list_item_case_row_message_nor_audit_shows_a_petition_to_whom_it_complains_of(
    driven, username
):
    number = in_hand(driven)

    shown = seen_by(driven, username, number)

    for word in (number, TITLE, PHONE, ANSWERS["receive"]["content"]):
        assert word not in shown
    assert PETITIONER not in shown.replace(f'value="{PETITIONER}"', "")


@pytest.mark.parametrize("username", [HEAD, "ewenke-finance1", "huisumu-clerk1"])
def test_nor_does_the_rest_of_the_county_learn_of_it(driven, username):
    number = in_hand(driven)

    shown = seen_by(driven, username, number)

    assert number not in shown
    assert PETITIONER not in shown.replace(f'value="{PETITIONER}"', "")


def test_no_word_of_it_finds_it_for_whom_it_complains_of(driven):
    number = in_hand(driven)

    for typed in (TITLE, PETITIONER, number, ANSWERS["receive"]["content"][:8]):
        found = {
            username: [
                line["number"]
                for line in driven.office.program(username)
                .get("/cases", query_string={"q": typed})
                .json["items"]
            ]
            for username in (BUREAU, LABOUR, RVB, WELFARE, HEAD)
        }
        assert found == {BUREAU: [number], LABOUR: [number], RVB: [], WELFARE: [], HEAD: []}, typed


def test_whoever_handles_it_sees_it(driven):
    number = in_hand(driven)

    for username in (BUREAU, LABOUR):
        assert driven.office.program(username).get(f"/cases/{number}").status_code == 200


def test_it_is_taken_up_by_the_unit_that_is_not_complained_of(driven):
    complained = handed_in(driven)
    plain = handed_in(driven, title="反映道路养护", accused_people=[], accused_units=[])

    assert waiting(driven, complained)["unit"] == "鄂温克族自治旗信访局"
    assert waiting(driven, plain)["unit"] == "鄂温克族自治旗乡村振兴局"


def test_where_both_units_are_complained_of_it_goes_up(driven):
    number = handed_in(driven, accused_units=[{"unit": "旗信访局"}])

    case = driven.office.program(BUREAU).get(f"/cases/{number}").json

    assert (case["state"], case["outcome"]) == ("ended", "转上级机关办理")


def test_the_bureau_complained_of_cannot_be_asked_to_look_into_it(driven):
    number = handed_in(driven)
    done(driven, number, BUREAU, ANSWERS["accept"])
    item = waiting(driven, number)

    answer = driven.office.program(BUREAU).act(
        item["id"], "complete", answers={**ANSWERS["analyse"], "handler": "民政局"}, revision=1
    )

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["handler"]


def test_a_colleague_complained_of_neither_sees_acts_on_nor_is_handed_it(driven):
    driven.publish(
        "pt_01_ew",
        {"withhold_units_of_accused": False, "accepting_units": ["petition_bureau", "county_rvb"]},
    )
    number = handed_in(driven, accused_people=[{"name": "王海燕"}])
    item = waiting(driven, number)
    colleague, holder = driven.office.program("ewenke-petition2"), driven.office.program(BUREAU)

    assert item["unit"] == "鄂温克族自治旗信访局"
    assert number not in seen_by(driven, "ewenke-petition2", number)
    for action in ("claim", "complete", "remind"):
        assert colleague.act(item["id"], action, answers=ANSWERS["accept"], revision=1).status_code == 404
    assert holder.act(item["id"], "claim", revision=1).status_code == 200
    to = person(driven, "ewenke-petition2")
    handed = holder.act(item["id"], "transfer", to=to, reason="请代办。", revision=2)
    assert handed.status_code == 422


def test_a_supervisor_complained_of_does_not_find_it_in_the_audit(driven):
    kept = handed_in(driven, accused_people=[{"name": "敏珠尔"}])
    other = handed_in(driven, title="反映道路养护", accused_people=[{"name": "涂志军"}])

    shown = driven.office.program(SUPERVISOR).get("/audit").text

    assert kept not in shown
    assert other in shown


def test_the_public_query_of_progress_tells_nothing_of_it(driven):
    number = in_hand(driven)

    page = driven.office.app.test_client()
    browser = driven.office.browser(BUREAU)
    asked = browser.post("/progress", page="/progress", number=number, last_four=PHONE[-4:])

    assert page.get("/progress").status_code == 200
    assert PETITIONER not in asked.text
    assert "办理" not in [line.strip() for line in asked.text.splitlines()]
