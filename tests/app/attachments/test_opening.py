"""A file opens for readers of its case only; each opening is recorded, and a damaged file is refused."""

import orjson
import pytest
from sqlalchemy import select

from app.attachments import content, queries
from app.attachments.models import Attachment
from tests.app.office import (
    BUREAU,
    CADRE,
    CLERK,
    ELSEWHERE,
    HOUSEHOLD,
    NEIGHBOUR,
    SUPERVISOR,
    picture,
)
from workflows import withholding
from workflows.audit import AuditEntry
from workflows.commands import SYSTEM, Command

FOREIGN_CLERK, DEPARTMENT = "hantai-clerk1", "dongsheng-civil-affairs1"


def checked(office):
    """A case whose household check is done; its number and the photos of that check."""
    number = office.start()
    office.until(number, "village_review")
    with office.executor.database.reading() as session:
        query = select(Attachment).where(Attachment.case_id.is_not(None)).order_by(Attachment.id)
        return number, session.scalars(query).all()


def openings(office, command="HandOut"):
    with office.executor.database.reading() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.command == command)).all()
    return [(entry.stream, orjson.loads(entry.body)["facts"]) for entry in found]


def addresses(file):
    return [f"/attachments/{file.id}{tail}" for tail in ("", "/view", "/thumb", "?download=1")]


@pytest.mark.parametrize("stranger", [NEIGHBOUR, ELSEWHERE, FOREIGN_CLERK, DEPARTMENT, "system-officer"])
def test_another_unit_opens_nothing_by_guessing_numbers(office, stranger):
    _, files = checked(office)
    browser = office.browser(stranger)

    answers = [browser.get(address).status_code for file in files for address in addresses(file)]

    assert files
    assert set(answers) <= {403, 404}
    assert [facts for _, facts in openings(office) if facts.get("attachment")] == []


@pytest.mark.parametrize("reader", [CADRE, CLERK, BUREAU, SUPERVISOR, HOUSEHOLD])
def test_readers_of_the_case_open_its_files_and_leave_an_entry_each_time(office, reader):
    number, [first, *_] = checked(office)
    browser = office.browser(reader)

    looked = browser.get(f"/attachments/{first.id}")
    taken = browser.get(f"/attachments/{first.id}?download=1")
    again = browser.get(f"/attachments/{first.id}", headers={"If-None-Match": looked.headers["ETag"]})

    assert (looked.status_code, taken.status_code, again.status_code) == (200, 200, 304)
    assert content.digest(looked.data) == first.sha256
    assert taken.headers["Content-Disposition"].startswith("attachment")
    entry = {"attachment": first.id, "sha256": first.sha256}
    assert openings(office) == [
        (f"file:{number}", {**entry, "download": download}) for download in (False, True, False)
    ]


def test_a_supervisor_reads_who_opened_a_file_of_the_case(office):
    number, [first, *_] = checked(office)
    office.browser(CLERK).get(f"/attachments/{first.id}?download=1")

    page = office.browser(SUPERVISOR).get(f"/audit?case={number}").text

    assert "查阅附件" in page


def keep_from(office, number, people):
    class KeepFrom(Command):
        recorded = False

        def authorise(self, ctx):
            pass

        def run(self, ctx):
            withholding.withhold(ctx, number, people, [])

    office.executor.execute(KeepFrom(), by=SYSTEM)


def test_once_a_case_is_withheld_its_files_are_too_even_those_one_handed_in(office):
    number, files = checked(office)
    cadre, clerk = office.actor(CADRE), office.actor(CLERK)
    browsers = [office.browser(CADRE), office.browser(CLERK)]
    own = next(file for file in files if file.owner_id == cadre.person_id)
    assert all(browser.get(f"/attachments/{own.id}").status_code == 200 for browser in browsers)

    keep_from(office, number, [cadre.person_id, clerk.person_id])

    for browser in browsers:
        assert {browser.get(address).status_code for address in addresses(own)} == {404}
    assert office.browser(BUREAU).get(f"/attachments/{own.id}").status_code == 404
    assert office.browser(HOUSEHOLD).get(f"/attachments/{own.id}").status_code == 200


def test_what_was_not_handed_in_yet_opens_for_its_owner_alone(office):
    sent = office.program(CADRE).upload(picture(9)).json["id"]

    assert office.browser(CADRE).get(f"/attachments/{sent}/view").status_code == 200
    for other in ("zhejialiang-cadre2", CLERK, BUREAU, SUPERVISOR):
        assert office.browser(other).get(f"/attachments/{sent}").status_code == 404


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_damaged_file_is_refused_with_a_sentence_and_recorded(office, damage):
    _, [first, *_] = checked(office)
    path = content.path_of(office.settings.data_dir, first.sha256)
    path.write_bytes(picture(200)) if damage == "changed" else path.unlink()
    browser = office.browser(CLERK)

    answer = browser.get(f"/attachments/{first.id}")

    assert answer.status_code == 409
    assert "与上传时登记的摘要" in answer.text
    assert browser.get(f"/attachments/{first.id}/thumb").status_code == 404
    [(stream, facts)] = openings(office)
    assert (stream, facts["code"]) == ("refused", "attachment.damaged")
    assert facts["asked"] == {"attachment_id": first.id}


def test_the_page_of_a_picture_shows_it_with_its_hash_and_the_way_to_the_next(office):
    number, files = checked(office)
    ids = [file.id for file in files]
    of = ".".join(map(str, ids))

    page = office.browser(CLERK).get(f"/attachments/{ids[0]}/view?of={of}").text

    assert f'src="/attachments/{ids[0]}"' in page
    assert files[0].sha256 in page
    assert f'rel="next" href="/attachments/{ids[1]}/view?of={of}"' in page
    assert 'rel="prev"' not in page
    assert f"/cases/{number}?tab=answers" in page


def test_a_pdf_is_framed_by_its_page_alone_and_an_office_file_only_downloaded(one_office):
    program, browser = one_office.program(CADRE), one_office.browser(CADRE)
    paper = program.upload(b"%PDF-1.7\n%%EOF", "纪要.pdf").json["id"]
    sheet = program.upload(b"PK\x03\x04 sheet", "名单.xlsx").json["id"]

    page = browser.get(f"/attachments/{paper}/view")
    shown = browser.get(f"/attachments/{paper}")
    other = browser.get(f"/attachments/{sheet}/view")

    assert f'<iframe class="look-pages" src="/attachments/{paper}"' in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in shown.headers["Content-Security-Policy"]
    assert "script-src" not in shown.headers["Content-Security-Policy"]
    assert "iframe" not in other.text
    assert "frame-src" not in other.headers["Content-Security-Policy"]
    assert browser.get(f"/attachments/{sheet}").headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("of", "found"),
    [
        ("3.5.7", (3, 7, 2, 3)),
        ("5", (None, None, 1, 1)),
        ("3.7", (None, None, 1, 1)),
        ("", (None, None, 1, 1)),
        ("x.5.-1.5.9", (None, 9, 1, 2)),
        ("9" * 5000, (None, None, 1, 1)),
    ],
)
def test_a_list_in_an_address_only_tells_where_to_go_next(of, found):
    assert queries.among(of, 5) == found


def test_the_case_page_leads_to_the_page_of_a_file_among_its_neighbours(one_office):
    number, files = checked(one_office)

    page = one_office.browser(CLERK).get(f"/cases/{number}?tab=answers").text

    assert any(f"/attachments/{file.id}/view?of=" in page for file in files)
