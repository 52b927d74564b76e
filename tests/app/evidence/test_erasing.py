"""Personal data can be erased by law; what was proven before is proven still, and no word is left."""

import pytest
from sqlalchemy import inspect, select, text

from app.attachments.content import path_of
from app.attachments.models import Attachment
from app.evidence.commands import EraseCase, NotToErase, StillRunning
from app.registers.models import RegisterRow
from tests.app.office import BUREAU, CLERK, SUPERVISOR
from tests.tampering import open_up
from workflows import proving, worker
from workflows.errors import Invalid

BASIS = "个人信息保护法第47条第1款第3项，个人撤回同意"


@pytest.fixture
def ended(office):
    """A case that has come to its end, with papers, a notice, a register's row and messages."""
    number = office.start()
    office.to_the_end(number)
    worker.drain(office.executor)
    return office, number


def erase(office, number, by="security-officer", basis=BASIS, reason="当事人书面申请"):
    command = EraseCase(number=number, basis=basis, reason=reason)
    gone = office.executor.execute(command, by=office.actor(by))
    for sha256 in gone:
        path_of(office.settings.data_dir, sha256).unlink(missing_ok=True)
    return gone


def verified(office, number=None):
    with office.executor.database.reading() as session:
        return proving.verify(session, number)


def everything(office, number):
    """All that is stored beside accounts and divisions, as one text."""
    engine = office.executor.database.engine
    kept = {"person", "account", "unit", "division", "procedure_version", "phrase", "case_posting"}
    with engine.connect() as connection:
        return {
            table: str(connection.execute(text(f'SELECT * FROM "{table}"')).all())
            for table in inspect(engine).get_table_names()
            if table not in kept
        }


def test_the_words_are_gone_and_the_proofs_hold(ended):
    office, number = ended
    before = office.application()
    words = {before[key] for key in ("address", "risk_statement")}
    words.add(before["members"][0]["name"])
    assert verified(office).sound

    gone = erase(office, number)

    assert verified(office).sound
    assert verified(office, number).sound
    assert gone
    assert not any(path_of(office.settings.data_dir, each).exists() for each in gone)
    tables = everything(office, number)
    for table in (
        "step_record",
        "cases",
        "work_item",
        "register_row",
        "register_event",
        "notice",
        "document",
    ):
        assert not [word for word in words if word in tables[table]], table
    with office.executor.database.reading() as session:
        assert session.scalars(select(RegisterRow.subject_name)).all() == ["（已依法删除）"]
        assert set(session.scalars(select(Attachment.name).where(Attachment.case_id.is_not(None)))) == {
            "（已依法删除）"
        }


def test_it_is_said_by_which_entry_it_was_erased(ended):
    office, number = ended
    erase(office, number)

    with office.executor.database.reading() as session:
        [(case, seq)] = proving.erasures(session, number)
    entry = office.program(SUPERVISOR).get(f"/audit?case={number}&limit=1").json["items"][0]

    assert (case, seq) == (number, entry["seq"])
    assert entry["command"] == "EraseCase"
    assert entry["facts"]["basis"] == BASIS


def test_words_blanked_without_such_an_entry_are_a_break(ended):
    office, number = ended
    with office.executor.database.engine.begin() as connection:
        connection.execute(text("UPDATE step_record SET answers = NULL, salt = NULL"))

    assert [each.stream for each in verified(office, number).breaks] == [f"case:{number}"]


def test_words_put_back_after_an_erasure_are_a_break(ended):
    office, number = ended
    erase(office, number)
    with office.executor.database.engine.begin() as connection:
        open_up(connection)
        connection.execute(text("UPDATE step_record SET answers = '{\"x\": 1}', salt = 'x' WHERE seq = 2"))

    assert [each.stream for each in verified(office, number).breaks] == [f"case:{number}"]


def test_the_pages_of_an_erased_case_still_open(ended):
    office, number = ended
    erase(office, number)
    worker.drain(office.executor)

    browser = office.browser(SUPERVISOR)
    for address in (f"/cases/{number}", f"/cases/{number}/print", "/cases", "/registers/warning_ledger"):
        assert browser.get(address).status_code == 200, address
    page = browser.get(f"/cases/{number}").text
    assert office.application()["risk_statement"] not in page


@pytest.mark.parametrize("who", [CLERK, BUREAU, SUPERVISOR, "system-officer", "audit-officer"])
def test_only_the_security_officer_erases(ended, who):
    office, number = ended

    with pytest.raises(NotToErase):
        erase(office, number, by=who)


def test_what_is_being_dealt_with_is_kept(office):
    number = office.start()

    with pytest.raises(StillRunning):
        erase(office, number)


def test_no_erasure_without_its_ground_and_reason(ended):
    office, number = ended

    with pytest.raises(Invalid) as refused:
        erase(office, number, basis=" ", reason="")

    assert refused.value.errors.keys() == {"basis", "reason"}


def test_given_again_it_gives_the_same_and_still_verifies(ended):
    office, number = ended

    assert erase(office, number) == erase(office, number)
    assert verified(office).sound
