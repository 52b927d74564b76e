"""From BPMN files to a specification: read, check, give unique ids, build. Once per version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from workflows.spiff import markup
from workflows.spiff.building import build
from workflows.spiff.model import ACTIVITIES, Element, Flow, Specification
from workflows.spiff.reading import Level, file_of, level_of
from workflows.spiff.refusals import Problem, Unreadable
from workflows.spiff.rules import node_problems
from workflows.spiff.wiring import expression_problems, wiring_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lxml import etree


@dataclass(frozen=True, slots=True)
class _Process:
    """A process found in a file of the bundle."""

    file: str
    root: etree._Element
    raw: etree._Element


def parse(bundle: Mapping[str, bytes], process_id: str) -> Specification:
    """The executable specification of ``process_id`` with all it calls, from files by name.

    Files that are not ``.bpmn`` are left alone. Raises Unreadable with the first problem found.
    """
    found = _processes(bundle)
    levels = list(_called(found, process_id))
    for problem in _problems(levels):
        raise Unreadable(problem)
    elements, flows = _unique(levels)
    main = found[process_id].raw
    return Specification(
        process_id=process_id,
        name=str(main.get("name") or process_id),
        documentation=markup.text(markup.child(main, "documentation")) or "",
        elements=MappingProxyType({element.id: element for element in elements}),
        flows=MappingProxyType({flow.id: flow for flow in flows}),
        processes=MappingProxyType(
            {each.process: str(each.raw.get("name") or each.process) for each in levels}
        ),
        engine=build(process_id, elements, flows),
    )


def problems(bundle: Mapping[str, bytes], process_id: str) -> list[Problem]:
    """Everything for which ``parse`` would refuse the bundle; empty when it is taken."""
    try:
        levels = list(_called(_processes(bundle), process_id))
        found = list(_problems(levels))
        if not found:
            _unique(levels)
    except Unreadable as refusal:
        return [refusal.problem]
    return found


def processes(content: bytes, name: str = "process.bpmn") -> dict[str, str]:
    """The names of the processes in one file, by id."""
    root = markup.document(name, content)
    return {str(each.get("id")): str(each.get("name") or "") for each in markup.children(root, "process")}


def _processes(bundle: Mapping[str, bytes]) -> dict[str, _Process]:
    found: dict[str, _Process] = {}
    for name, content in bundle.items():
        if not name.endswith(".bpmn"):
            continue
        root = markup.document(name, content)
        for raw in markup.children(root, "process"):
            process = str(raw.get("id") or "")
            if process in found:
                sentence = f"流程“{process}”在“{found[process].file}”中已有。"
                raise Unreadable(Problem(name, process, "process.twice", sentence))
            found[process] = _Process(name, root, raw)
    return found


def _called(found: Mapping[str, _Process], main: str) -> Iterator[Level]:
    """The main process and every process it calls, each once, the main one first."""
    levels: dict[str, Level] = {}
    todo = [(main, "", "")]
    while todo:
        process, file, caller = todo.pop(0)
        if process in levels:
            continue
        if process not in found:
            raise Unreadable(
                Problem(file or main, caller or main, "process.missing", f"没有找到流程“{process}”。")
            )
        origin = found[process]
        level = level_of(file_of(origin.file, origin.root), origin.raw, process)
        levels[process] = level
        todo += [(each.called, level.file, each.shape) for each in _everything(level) if each.called]
    _no_circle(levels, main, ())
    yield from levels.values()


def _no_circle(levels: Mapping[str, Level], process: str, above: tuple[str, ...]) -> None:
    if process in above:
        sentence = f"调用形成循环：{' → '.join((*above, process))}。"
        raise Unreadable(Problem(levels[process].file, process, "process.circle", sentence))
    for element in _everything(levels[process]):
        if element.called:
            _no_circle(levels, element.called, (*above, process))


def _everything(level: Level) -> Iterator[Element]:
    yield from level.elements
    for inner in level.inner:
        yield from _everything(inner)


def _all_flows(level: Level) -> Iterator[Flow]:
    yield from level.flows
    for inner in level.inner:
        yield from _all_flows(inner)


def _things(level: Level) -> Iterator[Element | Flow]:
    yield from _everything(level)
    yield from _all_flows(level)


def _problems(levels: Iterable[Level]) -> Iterator[Problem]:
    for level in levels:
        yield from _twice(level)
        yield from node_problems(level)
        yield from wiring_problems(level)
        yield from expression_problems(level.file, _everything(level), _all_flows(level))


def _twice(level: Level) -> Iterator[Problem]:
    seen: set[str] = set()
    for each in _things(level):
        if each.shape in seen:
            yield Problem(level.file, each.shape, "id.twice", f"编号“{each.shape}”用了两次。")
        seen.add(each.shape)


def _unique(levels: Sequence[Level]) -> tuple[list[Element], list[Flow]]:
    """Elements and flows of all processes; ids a called process shares with another get its name in front.

    A step whose answers become variables must be unique by itself, or two steps would share their answers.
    """
    elements: list[Element] = []
    flows: list[Flow] = []
    taken: dict[str, Element | Flow | str] = {level.process: level.process for level in levels}
    for level in levels:
        new: dict[str, str] = {}
        for each in _things(level):
            other = taken.get(each.shape)
            new[each.shape] = each.shape if other is None else f"{level.process}/{each.shape}"
            if other is not None and (
                isinstance(other, str) or _keeps_variables(each) or _keeps_variables(other)
            ):
                sentence = f"编号“{each.shape}”与另一流程或其步骤相同。"
                raise Unreadable(Problem(level.file, each.shape, "id.shared", sentence))
            taken.setdefault(each.shape, each)
        elements += [_renamed(element, new) for element in _everything(level)]
        flows += [
            replace(flow, id=new[flow.shape], source=new[flow.source], target=new[flow.target])
            for flow in _all_flows(level)
        ]
    return elements, flows


def _keeps_variables(each: Element | Flow) -> bool:
    return isinstance(each, Element) and each.kind in ACTIVITIES


def _renamed(element: Element, new: Mapping[str, str]) -> Element:
    return replace(
        element,
        id=new[element.shape],
        parent=None if element.parent is None else new[element.parent],
        attached_to=None if element.attached_to is None else new[element.attached_to],
    )
