"""What came of a walk through a draft, and in words where it differs from what was expected."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from workflows import feel
from workflows.clock import LOCAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from workflows.designing.scenarios import Expect
    from workflows.spiff import Element


@dataclass(frozen=True, slots=True)
class Passed:
    """A step the case has passed: when, how it was concluded, and when it was or fell due."""

    at: datetime
    element: str
    name: str
    kind: str
    conclusion: Any = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class RuleFired:
    """A rule of a decision table that fired: the table's decision, the rule's id and its row."""

    decision: str
    id: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A walk through a draft.

    ``steps`` are the activities and events passed, ``open`` and ``waiting`` where it stands, ``outcome`` the
    name of the end reached or nothing, ``values`` the case's variables, ``passed`` every element and flow.
    """

    scenario: str
    steps: tuple[str, ...]
    open: tuple[str, ...]
    waiting: tuple[str, ...]
    outcome: str
    values: Mapping[str, Any]
    trace: tuple[Passed, ...]
    passed: tuple[str, ...]
    rules: tuple[RuleFired, ...]
    due: Mapping[str, datetime]
    problems: tuple[str, ...] = ()

    @property
    def went_as_told(self) -> bool:
        """Whether the script could be followed and everything came as expected."""
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """The walk for programs; instants in Beijing time."""
        return {
            "scenario": self.scenario,
            "ok": self.went_as_told,
            "problems": list(self.problems),
            "steps": list(self.steps),
            "open": list(self.open),
            "waiting": list(self.waiting),
            "outcome": self.outcome,
            "values": json.loads(feel.dumps(dict(self.values))),
            "due": {element: _local(at) for element, at in self.due.items()},
            "trace": [_as_json(each) for each in self.trace],
            "passed": list(self.passed),
            "rules": [{"decision": r.decision, "rule": r.id, "number": r.number} for r in self.rules],
        }


def _as_json(passed: Passed) -> dict[str, Any]:
    return {
        "at": _local(passed.at),
        "element": passed.element,
        "name": passed.name,
        "kind": passed.kind,
        "conclusion": passed.conclusion,
        "due": _local(passed.due),
    }


def _local(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(LOCAL).isoformat()


def called(elements: Mapping[str, Element], element: str) -> str:
    """How a sentence names an element: its words and its id."""
    known = elements.get(element)
    return f"“{known.name}”（{element}）" if known and known.name else f"“{element}”"


def several(elements: Mapping[str, Element], ids: tuple[str, ...]) -> str:
    """A list of elements in a sentence."""
    return "、".join(called(elements, each) for each in ids) or "无"


def compared(walk: Walk, expect: Expect, elements: Mapping[str, Element]) -> tuple[str, ...]:
    """One sentence for each thing that came otherwise than expected."""
    return tuple(_differences(walk, expect, elements))


def _differences(walk: Walk, expect: Expect, elements: Mapping[str, Element]) -> Iterator[str]:
    pairs = enumerate(zip_longest(expect.steps, walk.steps), 1)
    for number, (wanted, came) in pairs:
        if wanted != came:
            yield (
                f"经过的第{number}个环节应为{called(elements, wanted) if wanted else '无'}，"
                f"实际为{called(elements, came) if came else '无'}。"
            )
            break
    for words, wanted_ids, came_ids in (
        ("待办环节", expect.open, walk.open),
        ("等待的事件", expect.waiting, walk.waiting),
    ):
        if sorted(wanted_ids) != sorted(came_ids):
            yield f"{words}应为{several(elements, wanted_ids)}，实际为{several(elements, came_ids)}。"
    if expect.outcome != walk.outcome:
        yield f"结果应为“{expect.outcome or '未办结'}”，实际为“{walk.outcome or '未办结'}”。"
    for path, wanted_value in expect.values.items():
        value = at(walk.values, path)
        if value != wanted_value:
            yield f"“{path}”应为 {_shown(wanted_value)}，实际为 {_shown(value)}。"


def at(values: Mapping[str, Any], path: str) -> Any:
    """The value under a dotted path; nothing where there is none."""
    found: Any = values
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _shown(value: Any) -> str:
    return "空" if value is None else f"“{value}”" if isinstance(value, str) else feel.dumps(value)
