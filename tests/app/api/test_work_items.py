"""Acting on items over JSON: what each action does, what is refused and how."""

import pytest

from tests.app.office import (
    BUREAU,
    CADRE,
    CLERK,
    ELSEWHERE,
    HOUSEHOLD,
    NEIGHBOUR,
    OTHER_CADRE,
    SUPERVISOR,
)


@pytest.fixture
def at_check(office):
    """A case at 入户核实: the office and its open item."""
    number = office.start()
    return office, office.item(number)["id"], number


@pytest.fixture
def one_at_check(one_office):
    number = one_office.start()
    return one_office, one_office.item(number)["id"], number


def test_an_item_waits_for_whoever_holds_its_role_in_its_unit(one_at_check):
    office, item_id, _ = one_at_check

    def waiting(username):
        return [item["id"] for item in office.program(username).get("/work-items").json["items"]]

    assert waiting(CADRE) == waiting(OTHER_CADRE) == [item_id]
    assert waiting(ELSEWHERE) == waiting(CLERK) == waiting(HOUSEHOLD) == []


def test_an_item_shows_its_form_its_limit_and_what_may_be_done(one_at_check):
    office, item_id, number = one_at_check

    item = office.program(CADRE).get(f"/work-items/{item_id}").json

    assert (item["case"], item["step"], item["name"]) == (number, "household_check", "入户核实")
    assert (item["role"], item["unit"]) == ("village_committee", "折家梁村村民委员会")
    assert item["form"]["type"] == "default"
    may = ["claim", "save", "complete", "send-back", "transfer", "delegate", "add-signer", "remind"]
    assert item["may"] == may
    assert [way["step"] for way in item["ways_back"]] == ["apply"]
    assert (item["lamp"], item["revision"], item["round"]) == ("green", 1, 1)
    assert item["basis"].startswith("000_ad920af171c7151f.txt｜")


def test_the_lamp_turns_yellow_near_the_limit_and_red_past_it(one_at_check):
    office, item_id, _ = one_at_check
    program = office.program(CADRE)
    lamps = []

    for days in (0, 6, 3):
        office.clock.advance(days=days)
        item = program.get(f"/work-items/{item_id}").json
        lamps.append((item["lamp"], item["lamp_words"]))

    assert [colour for colour, _ in lamps] == ["green", "yellow", "red"]
    assert lamps[2][1].startswith("已超期")


def test_claiming_shows_colleagues_who_is_on_it_and_releasing_gives_it_back(at_check):
    office, item_id, _ = at_check
    mine, colleague = office.program(CADRE), office.program(OTHER_CADRE)

    claimed = mine.act(item_id, "claim").json
    assert (claimed["assignee"], claimed["state"]) == ("折海军", "claimed")
    assert colleague.get(f"/work-items/{item_id}").json["may"] == ["remind"]
    assert colleague.act(item_id, "complete", answers={}, revision=2).status_code == 403

    released = mine.act(item_id, "release").json
    assert (released["assignee"], released["state"]) == (None, "offered")
    assert "complete" in colleague.get(f"/work-items/{item_id}").json["may"]


def test_a_draft_is_kept_as_typed_and_shown_masked(at_check):
    office, item_id, _ = at_check
    program = office.program(CADRE)

    saved = program.act(item_id, "save", answers={"visitors": "折海军", "food": ""}, revision=1)

    assert saved.status_code == 200
    assert saved.json["answers"]["visitors"] == "折海军"
    assert saved.json["revision"] == 2
    assert program.get(f"/work-items/{item_id}").json["answers"]["visitors"] == "折海军"


def test_a_stale_revision_is_refused_and_nothing_is_lost(at_check):
    office, item_id, _ = at_check
    program = office.program(CADRE)
    program.act(item_id, "save", answers={"visitors": "折海军"}, revision=1)

    stale = program.act(item_id, "save", answers={"visitors": "贺丽霞"}, revision=1)

    assert (stale.status_code, stale.json["code"]) == (409, "work_item.stale")
    assert program.get(f"/work-items/{item_id}").json["answers"]["visitors"] == "折海军"


@pytest.mark.parametrize("action", ["complete", "save", "send-back", "transfer"])
def test_without_a_revision_the_field_is_named(one_at_check, action):
    office, item_id, _ = one_at_check

    answer = office.program(CADRE).act(item_id, action, answers={})

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["revision"]


def test_answers_that_do_not_pass_are_named_field_by_field_and_the_case_stays(at_check):
    office, item_id, number = at_check

    answer = office.program(CADRE).act(item_id, "complete", answers={"conclusion": "属实"}, revision=1)

    assert answer.status_code == 422
    assert {"visited_on", "visitors"} <= set(answer.json["errors"])
    assert all(sentence for sentence in answer.json["errors"].values())
    assert office.item(number)["id"] == item_id


