"""The security officer's page of erasing shows nothing of the household; the audit officer takes evidence."""

import io
import zipfile

import pytest

from app.security.queries import AuditFilter, audit_entries
from tests.app.office import CADRE, SUPERVISOR
from workflows import proving, worker
from workflows.commands import CONSOLE

SECURITY, AUDIT, SYSTEM = "security-officer", "audit-officer", "system-officer"
PAGE = "/security/erase"
WORDS = {"basis": "个人信息保护法第47条第1款第3项，个人撤回同意", "reason": "当事人书面申请"}


@pytest.fixture
def ended(office):
    number = office.start()
    office.to_the_end(number)
    worker.drain(office.executor)
    return office, number


def asked(number):
    return f"{PAGE}?number={number}"


def erased(office, number):
    with office.executor.database.reading() as session:
        return proving.erasures(session, number)


def pressed(office, number, **changed):
    given = {"number": number, "confirmed": number, **WORDS, **changed}
    return office.browser(SECURITY).post(PAGE, asked(number), **given)


def test_the_officer_finds_a_case_by_its_number_and_learns_nothing_of_the_household(ended):
    office, number = ended
    application = office.application()

    page = office.browser(SECURITY).get(asked(number)).text

    assert number in page
    assert "已办结" in page
    for said in (application["head_name"], application["address"], application["risk_statement"]):
        assert said not in page


def test_ground_reason_and_the_number_typed_once_more_erase_words_and_files(ended):
    office, number = ended
    files = [path for path in (office.settings.data_dir / "attachments").rglob("*") if path.is_file()]

    answer = pressed(office, number)

    assert answer.status_code == 303
    assert "已依法删除" in office.browser(SECURITY).get(answer.location).text
    assert len(erased(office, number)) == 1
    assert [path for path in files if not path.exists()]
    with office.executor.database.reading() as session:
        assert proving.verify(session, number).sound


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"confirmed": "别的编号"}, "与上面的办件编号不一致"),
        ({"basis": " "}, "请写明"),
        ({"reason": "无"}, "请写明"),
    ],
    ids=["another number", "no ground", "no reason"],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(ended, changed, sentence):
    office, number = ended

    answer = pressed(office, number, **changed)

    assert answer.status_code == 422
    assert sentence in answer.text
    kept = {**WORDS, **changed}
    assert all(kept[name].strip() in answer.text for name in WORDS)
    assert erased(office, number) == []


def test_a_case_that_is_dealt_with_is_not_erased_and_the_page_says_why(office):
    number = office.start()

    page = office.browser(SECURITY).get(asked(number)).text
    answer = pressed(office, number)

    assert "本件尚未办结" in page
    assert "删除个人信息</button>" not in page
    assert answer.status_code == 409
    assert erased(office, number) == []


def test_a_number_that_is_none_is_said_to_be_none(office):
    answer = office.browser(SECURITY).get(asked("没有的编号"))

    assert answer.status_code == 404
    assert "没有这个编号的办件" in answer.text


def test_the_page_is_in_the_officers_menu_and_nobody_elses(office):
    assert f'href="{PAGE}"' in office.browser(SECURITY).get("/security/grants").text
    for who in (AUDIT, SYSTEM, CADRE, SUPERVISOR):
        assert office.browser(who).get(PAGE).status_code == 403


def test_the_audit_officer_takes_the_evidence_from_the_trail_of_the_case(ended):
    office, number = ended
    browser = office.browser(AUDIT)
    address = f"/cases/{number}/evidence.zip"

    assert address in browser.get(f"/audit?case={number}").text
    assert address not in browser.get("/audit").text
    assert "evidence.zip" not in browser.get("/audit?case=没有的编号").text
    taken = browser.get(address)

    with zipfile.ZipFile(io.BytesIO(taken.data)) as bundle:
        assert "verify.html" in {name.rpartition("/")[2] for name in bundle.namelist()}
    with office.executor.database.reading() as session:
        [entry] = audit_entries(session, CONSOLE, AuditFilter(stream=f"file:{number}"))
    assert entry.command == "TakeBundle"


@pytest.mark.parametrize("who", [SECURITY, SYSTEM, CADRE])
def test_nobody_else_takes_the_evidence(ended, who):
    office, number = ended

    assert office.browser(who).get(f"/cases/{number}/evidence.zip").status_code == 403
