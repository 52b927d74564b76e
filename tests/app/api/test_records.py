"""What is on record, over JSON: audit, registers, notices and files, each within the asker's reach."""

import pytest

from app.security.signatures import with_key
from tests.app.office import (
    BUREAU,
    CADRE,
    CLERK,
    ELSEWHERE,
    HOUSEHOLD,
    NEIGHBOUR,
    SUPERVISOR,
    VILLAGE,
    picture,
)
from tests.tampering import open_up
from workflows import seals
from workflows.commands import CONSOLE
from workflows.db import Database


@pytest.fixture
def ended(one_office):
    """An office with one case of the register."""
    number = one_office.start()
    one_office.to_the_end(number)
    return one_office, number


def test_the_audit_tells_each_deed_of_a_case_newest_first(ended):
    office, number = ended

    entries = office.program(SUPERVISOR).get(f"/audit?case={number}&limit=100").json["items"]

    assert [entry["seq"] for entry in entries] == list(range(len(entries), 0, -1))
    assert (entries[-1]["command"], entries[-1]["actor"]["name"]) == ("StartCase", "王秀兰")
    assert {entry["stream"] for entry in entries} == {f"case:{number}"}


def test_the_audit_is_narrowed_to_a_person_by_name_or_number_and_to_a_time(ended):
    office, _ = ended
    officer = office.program("audit-officer")
    person = office.actor(CLERK).person_id

    by_name = officer.get(f"/audit?actor={CLERK}").json["items"]
    by_number = officer.get(f"/audit?actor={person}").json["items"]

    assert by_name == by_number
    assert {entry["actor"]["person"] for entry in by_name} == {person}
    assert officer.get("/audit?actor=nobody").json["items"] == []
    assert officer.get("/audit?since=2099-01-01").json["items"] == []


def test_the_audit_is_paged_without_losing_or_repeating_an_entry(ended):
    office, _ = ended
    officer, seen, cursor = office.program("audit-officer"), [], ""

    while cursor is not None:
        page = officer.get(f"/audit?limit=7&cursor={cursor}").json
        seen += [(entry["stream"], entry["seq"]) for entry in page["items"]]
        cursor = page["next"]

    assert len(seen) == len(set(seen)) == officer.get("/audit/verify").json["entries"]


def test_a_refusal_is_on_record_too(one_office):
    number = one_office.start()
    one_office.program(ELSEWHERE).act(one_office.item(number)["id"], "complete", answers={}, revision=1)

    entries = one_office.program("audit-officer").get("/audit?limit=100").json["items"]

    refused = next(entry for entry in entries if entry["stream"] == "refused")
    assert refused["facts"]["code"] == "work_item.not_yours"


@pytest.mark.parametrize("username", [HOUSEHOLD, CADRE, CLERK, BUREAU, "system-officer", "security-officer"])
def test_the_audit_is_closed_to_everybody_else(one_office, username):
    program = one_office.program(username)

    assert program.get("/audit").status_code == program.get("/audit/verify").status_code == 403


def test_a_chain_is_verified_and_a_changed_byte_named(office):
    number = office.start()
    officer = office.program("audit-officer")
    sound = officer.get("/audit/verify").json
    assert (sound["sound"], sound["breaks"]) == (True, [])

    database = Database(office.settings.database_url)
    with database.engine.begin() as connection:
        open_up(connection)
        connection.exec_driver_sql("UPDATE audit_entry SET body = replace(body, 'StartCase', 'StartCasa')")
    database.dispose()

    broken = officer.get(f"/audit/verify?case={number}").json
    assert broken["sound"] is False
    assert broken["breaks"][0]["stream"] == f"case:{number}"
    assert broken["breaks"][0]["seq"] == 1


def test_a_register_is_counted_and_narrowed(ended):
    office, number = ended
    bureau = office.program(BUREAU)

    [ledger] = [one for one in bureau.get("/registers").json["items"] if one["key"] == "warning_ledger"]
    assert ledger["statuses"] == {"监测中": 1}

    def found(query):
        return [row["case"] for row in bureau.get(f"/registers/warning_ledger?{query}").json["items"]]

    assert found("q=王秀兰") == found(f"division={VILLAGE}") == found("status=监测中") == [number]
    assert found("q=无此人") == found("division=150602101000") == found("status=已消除") == []


