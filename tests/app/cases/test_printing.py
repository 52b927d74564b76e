"""A case on paper: every step in order, numbers masked, signatures in it, each PDF on record."""

import base64
import hashlib
import re

import html5lib
import orjson
import pytest
from sqlalchemy import select

from app.attachments import content
from app.attachments.models import Attachment
from app.cases.printing import counted
from app.security import demo
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
from workflows.audit import AuditEntry

ONE = demo.households()[0]


@pytest.fixture
def decided(office):
    number = office.start()
    office.to_the_end(number)
    return number


def sheet_of(answer):
    assert answer.status_code == 200, answer.text
    html5lib.HTMLParser(strict=True).parse(answer.text)
    return re.search(r"<article.*</article>", answer.text, re.DOTALL)[0]


def taken(office, command="TakeCasePdf"):
    with office.executor.database.reading() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.command == command)).all()
    return [(entry.stream, orjson.loads(entry.body)["facts"]) for entry in found]


def test_the_approval_sheet_tells_every_step_in_order_with_who_when_and_why(office, decided):
    sheet = sheet_of(office.browser(BUREAU).get(f"/cases/{decided}/print"))

    headings = re.findall(r'official-heading">([^<]+)<', sheet)
    assert headings[0].startswith("一、提交申请")
    assert [name for name in headings if "镇（街道）审核" in name or "区级比对审定" in name]
    places = [sheet.index(words) for words in ("入户核实", "村评议公示", "镇（街道）审核", "区级比对审定")]
    assert places == sorted(places)
    for words in (
        decided,
        "监测对象识别",
        "审批单",
        "折家梁村村民委员会",
        "2026年3月16日",
        "办理依据：",
        "附：材料清单",
        "（盖章）",
        "2026年3月2日",
    ):
        assert words in sheet, words


def test_personal_numbers_are_masked_on_paper(office, decided):
    for who in (HOUSEHOLD, CADRE, CLERK, BUREAU, SUPERVISOR):
        sheet = sheet_of(office.browser(who).get(f"/cases/{decided}/print"))

        assert ONE.identity not in sheet
        assert ONE.phone not in sheet
        assert f"{ONE.identity[:6]}********{ONE.identity[-4:]}" in sheet


def test_a_signature_is_a_picture_inside_the_paper_and_a_damaged_one_is_said_to_be(office, decided):
    with office.executor.database.reading() as session:
        files = session.scalars(select(Attachment).where(Attachment.case_id.is_not(None))).all()
    sheet = sheet_of(office.browser(CLERK).get(f"/cases/{decided}/print"))
    drawn = re.search(r'official-signature" src="data:image/png;base64,([^"]+)"', sheet)
    assert base64.b64decode(drawn[1]).startswith(b"\x89PNG")
    assert "http" not in sheet
    assert "/attachments" not in sheet

    for file in files:
        content.path_of(office.settings.data_dir, file.sha256).write_bytes(picture(250))

    assert "签名文件已损坏" in sheet_of(office.browser(CLERK).get(f"/cases/{decided}/print"))


def test_the_pdf_is_recorded_with_the_hash_of_what_was_handed_out(one_office):
    number = one_office.start()
    one_office.until(number, "village_review")
    browser = one_office.browser(CADRE)
    page = browser.get(f"/cases/{number}/print").text

    answer = browser.get(f"/cases/{number}/print.pdf")

    digest = hashlib.sha256(answer.data)
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    [(stream, facts)] = taken(one_office)
    assert stream == f"print:{number}"
    assert facts["pdf_sha256"] == digest.hexdigest()
    assert facts["sha256"] in page
    assert "打印办件（PDF）" in one_office.browser(SUPERVISOR).get(f"/audit?case={number}").text


@pytest.mark.parametrize("stranger", [NEIGHBOUR, ELSEWHERE, "hantai-clerk1", "dongsheng-civil-affairs1"])
def test_to_everyone_else_there_is_nothing_to_print(office, decided, stranger):
    browser = office.browser(stranger)

    for tail in ("print", "print.pdf", "print?step=2"):
        assert browser.get(f"/cases/{decided}/{tail}").status_code == 404
    assert taken(office) == []


def test_one_step_is_printed_whole_and_an_unknown_one_is_not_there(one_office):
    number = one_office.start()
    one_office.until(number, "village_review")
    browser = one_office.browser(CADRE)
    step = re.search(r"print\?step=(\d+)", browser.get(f"/cases/{number}?tab=answers").text)[1]

    sheet = sheet_of(browser.get(f"/cases/{number}/print?step={step}"))

    assert "提交申请" in sheet
    assert "21,000.00 元（大写：贰万壹仟元整）" in sheet
    assert browser.get(f"/cases/{number}/print?step=99").status_code == 404


def test_what_was_sent_back_stands_on_the_paper_with_its_reason(one_office):
    number = one_office.start()
    item = one_office.until(number, "township_review")
    program = one_office.program(CLERK)
    revision = program.get(f"/work-items/{item['id']}").json["revision"]
    sent = program.act(item["id"], "send-back", reason="缺少入户照片", revision=revision)
    assert sent.status_code == 200, sent.text

    sheet = sheet_of(one_office.browser(CLERK).get(f"/cases/{number}/print"))

    assert "退回" in sheet
    assert "缺少入户照片" in sheet


def test_an_open_item_is_printed_with_room_to_fill_it_in_and_a_done_one_as_it_was_done(one_office):
    number = one_office.start()
    item = one_office.until(number, "household_check")
    browser = one_office.browser(CADRE)
    browser.post(
        f"/items/{item['id']}", page=f"/items/{item['id']}", _action="save", revision="1", visitors="赵五"
    )

    blank = sheet_of(browser.get(f"/items/{item['id']}/print"))

    assert "尚未办结" in blank
    assert "□" in blank
    assert "赵五" in blank
    assert browser.get(f"/items/{item['id']}/print.pdf").data.startswith(b"%PDF-")
    other = one_office.browser("zhejialiang-cadre2").get(f"/items/{item['id']}/print")
    assert "赵五" not in other.text
    revision = one_office.program(CADRE).get(f"/work-items/{item['id']}").json["revision"]
    answers = one_office.answers(one_office.program(CADRE), "check_true")
    done = one_office.program(CADRE).act(item["id"], "complete", answers=answers, revision=revision)
    assert done.status_code == 200
    assert "尚未办结" not in sheet_of(browser.get(f"/items/{item['id']}/print"))


def test_what_people_typed_enters_the_paper_as_text(one_office):
    number = one_office.start(head_name="王<b>三</b>")

    sheet = sheet_of(one_office.browser(CADRE).get(f"/cases/{number}/print"))

    assert "王&lt;b&gt;三" in sheet


def test_a_letters_pdf_is_recorded_too(one_office):
    number = one_office.start()
    assert one_office.take(number, name="check_false").status_code == 200

    answer = one_office.browser(CADRE).get("/papers/1.pdf")

    [(stream, facts)] = taken(one_office, "TakePaperPdf")
    assert stream == f"print:{number}"
    assert facts["pdf_sha256"] == hashlib.sha256(answer.data).hexdigest()


@pytest.mark.parametrize(
    ("number", "said"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五"), (120, "120")]
)
def test_parts_are_counted_as_papers_count_them(number, said):
    assert counted(number) == said
