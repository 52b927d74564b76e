"""A diagram held against the XML schema of BPMN 2.0: what other tools would refuse to open."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import SpiffWorkflow
from lxml import etree

from workflows.spiff import markup
from workflows.spiff.refusals import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RULE = "xml.schema"

_MESSAGE = re.compile(r"Element '(?:\{[^}]*\})?(?P<element>[^']+)'")
_ATTRIBUTE = re.compile(r"attribute '(?P<attribute>[^']+)'")
_LOCK = Lock()


def schema_problems(name: str, content: bytes) -> list[Problem]:
    """Everything in a file that the schema does not allow; raises Unreadable where it is no diagram."""
    root = markup.document(name, content)
    # The log belongs to the schema, which every thread shares.
    with _LOCK:
        schema = _schema()
        valid = schema.validate(root)
        faults: Any = schema.error_log
        return [] if valid else list(_told(name, root, faults))


@cache
def _schema() -> etree.XMLSchema:
    """The schema as SpiffWorkflow brings it along."""
    file = Path(SpiffWorkflow.__file__).parent / "bpmn" / "parser" / "schema" / "BPMN20.xsd"
    return etree.XMLSchema(etree.parse(file, etree.XMLParser(no_network=True, resolve_entities=False)))


def _told(name: str, root: etree._Element, faults: Iterable[etree._LogEntry]) -> Iterator[Problem]:
    seen = set()
    for fault in faults:
        shape, sentence = _shape(root, fault), _sentence(fault)
        if (shape, sentence) not in seen:
            seen.add((shape, sentence))
            yield Problem(name, shape, RULE, sentence)


def _sentence(fault: etree._LogEntry) -> str:
    found = _MESSAGE.match(fault.message)
    element = found["element"] if found else ""
    lacking = _ATTRIBUTE.search(fault.message)
    attribute = lacking["attribute"] if lacking else ""
    place = f"第{fault.line}行的元素“{element}”"
    for sign, words in _WORDS.items():
        if sign in fault.message:
            return place + words.format(attribute=attribute)
    return f"{place}{f'的属性“{attribute}”' if attribute else ''}不合 BPMN 2.0 的规定。"


_WORDS = {
    "Character content": "里不能直接写文字。",
    "is not allowed": "不能有属性“{attribute}”。",
    "is required but missing": "缺少属性“{attribute}”。",
    "Missing child element": "缺少下级元素。",
    "not expected": "不能放在这里，或顺序不对。",
    "'xs:ID'": "的编号与别的元素相同，或写法不对。",
}
"""What is wrong, by words in the reader's own message."""


def _shape(root: etree._Element, fault: etree._LogEntry) -> str:
    """The id of the element a fault concerns, or of what it stands in."""
    names = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    try:
        found = root.getroottree().xpath(fault.path or "", namespaces=names)
    except etree.XPathError:
        return ""
    node = found[0] if isinstance(found, list) and found and isinstance(found[0], etree._Element) else None
    while node is not None:
        if node.get("id") and markup.kind(node) != "definitions":
            return str(node.get("id"))
        node = node.getparent()
    return ""
