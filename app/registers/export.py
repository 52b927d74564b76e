"""A register as a spreadsheet: text stays text, identity numbers stay masked."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import xlsxwriter

from app.registers.definition import TYPES
from app.registers.importing import IDENTITY, NAME, PLACE, STATUS, heads
from app.registers.sheets import MOST_ROWS
from app.registers.values import shown
from workflows.clock import LOCAL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.registers.definition import Definition
    from app.registers.importing import Report
    from app.registers.models import RegisterRow

HEAD = ("台账编号", "村（嘎查）", "户主或名称", "身份证号", "状态", "办件编号", "进入台账", "最近变动")
MOST_OFFERED = 250
"""A spreadsheet offers no longer list than that."""

WIDTHS = (26, 22, 12, 22, 16, 24, 18, 18)


def workbook(of: Definition, rows: Sequence[RegisterRow], *, taken_by: str, at: datetime) -> bytes:
    """The XLSX bytes; a cell that begins with = is text, never a formula."""
    made, book, sheet, head = _begun(sheet_name(of.name))
    extra = [column.name for column in of.columns]
    for column, name in enumerate((*HEAD, *extra)):
        sheet.write_string(0, column, name, head)
        sheet.set_column(column, column, WIDTHS[column] if column < len(WIDTHS) else 18)
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate((*_cells(row), *(row.fields.get(name) for name in extra))):
            sheet.write_string(line, column, shown(value))
    sheet.freeze_panes(1, 3)
    sheet.set_footer(f"&L{of.name}&C第 &P 页 共 &N 页&R{taken_by} {_minute(at)} 导出")
    book.close()
    return made.getvalue()


def _cells(row: RegisterRow) -> tuple[object, ...]:
    return (
        row.number,
        row.division_name,
        row.subject_name,
        (row.identity or {}).get("mask"),
        row.status,
        row.case_number,
        _minute(row.entered_at),
        _minute(row.changed_at),
    )


def _begun(name: str) -> tuple[io.BytesIO, xlsxwriter.Workbook, Any, Any]:
    """An empty workbook of one sheet, in which text stays text."""
    made = io.BytesIO()
    told = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(made, told)
    head = book.add_format({"bold": True, "bg_color": "#E8EEF5", "border": 1})
    return made, book, book.add_worksheet(name), head


def template(of: Definition) -> bytes:
    """An empty sheet to be filled in for the import; a star marks what every row needs."""
    made, book, sheet, head = _begun(sheet_name(of.name))
    text = book.add_format({"num_format": "@"})
    always = {PLACE, NAME, IDENTITY, *of.unique}
    for place, name in enumerate(heads(of)):
        column = of.column(name)
        star = name in always or (column is not None and column.required is True)
        sheet.write_string(0, place, f"{name}*" if star else name, head)
        # As text, a number of 18 digits keeps its last ones and a day stays as it was typed.
        sheet.set_column(place, place, 20, None if _numeric(of, name) else text)
        options = _options(of, name)
        if options and len(",".join(options)) <= MOST_OFFERED:
            sheet.data_validation(1, place, MOST_ROWS, place, {"validate": "list", "source": options})
    sheet.freeze_panes(1, 0)
    help_sheet = book.add_worksheet("填写说明")
    for line, (name, words) in enumerate([("栏目", "怎么填"), *_hints(of)]):
        help_sheet.write_string(line, 0, name)
        help_sheet.write_string(line, 1, words)
    help_sheet.set_column(0, 0, 28)
    help_sheet.set_column(1, 1, 80)
    book.close()
    return made.getvalue()


def _numeric(of: Definition, name: str) -> bool:
    column = of.column(name)
    return column is not None and column.type in ("number", "money")


def _options(of: Definition, name: str) -> list[str]:
    column = of.column(name)
    if name == STATUS and column is None:
        return [state.name for state in of.states if not of.removal or state.name != of.removal[1]]
    if column is not None and column.type == "boolean":
        return ["是", "否"]
    return list(column.options) if column is not None and column.type == "choice" else []


def _hints(of: Definition) -> list[tuple[str, str]]:
    found = [(PLACE, "村（嘎查）名称，有同名的填 12 位区划代码")]
    if of.is_personal:
        found += [(NAME, "户主或本人姓名"), (IDENTITY, "18 位身份证号")]
    found.append((STATUS, f"可不填，即“{of.initial}”；可填：{'、'.join(_options(of, STATUS))}"))
    for column in of.columns:
        if column.type != "file":
            words = TYPES[column.type] + (f"（{'、'.join(column.options)}）" if column.options else "")
            found.append((column.name, words))
    return found


def refusals(report: Report) -> bytes:
    """The lines that stayed out: line, column, why."""
    made, book, sheet, head = _begun("不予导入")
    for place, (name, width) in enumerate((("行号", 8), ("户主或名称", 16), ("栏目", 20), ("原因", 70))):
        sheet.write_string(0, place, name, head)
        sheet.set_column(place, place, width)
    line = 0
    for verdict in report.refused:
        for column, sentence in verdict.faults.items():
            line += 1
            for place, words in enumerate((str(verdict.line.number), verdict.name, column, sentence)):
                sheet.write_string(line, place, words)
    sheet.freeze_panes(1, 0)
    book.close()
    return made.getvalue()


def sheet_name(name: str) -> str:
    """A name that a spreadsheet accepts: without its own signs, at most 31 characters."""
    return re.sub(r"[\[\]:*?/\\]", "", name)[:31]


def _minute(instant: datetime) -> str:
    return instant.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
