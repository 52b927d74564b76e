"""Opens a DMN file without letting it reach anything outside itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from workflows.errors import Invalid

MAX_BYTES: Final = 2_000_000
MAX_DEPTH: Final = 100
_NAMESPACE: Final = re.compile(r"https?://www\.omg\.org/spec/DMN/\d{8}/(?:MODEL/|dmn\.xsd)")

Element = etree._Element  # noqa: SLF001 - lxml has no public name for it


class Unreadable(Invalid):
    """A DMN file that cannot be read at all."""

    code = "decision.unreadable"
    sentence = "决策文件无法读取：{why}。"


def open_document(xml: bytes) -> Element:
    """The root of a DMN 1.1 to 1.6 document; raises Unreadable."""
    if len(xml) > MAX_BYTES:
        raise Unreadable(why="文件超过2MB")
    if b"<!DOCTYPE" in xml.replace(b"\x00", b"").upper():
        raise Unreadable(why="不允许含有DOCTYPE")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(why="不是完整的XML") from error
    if kind(root) != "definitions" or not _NAMESPACE.fullmatch(etree.QName(root).namespace or ""):
        raise Unreadable(why="不是DMN 1.1至1.6的文件")
    if _too_deep(root):
        raise Unreadable(why="元素嵌套过深")
    return root


def _too_deep(root: Element) -> bool:
    pending = [(root, 1)]
    while pending:
        element, depth = pending.pop()
        if depth > MAX_DEPTH:
            return True
        pending.extend((inner, depth + 1) for inner in element)
    return False


def kind(element: Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def inner(element: Element, *names: str) -> Iterator[Element]:
    """The direct children of these names."""
    return (part for part in element if kind(part) in names)


def first(element: Element, *names: str) -> Element | None:
    """The first direct child of one of these names."""
    return next(inner(element, *names), None)


def text_of(element: Element | None) -> str:
    """The `text` child's content, without space around it."""
    if element is None:
        return ""
    found = first(element, "text")
    return (found.text or "").strip() if found is not None else ""


def attribute(element: Element | None, name: str) -> str:
    """An attribute, or nothing."""
    return element.get(name, "") if element is not None else ""


def name_of(element: Element | None) -> str:
    """An element's name with single spaces, as expressions have it."""
    return " ".join(attribute(element, "name").split())


def line_of(element: Element | None) -> int:
    """The line of the file on which an element's text, or else it, begins."""
    if element is None:
        return 1
    written = first(element, "text")
    found: Any = element if written is None else written
    return int(found.sourceline or 1)


def reference(element: Element | None) -> str:
    """The id an `href` points at, with its namespace when it is another model's."""
    return attribute(element, "href").removeprefix("#")


def ids_twice(xml: bytes) -> tuple[str, ...]:
    """The ids that more than one element of a document carries; raises Unreadable."""
    found = [attribute(element, "id") for element in open_document(xml).iter() if attribute(element, "id")]
    return (
        tuple(sorted({each for each in found if found.count(each) > 1}))
        if len(set(found)) < len(found)
        else ()
    )
