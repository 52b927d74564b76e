"""An amendment's diagram to look at: what each element is called and the clause it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.designer import documents, vocabulary
from workflows import spiff
from workflows.designing.parts import OWN_DIAGRAM
from workflows.errors import Refusal

if TYPE_CHECKING:
    from workflows.designing.amendments import Amendment


def said(row: Amendment) -> dict[str, dict[str, Any]]:
    """What the viewer says of each element; of a diagram with faults, nothing."""
    titles = {
        each["file"]: each["title"] for each in documents.listed(row.files, vocabulary.described(row.files))
    }
    try:
        diagram = row.files.get(OWN_DIAGRAM, "").encode()
        elements = spiff.parse({OWN_DIAGRAM: diagram}, row.procedure_key).elements
    except Refusal:
        return {}
    return {element.shape: _said(element, titles) for element in elements.values()}


def _said(element: spiff.Element, titles: dict[str, str]) -> dict[str, Any]:
    file, bar, quote = element.basis.partition("｜")
    return {
        "name": element.name,
        "words": element.documentation,
        "quote": quote if bar else element.basis,
        "source": titles.get(file, file) if bar else "",
        "origin": element.origin or "source",
    }
