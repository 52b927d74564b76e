"""Actions on a case as a whole, and copies, over JSON."""

import pytest

from app.organisation.commands import GrantRole
from tests.app.handling.test_views import ABROAD, ADMIN, secrets
from tests.app.office import BUREAU, CADRE, CLERK, ELSEWHERE, HOUSEHOLD, NEIGHBOUR, SUPERVISOR
from workflows.commands import CONSOLE


@pytest.fixture
def at_check(office):
    return office, office.start()


@pytest.fixture
def one_at_check(one_office):
    return one_office, one_office.start()


def act(office, who, number, action, *, key=None, **sent):
    return office.program(who).post(f"/cases/{number}/{action}", sent, key=key)


def test_a_case_says_what_its_reader_may_do_with_it(one_at_check):
    office, number = one_at_check

    assert office.case(number, by=HOUSEHOLD)["may"] == ["cancel"]
    assert office.case(number, by=CADRE)["may"] == ["copy", "circulate"]
    assert office.case(number, by=BUREAU)["may"] == []
    assert office.program(ADMIN).get(f"/handling/{number}").json["may"] == ["cancel", "suspend", "jump"]


def test_suspended_and_resumed_limits_are_later_and_the_answers_name_nobody(at_check):
    office, number = at_check
    due = office.item(number)["due_at"]

    silent = act(office, ADMIN, number, "suspend", reason="")
    rests = act(office, ADMIN, number, "suspend", reason="等待上级批复")
    office.clock.advance(days=7)
    goes_on = act(office, ADMIN, number, "resume", reason="已批复")

    assert (silent.status_code, list(silent.json["errors"])) == (422, ["reason"])
    assert (rests.json["state"], rests.json["may"]) == ("suspended", ["cancel", "resume"])
    assert rests.json["open_items"][0]["lamp_words"] == "暂停计时"
    assert (goes_on.json["state"], goes_on.json["suspended_at"]) == ("running", None)
    assert office.item(number)["due_at"] > due
    for answer in (rests, goes_on, office.program(ADMIN).get(f"/handling/{number}")):
        assert not [secret for secret in secrets(office, number) if secret in answer.text]


def test_while_it_rests_nobody_acts_and_the_code_says_why(one_at_check):
    office, number = one_at_check
    item = office.item(number)["id"]
    act(office, ADMIN, number, "suspend", reason="等待上级批复")

    answer = office.program(CADRE).act(item, "claim", revision=1)
    again = act(office, ADMIN, number, "suspend", reason="等待上级批复")

    assert (answer.status_code, answer.json["code"]) == (409, "case.not_running")
    assert (again.status_code, again.json["code"]) == (409, "case.not_running")
    assert office.program(CADRE).get(f"/work-items/{item}").json["may"] == []


def test_the_starter_ends_the_case_once_under_one_key(at_check):
    office, number = at_check

    first = act(office, HOUSEHOLD, number, "cancel", reason="不办了", key="k-1")
    second = act(office, HOUSEHOLD, number, "cancel", reason="不办了", key="k-1")
    third = act(office, HOUSEHOLD, number, "cancel", reason="不办了")

    assert (first.status_code, first.json["state"], first.json["may"]) == (200, "cancelled", [])
    assert second.data == first.data
    assert second.headers["Idempotent-Replayed"] == "true"
    assert (third.status_code, third.json["code"]) == (409, "case.not_running")
    assert len([one for one in office.case(number)["history"] if one["kind"] == "handling"]) == 1


def test_a_jump_goes_from_the_only_open_step_and_is_repeated_without_effect(at_check):
    office, number = at_check
    ways = office.program(ADMIN).get(f"/handling/{number}").json["jumps"]
    way = next(one for one in ways if one["step"] == "township_review")

    assert next(left["name"] for left in way["left_out"] if left["demanded"]) == "入户核实"
    first = act(office, ADMIN, number, "jump", to="township_review", reason="村级已线下办结", key="j-1")
    second = act(office, ADMIN, number, "jump", to="township_review", reason="村级已线下办结", key="j-1")

    assert first.status_code == 200
    assert [one["step"] for one in first.json["open_items"]] == ["township_review"]
    assert second.data == first.data
    assert office.item(number)["step"] == "township_review"


