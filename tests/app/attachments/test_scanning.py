"""Uploads are scanned before they are kept; what is infected, or could not be scanned, is refused."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from app.attachments import content
from app.attachments.models import Attachment
from app.settings import Settings, WrongSetting
from tests.app.attachments import scanners
from tests.app.office import CADRE, Office, furnished, picture
from workflows.audit import AuditEntry


def infected():
    """A real picture that carries the test string in its comment."""
    made = io.BytesIO()
    Image.new("RGB", (48, 32)).save(made, "JPEG", comment=scanners.test_string())
    return made.getvalue()


@pytest.fixture
def guarded(copied, tmp_path, clock):
    """`guarded(scan_command=..., clamd=...)` is an office with such scanners."""
    opened = []

    def office(**settings):
        opened.append(Office(copied("sqlite", furnished), tmp_path / "data", clock, **settings))
        return opened[-1]

    yield office
    for one in opened:
        one.close()


def rows(office):
    with office.executor.database.reading() as session:
        return session.scalars(select(Attachment)).all()


def refusals(office):
    with office.executor.database.reading() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.stream == "refused")).all()
    return [entry.body for entry in found if entry.command == "TakeIn"]


def kept(office):
    folder = office.settings.data_dir / "attachments"
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_program_passes_what_is_clean_and_its_word_is_kept(guarded, tmp_path, clock):
    office = guarded(scan_command=(scanners.program(tmp_path),))

    assert office.program(CADRE).upload().status_code == 201

    [row] = rows(office)
    assert (row.scan, row.scanned_at) == ("clean", clock.now())


def test_what_a_program_finds_infected_is_refused_recorded_and_not_kept(guarded, tmp_path):
    office = guarded(scan_command=(scanners.program(tmp_path),))

    answer = office.program(CADRE).upload(infected())

    assert (answer.status_code, answer.json["code"]) == (422, "attachment.infected")
    assert "未通过病毒检查" in answer.json["detail"]
    assert (rows(office), kept(office)) == ([], [])
    [entry] = refusals(office)
    assert "attachment.infected" in entry


@pytest.mark.parametrize("command", ["exits oddly", "is gone"])
def test_without_the_programs_word_nothing_is_taken_in(guarded, tmp_path, command):
    path = scanners.program(tmp_path, otherwise=2) if command == "exits oddly" else str(tmp_path / "none")
    office = guarded(scan_command=(path,))

    answer = office.program(CADRE).upload()

    assert (answer.status_code, answer.json["code"]) == (503, "attachment.scanner_away")
    assert "稍后重传" in answer.json["detail"]
    assert (rows(office), kept(office)) == ([], [])
    assert len(refusals(office)) == 1


@pytest.mark.parametrize("way", ["tcp", "unix"])
def test_clamd_gets_the_whole_file_and_its_verdict_counts(guarded, tmp_path, way):
    with scanners.clamd(tmp_path if way == "unix" else None) as (address, sent):
        office = guarded(clamd=address)
        large = picture(3) + bytes(200_000)

        clean = office.program(CADRE).upload(large)
        refused = office.program(CADRE).upload(infected())

    assert (clean.status_code, refused.status_code) == (201, 422)
    assert sent == [large, infected()]
    assert [row.scan for row in rows(office)] == ["clean"]


@pytest.mark.parametrize("answers", [b"INSTREAM size limit exceeded. ERROR\0", b""])
def test_a_clamd_that_fails_lets_nothing_in(guarded, answers):
    with scanners.clamd(answers=answers or b"\0") as (address, _):
        answer = guarded(clamd=address).program(CADRE).upload()

    assert answer.status_code == 503


def test_a_clamd_that_is_not_there_lets_nothing_in(guarded):
    with scanners.clamd() as (address, _):
        pass

    assert guarded(clamd=address).program(CADRE).upload().status_code == 503


def test_with_two_scanners_one_that_finds_something_is_enough(guarded, tmp_path):
    with scanners.clamd() as (address, sent):
        office = guarded(scan_command=(scanners.program(tmp_path, otherwise=2),), clamd=address)

        assert office.program(CADRE).upload(infected()).status_code == 422
        assert office.program(CADRE).upload().status_code == 503
    assert len(sent) == 2


def test_without_a_scanner_a_file_is_kept_as_not_scanned(guarded):
    office = guarded()

    office.program(CADRE).upload(infected())

    [row] = rows(office)
    assert (row.scan, row.scanned_at) == ("none", None)
    assert content.read(office.settings.data_dir, row.sha256) == infected()


def test_a_form_says_beside_the_field_that_its_file_was_infected(guarded, tmp_path):
    office = guarded(scan_command=(scanners.program(tmp_path),))
    browser = office.browser(CADRE)
    sent = {"papers": (io.BytesIO(infected()), "证明.jpg"), "_action": "draft", "head_name": "王三"}

    answer = browser.post("/procedures/fp_01_ds/start", page="/procedures/fp_01_ds/start", **sent)

    assert answer.status_code == 422
    assert "未通过病毒检查" in answer.text
    assert "王三" in answer.text


def test_a_script_that_uploads_is_told_why_in_json(guarded, tmp_path):
    office = guarded(scan_command=(scanners.program(tmp_path),))
    browser = office.browser(CADRE)
    token = browser.get("/me").text.partition('name="csrf-token" content="')[2].partition('"')[0]

    answer = browser.client.post(
        "/attachments",
        data={"file": (io.BytesIO(infected()), "证明.jpg")},
        headers={"X-CSRFToken": token, "Accept": "application/json"},
    )

    assert "未通过病毒检查" in answer.json["detail"]


@pytest.mark.parametrize(
    "environment",
    [
        {"XIANGSHEN_SCAN_COMMAND": "/nowhere/scanner"},
        {"XIANGSHEN_SCAN_COMMAND": "scan 'unclosed"},
        {"XIANGSHEN_CLAMD": "localhost"},
        {"XIANGSHEN_CLAMD": "localhost:clamd"},
    ],
)
def test_a_scanner_that_cannot_be_meant_stops_the_start(tmp_path, environment):
    with pytest.raises(WrongSetting, match=next(iter(environment))):
        Settings.from_environment({"XIANGSHEN_DATA_DIR": str(tmp_path), **environment})


def test_a_scanner_is_named_with_its_arguments_and_no_shell(tmp_path):
    named = {
        "XIANGSHEN_SCAN_COMMAND": f"{scanners.program(tmp_path)} --quiet '; rm'",
        "XIANGSHEN_CLAMD": "unix:/run/c",
    }

    settings = Settings.from_environment({"XIANGSHEN_DATA_DIR": str(tmp_path), **named})

    assert settings.scan_command[1:] == ("--quiet", "; rm")
    assert settings.clamd == "unix:/run/c"
