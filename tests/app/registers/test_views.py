"""The pages of the registers, opened as people open them."""

import io
import re

import pytest
from sqlalchemy import select

from app.registers import commands
from app.registers.models import RegisterRow
from tests.app.office import VILLAGE, Office
from tests.app.registers.conftest import number
from tests.app.registers.test_importing import book, line

CLERK, CADRE, LEDGER = "boerjianghaizi-clerk1", "zhejialiang-cadre1", "/registers/warning_ledger"


@pytest.fixture
def office(sqlite_url, tmp_path, clock):
    office = Office(sqlite_url, tmp_path / "data", clock)
    yield office
    office.close()


@pytest.fixture
def entered(office):
    """The office with one row, and the row's id."""
    command = commands.RegisterByHand(
        register="warning_ledger",
        division=VILLAGE,
        name="王秀兰",
        identity=number(1),
        fields={"监测对象类别": "边缘易致贫户", "共同生活人数": 3},
        reason="补录纸质台账",
    )
    return office, office.executor.execute(command, by=office.actor(CLERK))


def handed_in(browser, content, path=f"{LEDGER}/import", **form):
    form["file"] = (io.BytesIO(content), "台账.xlsx")
    return browser.post(path, page=f"{LEDGER}/import", **form)


def rows_in(office):
    with office.executor.database.reading() as session:
        return len(session.scalars(select(RegisterRow)).all())


def test_the_list_of_registers_shows_those_of_ones_own_locality(entered):
    office, _ = entered

    page = office.browser(CADRE).get("/registers").text

    assert "防返贫预警台账" in page
    assert "监测中 1 户" in page
    assert "监测工作台账" not in page


def test_a_row_shows_what_is_masked_and_what_happened(entered):
    office, row_id = entered

    page = office.browser(CADRE).get(f"{LEDGER}/{row_id}").text

    assert number(1) not in page
    assert "补录纸质台账" in page
    assert f"{LEDGER}/{row_id}/correct" not in page


def test_a_correction_is_asked_done_and_told(entered):
    office, row_id = entered
    browser, path = office.browser(CLERK), f"{LEDGER}/{row_id}/correct"

    wrong = browser.post(path, page=path, seen="1", reason="录入有误", **{"c.共同生活人数": "三"})
    right = browser.post(path, page=path, seen="1", reason="录入有误", **{"c.共同生活人数": "4"})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "“共同生活人数”填写有误" in wrong.text
    assert "<del>3</del> → 4" in browser.get(f"{LEDGER}/{row_id}").text


def test_a_number_is_shown_once_to_who_says_why(entered):
    office, row_id = entered
    browser, path = office.browser(CADRE), f"{LEDGER}/{row_id}/reveal"

    shown = browser.post(path, page=path, column="identity", reason="核对参保身份")

    assert number(1) in shown.text
    assert number(1) not in browser.get(f"{LEDGER}/{row_id}").text


def test_a_sheet_is_written_only_after_it_was_tried(office):
    browser, content = office.browser(CLERK), book(line(1), line(2, 身份证号="1"))

    hasty = handed_in(browser, content, write="1")
    tried = hasty.text.partition('name="tried" value="')[2].partition('"')[0]
    before = rows_in(office)
    done = handed_in(browser, content, write="1", tried=tried)

    assert (hasty.status_code, before, rows_in(office)) == (200, 0, 1)
    assert "已写入" in done.text
    assert "应为18位" in done.text


def test_the_refused_lines_come_as_a_sheet_and_nonsense_is_told(office):
    browser = office.browser(CLERK)

    report = handed_in(browser, book(line(1, 身份证号="1")), f"{LEDGER}/import/report.xlsx")
    nonsense = handed_in(browser, b"nonsense")

    assert report.content_type.startswith("application/vnd.openxmlformats")
    assert (nonsense.status_code, "不是可以读取的 XLSX" in nonsense.text) == (422, True)


def test_a_household_has_one_page_with_everything(entered):
    office, row_id = entered
    row = office.browser(CADRE).get(f"{LEDGER}/{row_id}").text
    address = re.search(r"/registers/subjects/[0-9]+", row)[0]

    page = office.browser(CADRE).get(address)

    assert page.status_code == 200
    assert "防返贫预警台账" in page.text
    assert office.browser("chaideng-cadre1").get(f"{LEDGER}/{row_id}").status_code == 404


def test_a_row_is_answered_over_the_interface_with_its_history(entered):
    office, row_id = entered

    answer = office.program(CADRE).get(f"{LEDGER}/{row_id}")

    assert answer.json["fields"]["共同生活人数"] == 3
    assert answer.json["history"][0]["actor"] == "李晓东"
