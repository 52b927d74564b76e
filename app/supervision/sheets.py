"""A stretch of the trail, or another list, as a file: who took it, when and for what stands on every page."""

from __future__ import annotations

import csv
import hashlib
import io
from html import escape
from typing import TYPE_CHECKING

import orjson
import xlsxwriter

from app.filters import minute
from app.papers import pdf
from app.security.deeds import deed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.security.queries import EntryView

HEAD = ("时间", "人员", "操作", "对象", "结果", "序号", "内容", "散列值")

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would run."""


def cells(entry: EntryView) -> list[str]:
    """One entry as a line."""
    about = entry.facts.get("case") or entry.facts.get("username") or entry.stream
    return [
        minute(entry.at),
        str(entry.actor.get("name") or ""),
        deed(entry.command),
        str(about),
        "被拒绝" if entry.refused else "",
        str(entry.seq),
        orjson.dumps(entry.facts, default=str).decode(),
        entry.hash,
    ]


def as_csv(entries: Sequence[EntryView], mark: str) -> bytes:
    """Entries of the trail, comma-separated."""
    return table_csv(HEAD, [cells(entry) for entry in entries], mark)


def as_xlsx(entries: Sequence[EntryView], mark: str) -> bytes:
    """Entries of the trail as a workbook."""
    return table_xlsx(HEAD, [cells(entry) for entry in entries], mark, "审计记录")


def table_csv(head: Sequence[str], rows: Sequence[Sequence[str]], mark: str, _title: str = "") -> bytes:
    """Comma-separated; the watermark is the first line."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow([mark])
    writer.writerow(head)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    # A spreadsheet takes a file without this mark for another encoding.
    return b"\xef\xbb\xbf" + made.getvalue().encode()


def table_xlsx(head: Sequence[str], rows: Sequence[Sequence[str]], mark: str, title: str) -> bytes:
    """A workbook; the watermark is the first row and stands at the foot of every page."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(
        made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(title)
    sheet.write_string(0, 0, mark)
    for column, words in enumerate(head):
        sheet.write_string(1, column, words)
        sheet.set_column(column, column, 22)
    for line, row in enumerate(rows, start=2):
        for column, cell in enumerate(row):
            sheet.write_string(line, column, cell[:32_000])
    sheet.freeze_panes(2, 0)
    sheet.set_footer(f"&L{mark.replace('&', '&&')[:200]}&R第 &P 页 共 &N 页")
    book.close()
    return made.getvalue()


def as_pdf(entries: Sequence[EntryView], mark: str) -> bytes:
    """A table to print; the watermark stands above it and, with the sheet's hash, below."""
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells(entry)[:6]) + "</tr>"
        for entry in entries
    )
    head = "".join(f"<th>{escape(words)}</th>" for words in HEAD[:6])
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    html = f"<h1>审计记录</h1><p>{escape(mark)}</p>{table}"
    sheet = pdf.with_digest(f"{html}<p>{escape(mark)}</p>")
    return pdf.made(sheet, "审计记录", hashlib.sha256(sheet.encode()).hexdigest())
