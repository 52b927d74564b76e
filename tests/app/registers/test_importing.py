"""Rows from a spreadsheet: what is refused and why, and that the same file twice changes nothing."""

import io
import zipfile

import pytest
import xlsxwriter

from app.registers import export, importing, sheets
from app.registers.commands import ImportRows
from app.registers.definition import every, named
from tests.app.registers.conftest import number

CLERK = "boerjianghaizi-clerk1"
OF = named("warning_ledger")
HEAD = ["村（嘎查）", "姓名", "身份证号", "状态", "监测对象类别", "共同生活人数", "识别日期"]


def book(*rows, head=HEAD):
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("台账")
        for line, row in enumerate([head, *rows]):
            sheet.write_row(line, 0, row)
    return made.getvalue()


def line(serial=1, **over):
    usual = ["折家梁村", f"户主{serial}", number(serial), "监测中", "边缘易致贫户", 3, "2026-03-01"]
    return [over.get(name, value) for name, value in zip(HEAD, usual, strict=True)]


def lines(content):
    return importing.lines(OF, sheets.cells(content))


def judged(registry, content, by=CLERK):
    return registry.read(importing.judged, registry.actor(by), OF, lines(content), registry.clock.now())


def bring_in(registry, content, by=CLERK):
    return registry.do(ImportRows(register=OF.key, lines=lines(content), digest="x"), by)


def test_the_same_file_twice_changes_nothing(registry):
    content = book(line(1), line(2))

    first, second = bring_in(registry, content), bring_in(registry, content)
    third = bring_in(registry, book(line(1, 共同生活人数=4), line(2)))

    assert first.counts == {"new": 2, "changed": 0, "same": 0, "refused": 0}
    assert second.counts == {"new": 0, "changed": 0, "same": 2, "refused": 0}
    assert third.counts == {"new": 0, "changed": 1, "same": 1, "refused": 0}


@pytest.mark.parametrize(
    ("over", "column", "said"),
    [
        ({"身份证号": "150602197001010012"}, "身份证号", "校验位"),
        ({"身份证号": ""}, "身份证号", "应当填写"),
        ({"村（嘎查）": "柳树村"}, "村（嘎查）", "不是您可以登记的村"),
        ({"村（嘎查）": "150602101203"}, "村（嘎查）", "不是您可以登记的村"),
        ({"监测对象类别": "贫困户"}, "监测对象类别", "只能是"),
        ({"监测对象类别": ""}, "监测对象类别", "应当填写"),
        ({"共同生活人数": "=1+2"}, "共同生活人数", "公式"),
        ({"状态": "在册"}, "状态", "不能是"),
        ({"识别日期": "三月"}, "识别日期", "应为日期"),
    ],
)
def test_a_wrong_line_stays_out_with_its_column_and_reason(one_registry, over, column, said):
    report = judged(one_registry, book(line(1), line(2, **over)))

    [refused] = report.refused
    assert (refused.line.number, report.counts["new"]) == (3, 1)
    assert said in refused.faults[column]
    assert [row[2] for row in sheets.cells(export.refusals(report))[1:]] == list(refused.faults)


def test_a_household_twice_in_a_file_is_taken_once(one_registry):
    report = bring_in(one_registry, book(line(1), line(1, 姓名="同一人")))

    assert report.counts["new"] == 1
    assert report.refused[0].faults == {"（整行）": "与第 2 行重复。"}


def test_a_dry_run_writes_nothing(one_registry):
    judged(one_registry, book(line(1)))

    assert bring_in(one_registry, book(line(1))).counts["new"] == 1


def test_a_day_that_the_spreadsheet_keeps_as_a_number_is_a_day(one_registry):
    [verdict] = judged(one_registry, book(line(1, 识别日期=46082))).verdicts

    assert verdict.fields["识别日期"] == "2026-03-01"


def test_another_head_is_refused_whole():
    with pytest.raises(sheets.Unreadable, match="没有“血型”这一栏"):
        lines(book(["折家梁村", "A"], head=["村（嘎查）", "血型"]))
    with pytest.raises(sheets.Unreadable, match="表头与模板不符"):
        lines(book(["王秀兰"], head=["姓名"]))


def test_too_many_lines_are_refused_whole():
    with pytest.raises(sheets.Unreadable, match="2000"):
        sheets.cells(book(*(["折家梁村"] for _ in range(sheets.MOST_ROWS + 1)), head=["村（嘎查）"]))


def bomb():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * (sheets.MOST_UNPACKED + 1))
    return made.getvalue()


def entity():
    made = io.BytesIO(book(line(1)))
    with zipfile.ZipFile(made, "a") as packed:
        packed.writestr("xl/sharedStrings.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    return made.getvalue()


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"not a sheet", b"0" * (sheets.MOST_BYTES + 1), bomb()], ids=range(5)
)
def test_what_is_no_honest_spreadsheet_is_refused_in_a_sentence(content):
    with pytest.raises(sheets.Unreadable):
        sheets.cells(content)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_sheet_with_entities_is_refused():
    with pytest.raises(sheets.Unreadable, match="不允许"):
        sheets.cells(entity())


@pytest.mark.parametrize("key", every())
def test_every_template_is_read_back_as_its_own_head(key):
    of = named(key)

    assert importing.lines(of, sheets.cells(export.template(of))) == ()