def test_whoever_is_second_reads_who_was_faster_and_when(at_check):
    office, item_id, number = at_check
    assert office.take(number).status_code == 200

    late = office.program(OTHER_CADRE)
    answer = late.act(item_id, "complete", answers=office.answers(late, "check_true"), revision=1)

    assert (answer.status_code, answer.json["code"]) == (409, "work_item.already_done")
    assert "折海军" in answer.json["detail"]


def test_completing_answers_where_the_case_stands_now(at_check):
    office, _, number = at_check

    done = office.take(number).json

    assert (done["state"], done["done_by"], done["conclusion"]) == ("done", "折海军", "属实")
    assert done["may"] == []
    assert [item["step"] for item in done["case_now"]["open_items"]] == ["village_review"]


@pytest.mark.parametrize(
    ("username", "status"),
    [
        (ELSEWHERE, 403),
        (CLERK, 403),
        (BUREAU, 403),
        (HOUSEHOLD, 403),
        (NEIGHBOUR, 403),
        ("audit-officer", 403),
    ],
)
def test_nobody_else_completes_an_item(one_at_check, username, status):
    office, item_id, number = one_at_check

    answer = office.program(username).act(item_id, "complete", answers={}, revision=1)

    assert answer.status_code == status
    assert office.item(number)["state"] == "offered"


@pytest.mark.parametrize("username", [ELSEWHERE, CLERK, HOUSEHOLD, NEIGHBOUR])
def test_an_item_of_others_is_not_shown(one_at_check, username):
    office, item_id, _ = one_at_check

    answer = office.program(username).get(f"/work-items/{item_id}")

    assert (answer.status_code, answer.json["code"]) == (404, "work_item.unknown")


def test_the_township_sends_a_case_back_with_its_reason(office):
    number = office.start()
    item = office.until(number, "township_review")
    program = office.program(CLERK)
    assert "send-back" in program.get(f"/work-items/{item['id']}").json["may"]

    silent = program.act(item["id"], "send-back", revision=1)
    assert (silent.status_code, list(silent.json["errors"])) == (422, ["reason"])
    answer = program.act(item["id"], "send-back", reason="请补充保险赔付情况。", revision=1)

    assert answer.status_code == 200
    back = office.item(number)
    assert (back["step"], back["round"]) == ("household_check", 2)
    entry = next(one for one in office.case(number)["history"] if one["step"] == "township_review")
    assert entry["opinion"] == "请补充保险赔付情况。"


def test_a_step_whose_diagram_draws_no_return_goes_back_to_the_step_before(one_at_check):
    office, item_id, _ = one_at_check

    answer = office.program(CADRE).act(item_id, "send-back", reason="申请内容不全。", revision=1).json

    assert answer["conclusion"] == "退回"
    assert [item["step"] for item in answer["case_now"]["open_items"]] == ["apply"]


def test_only_a_step_that_was_executed_is_sent_back_to(one_at_check):
    office, item_id, _ = one_at_check
    program = office.program(CADRE)

    answer = program.act(item_id, "send-back", to="county_decision", reason="不想办。", revision=1)

    assert (answer.status_code, answer.json["code"]) == (422, "work_item.no_such_return")
    assert list(answer.json["errors"]) == ["to"]


def test_what_one_did_is_taken_back_and_open_again_with_what_was_filled_in(at_check):
    office, item_id, number = at_check
    office.take(number)

    taken = office.program(CADRE).act(item_id, "withdraw", reason="填错了。").json

    assert taken["state"] == "taken_back"
    [again] = taken["case_now"]["open_items"]
    assert (again["step"], again["round"], again["assignee"]) == ("household_check", 1, "折海军")
    seen = office.program(CADRE).get(f"/work-items/{again['id']}").json
    assert seen["answers"]["conclusion"] == "属实"


def test_the_household_mends_its_application_and_it_goes_straight_back(at_check):
    office, item_id, number = at_check
    sent = {"to": "apply", "straight": True, "reason": "申请内容不全。", "revision": 1}
    office.program(CADRE).act(item_id, "send-back", **sent)
    mine, item = office.program(HOUSEHOLD), office.item(number)

    answer = mine.act(item["id"], "complete", answers=office.application(), revision=1)

    assert answer.status_code == 200, answer.text
    assert (office.item(number)["step"], office.item(number)["assignee"]) == ("household_check", None)


def test_a_colleague_fills_in_and_gives_back(at_check):
    office, item_id, number = at_check
    mine, colleague = office.program(CADRE), office.program(OTHER_CADRE)
    asked = mine.act(item_id, "delegate", to=OTHER_CADRE, reason="请先去看看。", revision=1).json
    aside = next(item for item in asked["case_now"]["open_items"] if item["kind"] == "delegated")

    early = mine.act(item_id, "complete", answers={}, revision=asked["revision"])
    assert (early.status_code, early.json["code"]) == (409, "work_item.waits_for_others")
    assert colleague.get(f"/work-items/{aside['id']}").json["asked_by"] == "折海军"
    given = colleague.act(aside["id"], "complete", answers={"opinion": "看过了。"}, revision=1)

    assert given.status_code == 200
    assert mine.get(f"/work-items/{item_id}").json["answers"]["opinion"] == "看过了。"
    assert office.item(number)["id"] == item_id


