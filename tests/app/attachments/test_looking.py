"""Looking at a file's picture or page, or at a paper, leaves one entry for each person, object and day."""

import pytest
from sqlalchemy import select

from app.papers.models import Document
from tests.app.attachments.test_opening import checked, openings
from tests.app.office import CADRE, CLERK
from workflows import worker


@pytest.mark.parametrize("tail", ["/thumb", "/view"])
def test_a_look_at_a_file_is_on_record_once_a_day(office, tail):
    number, [first, second, *_] = checked(office)
    browser = office.browser(CLERK)

    for file in (first, first, second):
        assert browser.get(f"/attachments/{file.id}{tail}").status_code == 200

    looks = openings(office, "SeeFile")
    assert [(stream, facts["attachment"]) for stream, facts in looks] == [
        (f"file:{number}", first.id),
        (f"file:{number}", second.id),
    ]


def test_another_person_and_another_day_leave_entries_of_their_own(office, clock):
    _, [first, *_] = checked(office)
    address = f"/attachments/{first.id}/thumb"

    office.browser(CLERK).get(address)
    office.browser(CADRE).get(address)
    clock.advance(days=1)
    office.browser(CLERK).get(address)

    assert len(openings(office, "SeeFile")) == 3


def test_a_paper_that_is_read_is_on_record_once_a_day(office):
    number = office.start()
    office.to_the_end(number)
    worker.drain(office.executor)
    with office.executor.database.reading() as session:
        paper = session.scalars(select(Document.id).order_by(Document.id)).first()
    browser = office.browser(CADRE)

    for _ in range(2):
        assert browser.get(f"/papers/{paper}").status_code == 200

    [(stream, facts)] = openings(office, "ReadPaper")
    assert stream == f"print:{number}"
    assert facts["document"] == paper
