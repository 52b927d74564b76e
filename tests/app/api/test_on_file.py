"""What is on file, over JSON: shown with source and date, kept when untouched, changed with a reason only."""

import tomllib

import pytest
from sqlalchemy import text

from tests.app.office import CADRE, CLERK, HOUSEHOLD, ROOT, VILLAGE, Office, furnished
from tests.tampering import open_up
from workflows import worker

SAID = tomllib.loads((ROOT / "bpmn" / "fp_03_ds" / "scenarios.toml").read_text())["answers"]
PHONE = "13847700001"


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request, copied, tmp_path, clock):
    office = Office(copied(request.param, furnished, ("fp_01_ds", "fp_03_ds")), tmp_path / "data", clock)
    yield office
    office.close()


@pytest.fixture
def handed(office):
    """A clue that was found to be one: the office, the clue's case and the open item of the application."""
    program = office.program(CADRE)
    clue = {**SAID["clue"], "source": "干部走访排查", "head_identity": office.application()["head_identity"]}
    sent = {"procedure": "fp_03_ds", "division": VILLAGE, "answers": clue}
    number = program.post("/cases", sent).json["number"]
    item = office.item(number)
    clerk = office.program(CLERK)
    taken = clerk.act(item["id"], "complete", answers=SAID["handed"], revision=1)
    assert taken.status_code == 200, taken.text
    worker.drain(office.executor)
    [begun] = [one for one in program.get("/cases").json["items"] if one["parent"] == number]
    return office, number, office.item(begun["number"])["id"], begun["number"]


def applied(office, **over):
    own = {
        "phone": PHONE,
        "head_name": "王三",
        "source": "干部走访排查",
        "risk_reasons": SAID["clue"]["risk_factors"],
    }
    found = {"found_on": "2026-03-01", "found_by": "赵五", "risk_statement": SAID["clue"]["risk_point"]}
    answers = office.application(**{**own, **found, **over})
    answers.pop("channel")
    return answers


def test_a_clue_fills_the_application_it_led_to(handed):
    office, clue, item_id, _ = handed

    item = office.program(CADRE).get(f"/work-items/{item_id}").json

    assert item["on_file"]["head_name"] == {
        "value": "王三",
        "source": f"办件 {clue} 登记线索",
        "date": office.clock.now().date().isoformat(),
    }
    assert item["on_file"]["phone"]["value"] == "138****0001"
    assert item["on_file"]["risk_reasons"]["value"] == ["因灾", "收入大幅缩减"]
    assert item["on_file"]["risk_statement"]["value"] == SAID["clue"]["risk_point"]
    assert PHONE not in str(item)


def test_what_is_on_file_may_be_sent_back_by_its_mask(handed):
    office, _, item_id, number = handed
    item = office.program(CADRE).get(f"/work-items/{item_id}").json
    masks = {key: item["on_file"][key]["value"] for key in ("phone", "head_identity")}

    done = office.program(CADRE).act(
        item_id, "complete", answers=applied(office, **masks), revision=item["revision"]
    )

    assert done.status_code == 200, done.text
    history = office.case(number)["history"]
    assert "_corrections" not in str(history)
    assert history[-1]["answers"]["phone"] == "138****0001"


def test_a_change_without_a_reason_is_refused_beside_its_field_and_with_one_kept(handed):
    office, clue, item_id, number = handed
    program = office.program(CADRE)
    changed = applied(office, phone="13900001111", head_name="王三宝")

    bare = program.act(item_id, "complete", answers=changed, revision=1)
    one = program.act(item_id, "complete", answers=changed, corrections={"phone": "换了号码"}, revision=1)
    both = {"phone": "换了号码", "head_name": "身份证上是三个字"}
    done = program.act(item_id, "complete", answers=changed, corrections=both, revision=1)

    assert bare.status_code == one.status_code == 422
    assert set(bare.json["errors"]) == {"phone", "head_name"}
    assert set(one.json["errors"]) == {"head_name"}
    assert "138****0001" in bare.json["errors"]["phone"]
    assert done.status_code == 200, done.text
    kept = office.case(number)["history"][-1]["answers"]["_corrections"]
    assert kept["phone"] == {
        "reason": "换了号码",
        "was": "138****0001",
        "source": f"办件 {clue} 登记线索",
        "on": office.clock.now().date().isoformat(),
    }
    assert kept["head_name"]["was"] == "王三"
    assert "_corrections" not in office.case(number)["variables"]["apply"]


def test_a_correction_is_part_of_the_hashed_record(handed):
    office, _, item_id, number = handed
    program = office.program(CADRE)
    changed = applied(office, head_name="王三宝")

    program.act(item_id, "complete", answers=changed, corrections={"head_name": "写错了"}, revision=1)

    assert _sound(office, number)
    _forge(office, "写错了", "没有写错")
    assert not _sound(office, number)


