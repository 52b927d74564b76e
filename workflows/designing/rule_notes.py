"""The annotations of rules (依据, 说明) written into a DMN file; dmn-js keeps them but does not show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from workflows.decisions.xml import inner, kind, open_document

if TYPE_CHECKING:
    from collections.abc import Mapping


def columns(text: str) -> dict[str, list[tuple[int, str, str]]]:
    """By rule: each annotation column's number, its name, and what stands there; raises Unreadable."""
    found = {}
    for table in (each for each in open_document(text.encode()).iter() if kind(each) == "decisionTable"):
        names = [str(each.get("name") or "") for each in inner(table, "annotation")]
        for rule in inner(table, "rule"):
            said = [_words(each) for each in inner(rule, "annotationEntry")]
            said += [""] * (len(names) - len(said))
            found[str(rule.get("id"))] = [(n, name, said[n]) for n, name in enumerate(names)]
    return found


def _words(entry: etree._Element) -> str:
    return next((str(each.text or "").strip() for each in inner(entry, "text")), "")


def written(text: str, notes: Mapping[tuple[str, int], str]) -> str:
    """The file with annotations set by rule and column; raises Unreadable."""
    root = open_document(text.encode())
    changed = False
    for rule in (each for each in root.iter() if kind(each) == "rule"):
        wanted = {column: note for (name, column), note in notes.items() if name == rule.get("id")}
        for column in sorted(wanted):
            changed |= _set(rule, column, wanted[column].replace("\r\n", "\n").strip())
    if not changed:
        return text
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True).decode() + "\n"


def _set(rule: etree._Element, column: int, note: str) -> bool:
    namespace = etree.QName(rule).namespace
    entries = list(inner(rule, "annotationEntry"))
    while note and len(entries) <= column:
        entries.append(etree.SubElement(rule, f"{{{namespace}}}annotationEntry"))
    if column >= len(entries):
        return False
    words = next(inner(entries[column], "text"), None)
    if words is None:
        words = etree.SubElement(entries[column], f"{{{namespace}}}text")
    if (words.text or "").strip() == note:
        return False
    words.text = note
    return True