@pytest.mark.parametrize(("username", "rows"), [(CADRE, 1), (CLERK, 1), (ELSEWHERE, 0), (HOUSEHOLD, 0)])
def test_a_register_shows_the_rows_of_ones_own_divisions(ended, username, rows):
    office, _ = ended

    assert len(office.program(username).get("/registers/warning_ledger").json["items"]) == rows


def test_notices_are_public_masked_and_kept_after_their_period(one_office):
    number = one_office.start()
    one_office.until(number, "publicity")
    one_office.take(number)
    public = one_office.stranger()

    [notice] = public.get("/notices").json["items"]
    assert (notice["case"], notice["state"], notice["takes_objections"]) == (number, "open", True)
    assert "1505" not in notice["content"] + notice["name"]
    one_office.pass_days(7)

    assert public.get("/notices").json["items"] == []
    [past] = public.get("/notices?when=past").json["items"]
    assert (past["id"], past["takes_objections"]) == (notice["id"], False)
    assert [one["id"] for one in public.get("/notices?when=all").json["items"]] == [notice["id"]]
    late = public.post(
        f"/notices/{notice['id']}/objections",
        {"name": "李四", "phone": "13847700009", "reason": "该户在城里有两套房子。"},
    )
    assert (late.status_code, late.json["code"]) == (409, "objection.too_late")


def test_a_file_is_read_back_byte_for_byte_by_those_who_may_read_its_case(office):
    number = office.start()
    item = office.item(number)
    cadre = office.program(CADRE)
    content = picture(9)
    file = cadre.upload(content, "入户.png").json
    path = f"/attachments/{file['id']}"

    assert (file["name"], file["size"], file["type"]) == ("入户.png", len(content), "image/png")
    assert cadre.get(path).data == content
    assert office.program(CLERK).get(path).status_code == 404
    answers = office.answers(cadre, "check_true", photos=[file["id"]])
    assert cadre.act(item["id"], "complete", answers=answers, revision=1).status_code == 200

    assert office.program(CLERK).get(path).data == content
    assert office.program(NEIGHBOUR).get(path).status_code == 404
    assert "sandbox" in cadre.get(path).headers["Content-Security-Policy"]


def test_somebody_elses_file_cannot_be_slipped_into_a_case(one_office):
    number = one_office.start()
    foreign = one_office.program(ELSEWHERE).upload().json["id"]
    cadre = one_office.program(CADRE)
    answers = one_office.answers(cadre, "check_true", photos=[foreign])

    answer = cadre.act(one_office.item(number)["id"], "complete", answers=answers, revision=1)

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["photos"])


def test_a_token_ends_with_the_password_it_was_given_for(one_office):
    from app.security import passwords
    from app.security.commands import ResetPassword
    from workflows.commands import CONSOLE

    program = one_office.program(CADRE)
    assert program.get("/cases").status_code == 200

    command = ResetPassword(
        account_id=one_office.actor(CADRE).account_id,
        password_hash=passwords.hashed("another-1", "cheap"),
        reason="遗失密码",
    )
    one_office.executor.execute(command, by=CONSOLE)

    assert program.get("/cases").status_code == 401


def test_where_a_lost_key_broke_the_chain_of_keys_is_said(one_office):
    executor, settings = one_office.executor, one_office.settings

    def use(key):
        object.__setattr__(executor.host, "sealer", with_key(settings, bytes([key]) * 32))

    use(1)
    seals.seal(executor, by=CONSOLE)
    use(2)
    seals.begin_anew(executor, "硬盘损坏，没有备份", by=CONSOLE)

    told = one_office.program("audit-officer").get("/audit/verify").json

    assert (told["sound"], told["breaks"]) == (True, [])
    [gap] = told["key_gaps"]
    assert (gap["since"], gap["told_in"]) == (2, 2)
    assert "硬盘损坏" in gap["sentence"]