def test_a_jump_to_nowhere_or_from_another_case_is_refused(one_at_check):
    office, number = one_at_check
    other = office.start(by=NEIGHBOUR, number=1)
    foreign = office.item(other)["id"]

    nowhere = act(office, ADMIN, number, "jump", to="nowhere", reason="x")
    astray = act(office, ADMIN, number, "jump", to="township_review", item=foreign, reason="x")
    act(office, ADMIN, number, "cancel", reason="x")
    over = act(office, ADMIN, number, "jump", to="township_review", reason="x")

    assert (nowhere.status_code, list(nowhere.json["errors"])) == (422, ["to"])
    assert (astray.status_code, astray.json["code"]) == (404, "work_item.unknown")
    assert (over.status_code, list(over.json["errors"])) == (422, ["item"])
    assert office.item(other)["step"] == "household_check"


def test_a_jump_from_a_step_that_somebody_did_says_nothing_of_them(one_at_check):
    office, number = one_at_check
    item = office.item(number)["id"]
    office.take(number)

    answer = act(office, ADMIN, number, "jump", to="township_review", item=item, reason="x")

    assert (answer.status_code, answer.json["code"]) == (409, "case.moved_on")
    assert not [secret for secret in secrets(office, number) if secret in answer.text]


@pytest.mark.parametrize("action", ["cancel", "suspend", "resume", "copy", "circulate", "jump"])
@pytest.mark.parametrize(
    ("other", "status"),
    [(ELSEWHERE, 404), (NEIGHBOUR, 404), (ABROAD, 404), (SUPERVISOR, 403), ("audit-officer", 403)],
)
def test_who_may_not_changes_nothing(standing_case, other, status, action):
    office, number = standing_case
    before = office.case(number)

    sent = {"reason": "试试看", "to": [BUREAU] if action in {"copy", "circulate"} else "township_review"}
    answer = act(office, other, number, action, **sent)

    late = {404} if other == SUPERVISOR and action in {"copy", "circulate"} else set()
    assert answer.status_code in {status} | late
    assert office.case(number) == before


@pytest.fixture(scope="module")
def standing_case(standing_office):
    return standing_office, standing_office.start()


def test_the_administrator_of_another_county_finds_no_case(one_at_check):
    office, number = one_at_check
    person = office.actor(ABROAD)
    unit = person.grants[0].unit_id
    grant = GrantRole(person_id=person.person_id, unit_id=unit, role="procedure_admin")
    office.executor.execute(grant, by=CONSOLE)

    for action in ("cancel", "suspend", "resume", "jump"):
        answer = act(office, ABROAD, number, action, reason="x", to="apply")
        assert (answer.status_code, answer.json["code"]) == (404, "case.unknown")
    assert office.program(ABROAD).get(f"/handling/{number}").status_code == 404


def test_an_unknown_action_and_an_unknown_reader_are_named(one_at_check):
    office, number = one_at_check

    action = act(office, HOUSEHOLD, number, "burn")
    reader = act(office, CADRE, number, "copy", to=["nobody-of-that-name"])

    assert (action.status_code, action.json["code"]) == (404, "case.unknown_action")
    assert "cancel" in action.json["detail"]
    assert (reader.status_code, list(reader.json["errors"])) == (422, ["to"])


def test_what_is_circulated_is_listed_read_and_answered(at_check):
    office, number = at_check

    sent = act(office, CADRE, number, "circulate", to=[CLERK, office.actor(BUREAU).person_id], words="请阅")
    twice = act(office, CADRE, number, "circulate", to=[CLERK], words="请阅")
    program = office.program(CLERK)
    [copy] = program.get("/copies").json["items"]
    assert (copy["case"], copy["kind"], copy["words"], copy["read_at"]) == (number, "circulate", "请阅", None)
    read = program.post(f"/copies/{copy['id']}/read", {"answer": "无意见"}, key="r-1")
    again = program.post(f"/copies/{copy['id']}/read", {"answer": "无意见"}, key="r-1")

    assert sent.status_code == twice.status_code == 200
    assert (read.json["answer"], bool(read.json["read_at"])) == ("无意见", True)
    assert again.data == read.data
    assert program.get("/copies").json["items"] == []
    assert [one["id"] for one in program.get("/copies?state=all").json["items"]] == [copy["id"]]
    assert office.program(BUREAU).post(f"/copies/{copy['id']}/read", {}).status_code == 404
    said = [one for one in office.case(number)["history"] if one["name"].startswith("阅：")]
    assert [one["opinion"] for one in said] == ["无意见"]


def test_copies_are_listed_in_stretches(one_at_check):
    office, number = one_at_check
    act(office, CADRE, number, "circulate", to=[CLERK])
    act(office, CADRE, number, "copy", to=[CLERK])
    program = office.program(CLERK)

    first = program.get("/copies?limit=1").json
    rest = program.get(f"/copies?limit=1&cursor={first['next']}").json

    assert [one["kind"] for one in first["items"] + rest["items"]] == ["copy", "circulate"]
    assert rest["next"] is None
