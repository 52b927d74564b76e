"""The same request twice under one idempotency key: one effect, one answer, byte for byte."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.app.office import CADRE, HOUSEHOLD, VILLAGE


@pytest.fixture
def application(office):
    return {"procedure": "fp_01_ds", "division": VILLAGE, "answers": office.application()}


def test_a_repeated_start_makes_one_case_and_gives_the_same_bytes(office, application):
    program = office.program(HOUSEHOLD)

    first = program.post("/cases", application, key="a-1")
    office.take(first.json["number"])
    second = program.post("/cases", application, key="a-1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.data == first.data
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert len(program.get("/cases").json["items"]) == 1


def test_the_same_key_with_other_content_is_refused(office, application):
    program = office.program(HOUSEHOLD)
    program.post("/cases", application, key="a-1")

    other = program.post("/cases", {**application, "opinion": "另一份"}, key="a-1")

    assert (other.status_code, other.json["code"]) == (409, "idempotency.key_reused")


def test_the_order_of_fields_makes_no_other_request(one_office):
    application = {"procedure": "fp_01_ds", "division": VILLAGE, "answers": one_office.application()}
    program = one_office.program(HOUSEHOLD)
    program.post("/cases", application, key="a-1")

    turned = program.post("/cases", dict(reversed(application.items())), key="a-1")

    assert turned.headers["Idempotent-Replayed"] == "true"


def test_keys_of_two_people_do_not_meet(one_office):
    one_office.start(number=1)
    number = one_office.start()
    item = one_office.item(number)["id"]

    claimed = one_office.program(CADRE).act(item, "claim", key="k")
    other = one_office.program(HOUSEHOLD).act(item, "remind", key="k")

    assert "Idempotent-Replayed" not in claimed.headers
    assert "Idempotent-Replayed" not in other.headers


def test_a_completion_is_repeated_without_effect_although_its_revision_is_old(office):
    number = office.start()
    item = office.item(number)["id"]
    program = office.program(CADRE)
    answers = office.answers(program, "check_true")

    first = program.act(item, "complete", answers=answers, revision=1, key="done-1")
    second = program.act(item, "complete", answers=answers, revision=1, key="done-1")

    assert first.status_code == 200
    assert second.data == first.data
    assert [entry["step"] for entry in office.case(number)["history"]] == [
        "start",
        "apply",
        "household_check",
    ]


def test_a_refusal_is_not_kept_so_the_key_may_be_used_once_it_is_mended(one_office):
    program = one_office.program(HOUSEHOLD)
    wrong = {"procedure": "fp_01_ds", "division": VILLAGE, "answers": {}}
    right = {**wrong, "answers": one_office.application()}

    assert program.post("/cases", wrong, key="a-1").status_code == 422
    assert program.post("/cases", right, key="a-1").status_code == 201


def test_a_repeated_upload_is_one_attachment(office):
    program = office.program(CADRE)

    first, second = program.upload(key="u-1"), program.upload(key="u-1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.data == first.data
    assert second.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("key", [" ", "x" * 256, "a\tb"])
def test_a_key_that_is_no_key_is_refused(one_office, key):
    answer = one_office.program(HOUSEHOLD).post(
        "/cases", {"procedure": "fp_01_ds", "division": VILLAGE}, headers={"Idempotency-Key": key}
    )

    assert (answer.status_code, answer.json["code"]) == (400, "idempotency.bad_key")


def test_eight_at_once_under_one_key_start_one_case(office, application):
    programs = [office.program(HOUSEHOLD) for _ in range(8)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: one.post("/cases", application, key="a-1"), programs))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert len(programs[0].get("/cases").json["items"]) == 1


def test_the_record_says_what_was_done_not_how_it_was_asked(one_office):
    program = one_office.program(HOUSEHOLD)
    sent = {"procedure": "fp_01_ds", "division": VILLAGE, "answers": one_office.application()}
    number = program.post("/cases", sent, key="a-1").json["number"]

    [entry] = one_office.program("audit-officer").get(f"/audit?case={number}").json["items"]

    assert (entry["command"], entry["deed"]) == ("StartCase", "发起办件")
