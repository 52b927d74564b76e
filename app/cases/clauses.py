"""办理依据: the clause an element of a diagram rests on, its document, and the parameters that steer it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflows.catalogue import Release
    from workflows.spiff import Element

DEFAULT = "default"
"""The origin of what the source says nothing about."""

SHOWN = {"startEvent", "endEvent", "intermediateCatchEvent", "boundaryEvent", "userTask", "serviceTask"} | {
    "businessRuleTask",
    "callActivity",
    "sendTask",
    "receiveTask",
    "manualTask",
}
"""Kinds of elements that stand for something done or awaited; gateways and flows repeat their clause."""

_PARAMETER = re.compile(r"\bparam\.(\w+)")


@dataclass(frozen=True, slots=True)
class Basis:
    """The clause's words and the document they stand in; without words the source says nothing."""

    quote: str
    source: str
    origin: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number or choice the source leaves open, as it is set here."""

    name: str
    label: str
    words: str
    origin: str
    source: str
    quote: str
    why: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One element with its clause and its parameters."""

    element: Element
    basis: Basis | None
    parameters: tuple[Parameter, ...]


def basis_of(release: Release, element_id: str) -> Basis | None:
    """The clause an element cites, with its document's title; None where it says nothing of either."""
    element = release.specification.elements.get(element_id)
    if element is None or not (element.basis or element.origin):
        return None
    quote, source = cited(release, element.basis)
    return Basis(quote, source, element.origin or "source")


def cited(release: Release, basis: str) -> tuple[str, str]:
    """The quotation and the title of its document, from the text a diagram carries."""
    file, bar, quote = basis.partition("｜")
    if not bar:
        return basis, ""
    return quote, titles(release).get(file, file)


def titles(release: Release) -> dict[str, str]:
    """Each source file's title with its number (文号)."""
    return {
        str(document["file"]): f"{document['title']}{document.get('number') or ''}"
        for document in release.meta.get("documents", ())
    }


def clauses(release: Release) -> list[Clause]:
    """Every element that does or awaits something, in the diagram's order, with its clause."""
    return [
        Clause(element, basis_of(release, element.id), steering(release, element))
        for element in release.specification.elements.values()
        if element.kind in SHOWN and element.name
    ]


def steering(release: Release, element: Element) -> tuple[Parameter, ...]:
    """The parameters that an element's limit, property or form names."""
    texts = [element.due or "", release.forms.get(element.form or "", "")]
    named = set(_PARAMETER.findall(" ".join(texts))) | {element.properties.get("parameter", "")}
    return tuple(one for one in parameters(release) if one.name in named)


def parameters(release: Release) -> list[Parameter]:
    """Every parameter of the procedure in the order it was written down."""
    return [_parameter(release, given) for given in release.meta.get("parameters", ())]


def _parameter(release: Release, given: dict[str, Any]) -> Parameter:
    quote, source = cited(release, str(given.get("basis") or ""))
    return Parameter(
        name=str(given["name"]),
        label=str(given.get("label") or given["name"]),
        words=_words(release.parameters.get(given["name"]), str(given.get("unit") or "")),
        origin=str(given.get("origin") or "source"),
        source=source,
        quote=quote,
        why=str(given.get("why") or ""),
    )


def _words(value: object, unit: str) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(str(one) for one in value)
    return f"{value} {unit}".strip()
