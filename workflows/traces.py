"""Traces: what a step did to its case, kept for as long as it may still be taken back (撤回)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workflows.cases import RUNNING
from workflows.commands import digest_of

if TYPE_CHECKING:
    from workflows.cases import Case, OpenCase

MOST_KEPT = 6
"""So many steps back, branches beside each other included; older ones have been built upon."""


@dataclass(frozen=True, slots=True)
class Before:
    """A case as it stood before a step."""

    state: bytes
    variables: dict[str, Any]

    @classmethod
    def of(cls, case: OpenCase) -> Before:
        """How the case stands now."""
        return cls(case.engine_state, dict(case.variables))


def note(case: OpenCase, item_id: int, seq: int, before: Before) -> None:
    """Keep what the step of ``item_id`` changed; ``seq`` is its journal row. An ended case keeps nothing."""
    if case.state != RUNNING:
        case.undo = []
        return
    changed = [name for name, value in case.variables.items() if value is not before.variables.get(name)]
    trace = {
        "item": item_id,
        "seq": seq,
        "before": before.state.decode(),
        "after": case.engine_state.decode(),
        "was": {name: before.variables[name] for name in changed if name in before.variables},
        "then": {name: digest_of(case.variables[name]) for name in changed},
    }
    case.undo = [*case.undo, trace][-MOST_KEPT:]


def of_item(case: OpenCase | Case, item_id: int) -> dict[str, Any] | None:
    """The trace of an item's step, unless it is too old."""
    return next((trace for trace in case.undo if trace["item"] == item_id), None)


def stands(case: OpenCase | Case, trace: dict[str, Any]) -> bool:
    """Whether every variable the step wrote still has the value it was given."""
    return all(
        name in case.variables and digest_of(case.variables[name]) == said
        for name, said in trace["then"].items()
    )


def rub_out(case: OpenCase, trace: dict[str, Any]) -> None:
    """Give the variables the step wrote their earlier values, and forget the step."""
    for name in trace["then"]:
        case.variables.pop(name, None)
    case.variables.update(trace["was"])
    case.undo = [each for each in case.undo if each is not trace]
