"""Reading a spreadsheet someone hands in: the first sheet's cells, nothing evaluated, nothing unbounded."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

from lxml import etree

from workflows.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES, MOST_UNPACKED, MOST_PARTS = 5_000_000, 60_000_000, 500
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 2_000, 120, 5_000

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REF = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")

Cell = str | float | bool | None


class Formula:
    """A cell that holds a formula: what it would come to is nobody's word."""


FORMULA = Formula()


class Unreadable(Invalid):
    """A file that is no spreadsheet, or one too large to be what it says."""

    code = "register.unreadable_sheet"
    sentence = "{why}"

    def __init__(self, why: str) -> None:
        super().__init__({"file": why}, why=why)


def cells(content: bytes) -> list[list[Cell | Formula]]:
    """The rows of the first sheet, the head first; raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable(f"文件超过 {MOST_BYTES // 1_000_000} MB，请分开导入。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return _sheet(book)
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, ValueError, NotImplementedError, EOFError):
        raise Unreadable("不是可以读取的 XLSX 表格，请用下载的模板填写后另存为 .xlsx。") from None
    except (RuntimeError, OSError):
        raise Unreadable("表格有密码或已损坏，请去掉密码后再导入。") from None


def _sheet(book: zipfile.ZipFile) -> list[list[Cell | Formula]]:
    parts = book.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unreadable("表格解开后过大，请只留要导入的一张工作表。")
    names = {part.filename for part in parts}
    shared = _shared(book) if "xl/sharedStrings.xml" in names else []
    tree = _xml(book, _first(book))
    rows: list[list[Cell | Formula]] = []
    for row in tree.iter(f"{_MAIN}row"):
        if len(rows) > MOST_ROWS:
            raise Unreadable(f"一次最多导入 {MOST_ROWS} 行，请分开导入。")
        rows.append(_row(row, shared))
    while rows and not any(cell is not None for cell in rows[-1]):
        rows.pop()
    return rows


def _xml(book: zipfile.ZipFile, name: str) -> etree._Element:
    with book.open(name) as part:
        # What a part says of its size may be a lie: never read more than was agreed.
        text = part.read(MOST_UNPACKED + 1)
    if len(text) > MOST_UNPACKED:
        raise Unreadable("表格解开后过大，请只留要导入的一张工作表。")
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise Unreadable("表格中有不允许的内容，请用下载的模板填写。")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(text, parser)


def _first(book: zipfile.ZipFile) -> str:
    """The part that holds the first sheet."""
    workbook = _xml(book, "xl/workbook.xml")
    sheet = next(workbook.iter(f"{_MAIN}sheet"))
    asked = sheet.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")
    for relation in _xml(book, "xl/_rels/workbook.xml.rels"):
        if relation.get("Id") == asked:
            target = str(relation.get("Target") or "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    raise ValueError(asked)


def _shared(book: zipfile.ZipFile) -> list[str]:
    tree = _xml(book, "xl/sharedStrings.xml")
    return ["".join(_texts(each)) for each in tree.iter(f"{_MAIN}si")]


def _texts(node: etree._Element) -> Iterator[str]:
    for text in node.iter(f"{_MAIN}t"):
        # Readings above Chinese characters are no part of the word.
        parent = text.getparent()
        if parent is None or parent.tag != f"{_MAIN}rPh":
            yield text.text or ""


def _row(row: etree._Element, shared: list[str]) -> list[Cell | Formula]:
    found: list[Cell | Formula] = []
    for cell in row.iter(f"{_MAIN}c"):
        place = _place(cell.get("r"), len(found))
        if place >= MOST_COLUMNS:
            raise Unreadable(f"表格最多 {MOST_COLUMNS} 栏，请用下载的模板填写。")
        found.extend([None] * (place + 1 - len(found)))
        found[place] = _value(cell, shared)
    return found


def _place(reference: str | None, otherwise: int) -> int:
    letters = _REF.fullmatch(reference or "")
    if letters is None:
        return otherwise
    place = 0
    for letter in letters.group(1):
        place = place * 26 + ord(letter) - 64
    return place - 1


def _value(cell: etree._Element, shared: list[str]) -> Cell | Formula:
    if cell.find(f"{_MAIN}f") is not None:
        return FORMULA
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(_texts(cell))[:LONGEST_CELL].strip() or None
    raw = cell.findtext(f"{_MAIN}v")
    if raw is None or not raw.strip():
        return None
    if kind == "s":
        number = int(raw)
        return shared[number][:LONGEST_CELL].strip() or None if 0 <= number < len(shared) else None
    if kind == "b":
        return raw.strip() == "1"
    return float(raw) if kind == "n" else raw[:LONGEST_CELL].strip() or None
