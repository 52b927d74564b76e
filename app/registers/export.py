"""A register as a spreadsheet: text stays text, identity numbers stay masked."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import xlsxwriter

from app.registers.values import shown
from workflows.clock import LOCAL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.registers.definition import Definition
    from app.registers.models import RegisterRow

HEAD = ("台账编号", "村（嘎查）", "户主或名称", "身份证号", "状态", "办件编号", "进入台账", "最近变动")
WIDTHS = (26, 22, 12, 22, 16, 24, 18, 18)


def workbook(of: Definition, rows: Sequence[RegisterRow], *, taken_by: str, at: datetime) -> bytes:
    """The XLSX bytes; a cell that begins with = is text, never a formula."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(
        made,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet(sheet_name(of.name))
    head = book.add_format({"bold": True, "bg_color": "#E8EEF5", "border": 1})
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


def sheet_name(name: str) -> str:
    """A name that a spreadsheet accepts: without its own signs, at most 31 characters."""
    return re.sub(r"[\[\]:*?/\\]", "", name)[:31]


def _minute(instant: datetime) -> str:
    return instant.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M")
