"""Hardened XML: what may be read at all, and short ways to its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from workflows.spiff.refusals import Problem, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
MOST_BYTES = 2_000_000


def document(name: str, content: bytes) -> etree._Element:
    """The root of a BPMN file; no DOCTYPE, no entities, no network, at most 2 MB."""
    if len(content) > MOST_BYTES:
        raise _refusal(name, "xml.size", "文件超过2 MB。")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal(name, "xml.syntax", f"不是完好的XML（{error}）。") from error
    info: Any = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise _refusal(name, "xml.doctype", "含有DOCTYPE声明；为安全起见不予读取。")
    if root.tag != f"{{{BPMN}}}definitions":
        raise _refusal(name, "xml.root", "不是BPMN 2.0流程图。")
    return root


def _refusal(file: str, rule: str, sentence: str) -> Unreadable:
    return Unreadable(Problem(file, "", rule, sentence))


def bpmn(tag: str) -> str:
    """The full name of a BPMN tag."""
    return f"{{{BPMN}}}{tag}"


def kind(node: etree._Element) -> str | None:
    """The BPMN name of a node, or None when it comes from elsewhere."""
    namespace, _, local = str(node.tag).rpartition("}")
    return local if namespace == "{" + BPMN else None


def children(node: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Direct children with a BPMN tag."""
    return node.iterchildren(bpmn(tag))


def child(node: etree._Element, tag: str) -> etree._Element | None:
    """The first direct child with a BPMN tag."""
    return next(children(node, tag), None)


def text(node: etree._Element | None) -> str | None:
    """The text of a node without surrounding space; None when there is none."""
    if node is None or node.text is None or not node.text.strip():
        return None
    return str(node.text).strip()


def zeebe(node: etree._Element, tag: str) -> Iterator[etree._Element]:
    """The node's own ``zeebe:`` extension elements of one tag; a subprocess does not see its children's."""
    for extensions in children(node, "extensionElements"):
        yield from extensions.iterchildren(f"{{{ZEEBE}}}{tag}")


def properties(node: etree._Element) -> dict[str, str]:
    """The node's ``zeebe:property`` names and values."""
    return {
        str(line.get("name", "")): str(line.get("value", ""))
        for group in zeebe(node, "properties")
        for line in group.iterchildren(f"{{{ZEEBE}}}property")
    }