def _sound(office, number):
    answer = office.program("audit-officer").get(f"/audit/verify?case={number}")
    if answer.status_code != 200:
        answer = office.program("audit-officer").get("/audit/verify")
    return answer.json["sound"]


def _forge(office, was, now):
    with office.executor.database.engine.begin() as connection:
        open_up(connection)
        connection.execute(
            text("UPDATE step_record SET answers = REPLACE(answers, :was, :now)"), {"was": was, "now": now}
        )


def test_a_draft_keeps_what_stood_sealed_and_the_reasons_given(handed):
    office, _, item_id, _ = handed
    program = office.program(CADRE)
    mask = program.get(f"/work-items/{item_id}").json["on_file"]["phone"]["value"]
    said = {"phone": mask, "head_name": "王三宝"}

    saved = program.act(item_id, "save", answers=said, corrections={"head_name": "写错了"}, revision=1)
    revision = saved.json["revision"]
    given = applied(office, phone=mask, head_name="王三宝")
    refused = program.act(item_id, "complete", answers=given, revision=revision)
    done = program.act(
        item_id, "complete", answers=given, corrections={"head_name": "写错了"}, revision=revision
    )

    assert saved.json["answers"]["_corrections"] == {"head_name": "写错了"}
    assert saved.json["answers"]["phone"] == mask
    assert set(refused.json["errors"]) == {"head_name"}
    assert done.status_code == 200, done.text


def test_a_later_step_has_what_an_earlier_one_corrected(handed):
    office, _, item_id, _ = handed
    program = office.program(CADRE)
    changed = applied(office, head_name="王三宝")
    program.act(item_id, "complete", answers=changed, corrections={"head_name": "写错了"}, revision=1)
    again = {**SAID["clue"], "source": "干部走访排查", "head_name": "王三宝", "found_on": "2026-03-02"}

    answer = program.post(
        "/cases",
        {
            "procedure": "fp_03_ds",
            "division": VILLAGE,
            "answers": {**again, "head_identity": changed["head_identity"]},
        },
    )

    assert answer.status_code == 201, answer.text


def test_a_step_that_was_taken_back_is_no_source_any_more(handed):
    office, clue, item_id, number = handed
    program = office.program(CADRE)
    changed = applied(office, head_name="王三宝")
    program.act(item_id, "complete", answers=changed, corrections={"head_name": "写错了"}, revision=1)

    back = program.act(item_id, "withdraw", reason="写错了人，撤回重填。")

    assert back.status_code == 200, back.text
    again = program.get(f"/work-items/{office.item(number)['id']}").json["on_file"]["head_name"]
    assert (again["value"], again["source"]) == ("王三", f"办件 {clue} 登记线索")


def test_a_start_that_differs_from_the_file_needs_a_reason_too(office):
    office.to_the_end(office.start(CADRE))
    sent = {"procedure": "fp_01_ds", "division": VILLAGE, "answers": office.application(address="新村5号")}

    bare = office.program(CADRE).post("/cases", sent)
    told = office.program(CADRE).post("/cases", {**sent, "corrections": {"address": "去年搬的家"}})

    assert bare.status_code == 422
    assert set(bare.json["errors"]) == {"address"}
    assert told.status_code == 201, told.text


def test_a_household_is_asked_in_friendlier_words(office):
    office.to_the_end(office.start(HOUSEHOLD))
    sent = {"procedure": "fp_01_ds", "division": VILLAGE, "answers": office.application(address="新村5号")}

    bare = office.program(HOUSEHOLD).post("/cases", sent)

    assert bare.json["errors"]["address"].startswith("您改了住址")


def test_a_start_for_a_picked_household_takes_its_masks(office):
    number = office.start(CADRE)
    office.to_the_end(number)
    answers = office.application(head_identity="150602********0011", phone="138****0001")
    seen = office.case(number)["variables"]["apply"]
    answers |= {"head_identity": seen["head_identity"], "phone": seen["phone"]}
    sent = {"procedure": "fp_01_ds", "division": VILLAGE, "answers": answers}

    alone = office.program(CADRE).post("/cases", sent)
    picked = office.program(CADRE).post("/cases", {**sent, "subject": {"on_file": number}})

    assert set(alone.json["errors"]) == {"head_identity", "phone"}
    assert picked.status_code == 201, picked.text


@pytest.mark.parametrize("corrections", [["写错"], "写错", {"head_name": 3}])
def test_reasons_that_are_no_reasons_are_refused(handed, corrections):
    office, _, item_id, _ = handed
    changed = applied(office, head_name="王三宝")

    answer = office.program(CADRE).act(
        item_id, "complete", answers=changed, corrections=corrections, revision=1
    )

    assert answer.status_code == 422