def test_a_signer_is_asked_signs_and_may_be_left_out(at_check):
    office, item_id, number = at_check
    mine = office.program(CADRE)
    asked = mine.act(item_id, "add-signer", to=[CLERK, BUREAU], reason="请把关。", revision=1).json
    first, second = (each for each in asked["case_now"]["open_items"] if each["kind"] == "before")

    signed = office.program(CLERK).act(
        first["id"], "complete", answers={"conclusion": "同意", "opinion": "属实。"}, revision=1
    )
    assert signed.json["conclusion"] == "同意"
    assert mine.act(second["id"], "remove-signer", reason="不必了。").json["state"] == "withdrawn"

    assert [one["id"] for one in office.program(CADRE).get("/work-items").json["items"]] == [item_id]
    assert office.item(number)["state"] == "claimed"


def test_an_item_is_handed_to_a_colleague_by_number_or_by_name(at_check):
    office, item_id, _ = at_check
    mine = office.program(CADRE)
    [colleague] = mine.get(f"/work-items/{item_id}").json["colleagues"]

    handed = mine.act(item_id, "transfer", to=colleague["id"], reason="出差。", revision=1)
    assert handed.json["assignee"] == "贺丽霞"
    back = office.program(OTHER_CADRE).act(item_id, "transfer", to=CADRE, reason="他回来了。", revision=2)

    assert (back.status_code, back.json["assignee"]) == (200, "折海军")


@pytest.mark.parametrize("to", [None, 0, 999_999, CLERK, "nobody", CADRE])
def test_an_item_is_handed_to_nobody_outside_its_unit(one_at_check, to):
    office, item_id, _ = one_at_check

    answer = office.program(CADRE).act(item_id, "transfer", to=to, reason="出差。", revision=1)

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["to"])


def test_nobody_takes_back_what_is_not_theirs(one_at_check):
    office, item_id, _ = one_at_check

    answer = office.program(CADRE).act(item_id, "withdraw", reason="填错了。")

    assert (answer.status_code, answer.json["code"]) == (403, "work_item.not_yours")


def test_an_action_nobody_knows_is_not_found(one_at_check):
    office, item_id, _ = one_at_check

    answer = office.program(CADRE).act(item_id, "burn", revision=1)

    assert (answer.status_code, answer.json["code"]) == (404, "work_item.unknown_action")


def test_work_is_narrowed_by_procedure_words_and_limit_and_paged(one_office):
    for number in range(3):
        one_office.start(number=number)
    program = one_office.program(CADRE)

    def found(query):
        return [item["subject"] for item in program.get(f"/work-items?{query}").json["items"]]

    assert len(found("")) == 3
    assert found("q=张建国") == ["张建国"]
    assert found("procedure=fp_08_ds") == []
    assert found("due_before=2026-03-16") == []
    assert len(found("due_before=2026-04-01T00:00:00%2B08:00")) == 3
    first = program.get("/work-items?limit=2").json
    rest = program.get(f"/work-items?limit=2&cursor={first['next']}").json
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]


def test_what_was_done_is_listed_newest_first(one_office):
    number = one_office.start()
    one_office.until(number, "publicity")

    done = one_office.program(CADRE).get("/work-items?state=done").json["items"]

    assert [item["step"] for item in done] == ["village_review", "household_check"]
    assert done[0]["conclusion"] == "通过"


def test_a_household_reminds_once_a_day_and_its_village_reads_it(at_check):
    office, item_id, number = at_check
    household = office.program(HOUSEHOLD)

    reminded = household.act(item_id, "remind", reason="请早日入户。")
    again = household.act(item_id, "remind")
    by_others = office.program(SUPERVISOR).act(item_id, "remind")

    assert reminded.status_code == 200
    assert (again.status_code, again.json["code"]) == (409, "work_item.reminded_today")
    assert by_others.status_code == 409
    entry = office.case(number)["history"][-1]
    assert (entry["kind"], entry["name"], entry["opinion"]) == ("remind", "催办（入户核实）", "请早日入户。")
    office.pass_days(1)
    assert "请尽快办理" in office.browser(CADRE).get("/messages").text
    assert household.act(item_id, "remind").status_code == 200


def test_nobody_reminds_themselves_nor_of_strangers_cases_nor_of_what_is_done(one_at_check):
    office, item_id, number = one_at_check
    cadre = office.program(CADRE)
    cadre.act(item_id, "claim")

    assert cadre.act(item_id, "remind").json["code"] == "work_item.own_work"
    assert "remind" not in cadre.get(f"/work-items/{item_id}").json["may"]
    assert office.program(NEIGHBOUR).act(item_id, "remind").status_code == 404
    office.take(number)
    assert office.program(HOUSEHOLD).act(item_id, "remind").json["code"] == "work_item.already_done"
