"""Papers as PDF: made after the issue, kept with their hash, never silently another."""

import hashlib
from datetime import timedelta

import pytest

from app.attachments import content
from app.evidence.commands import EraseCase
from app.papers import issuing, pdf, sheet, tasks
from app.papers.models import Document
from tests.app.papers.test_tasks import paper_of, refused
from workflows import sending
from workflows.commands import SYSTEM, Actor, Grant

SHEET = '<article class="official"><h1 class="official-title">书面告知</h1><p>不属实。</p></article>'

SECURITY = Actor(
    "person",
    "安全管理员",
    person_id=1,
    grants=(Grant("security_officer", 1, "东胜区", "county", "150602000000"),),
)


def test_a_paper_is_set_after_its_issue_and_keeps_the_hash_of_its_pdf(office):
    case = refused(office)
    assert paper_of(office, case).pdf_sha256 is None

    office.work()

    paper = paper_of(office, case)
    kept = pdf.kept(office.folder, paper.pdf_sha256)
    assert kept.startswith(b"%PDF-")
    assert hashlib.sha256(kept).hexdigest() == paper.pdf_sha256


def test_a_paper_is_set_while_nothing_is_held_and_noted_by_who_holds_the_lease(office):
    case = refused(office)
    late = _leased(office)
    with office.executor.database.reading() as session:
        making = office.executor.host.deliverers.prepare(session, late.effect)
    noting = making()
    heir = _leased(office, later=sending.LEASE)

    assert not office.executor.execute(sending.MarkSent(leased=late, noting=noting), by=SYSTEM)
    assert paper_of(office, case).pdf_sha256 is None
    assert office.executor.execute(sending.MarkSent(leased=heir, noting=noting), by=SYSTEM)
    assert pdf.kept(office.folder, paper_of(office, case).pdf_sha256).startswith(b"%PDF-")


def test_a_pdf_set_while_its_case_was_erased_is_not_kept(office):
    case = refused(office)
    lease = _leased(office)
    stood = _files(office)
    with office.executor.database.reading() as session:
        making = office.executor.host.deliverers.prepare(session, lease.effect)
    noting = making()
    [made] = _files(office) - stood
    erase = EraseCase(number=case.number, basis="个人信息保护法第47条", reason="本人申请删除")
    assert made.name not in office.executor.execute(erase, by=SECURITY)

    assert office.executor.execute(sending.MarkSent(leased=lease, noting=noting), by=SYSTEM)

    assert not made.exists()
    with office.executor.database.reading() as session:
        assert session.get_one(Document, lease.effect.payload["document"]).pdf_sha256 is None


def _files(office):
    return {path for path in office.folder.rglob("*") if path.is_file()}


def _leased(office, later=timedelta()):
    machine = office.clock.now() + later
    return office.executor.execute(sending.LeaseNext(kind=issuing.PDF, machine=machine), by=SYSTEM)


def test_the_same_sheet_gives_the_same_bytes():
    digest = hashlib.sha256(SHEET.encode()).hexdigest()

    assert pdf.made(SHEET, "书面告知", digest) == pdf.made(SHEET, "书面告知", digest)


def test_a_sheet_reaches_nothing_outside_itself(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密")
    sheet = f'<p>正文</p><img src="file://{secret}"><link rel="attachment" href="file://{secret}">'

    assert "秘密".encode() not in pdf.made(sheet, "文书", "0" * 64)


def test_a_pdf_changed_by_hand_is_refused(office):
    case = refused(office)
    office.work()
    digest = paper_of(office, case).pdf_sha256
    content.path_of(office.folder, digest).write_bytes(b"%PDF-1.7 other")

    with pytest.raises(pdf.Changed):
        pdf.kept(office.folder, digest)


def test_a_pdf_that_was_lost_is_made_anew(office):
    case = refused(office)
    office.work()
    content.path_of(office.folder, paper_of(office, case).pdf_sha256).unlink()

    assert pdf.kept(office.folder, paper_of(office, case).pdf_sha256) is None


def test_a_letter_says_what_it_was_given_and_nothing_as_markup():
    html = sheet.letter(
        unit="嘎查村民委员会",
        number="甲告〔2026〕1号",
        title="扶贫资产移交清单",
        to="",
        paragraphs=["一、<b>羊舍</b>。"],
        columns=["资产"],
        rows=[["<i>水井</i>"]],
        case_number="AS03DK-2026-000001",
        procedure="资产移交",
        sources=[],
        issued_on="2026年3月16日",
    )

    for words in ("扶贫资产移交清单", "&lt;b&gt;羊舍", "&lt;i&gt;水井", "AS03DK-2026-000001"):
        assert words in html


@pytest.mark.parametrize(
    ("body", "paragraphs"),
    [
        ("一、甲。\n\n二、乙。", ["一、甲。", "二、乙。"]),
        (["甲", "乙\n丙"], ["甲", "乙", "丙"]),
        (None, []),
    ],
)
def test_a_letter_has_a_paragraph_for_each_line(body, paragraphs):
    assert tasks.paragraphs(body) == paragraphs


def test_a_letter_sets_rows_as_a_table_with_a_column_for_each_key():
    rows = [{"资产": "羊舍", "原值": 12000.5}, {"资产": "水井", "受益": ["甲户", "乙户"], "移交": True}]

    assert tasks.table(rows) == (
        ["资产", "原值", "受益", "移交"],
        [["羊舍", "12000.5", "", ""], ["水井", "", "甲户、乙户", "是"]],
    )
