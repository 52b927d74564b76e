"""Which parts of a draft its scenarios have been through, and which they have not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workflows.designing.walks import RuleFired

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workflows.catalogue import Release
    from workflows.designing.asking import Answer
    from workflows.designing.walks import Walk
    from workflows.spiff import Element, Flow


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much there is, and what no walk has passed: elements, flows, rules of decision tables."""

    of_elements: int
    of_flows: int
    of_rules: int
    elements: tuple[Element, ...]
    flows: tuple[Flow, ...]
    rules: tuple[RuleFired, ...]

    @property
    def is_whole(self) -> bool:
        """Whether every flow was taken and every rule fired."""
        return not (self.elements or self.flows or self.rules)

    def as_json(self) -> dict[str, Any]:
        """For programs: how many there are, and the ids of those never passed."""
        return {
            "elements": {"all": self.of_elements, "missed": [element.id for element in self.elements]},
            "flows": {"all": self.of_flows, "missed": [flow.id for flow in self.flows]},
            "rules": {
                "all": self.of_rules,
                "missed": [{"decision": r.decision, "rule": r.id, "number": r.number} for r in self.rules],
            },
        }


def coverage(release: Release, walks: Iterable[Walk | Answer]) -> Coverage:
    """What ``walks`` through the draft, and decisions asked by themselves, have and have not passed."""
    passed: set[str] = set()
    fired: set[RuleFired] = set()
    for walk in walks:
        passed.update(walk.passed)
        fired.update(walk.rules)
    specification, rules = release.specification, tuple(_rules(release))
    return Coverage(
        of_elements=len(specification.elements),
        of_flows=len(specification.flows),
        of_rules=len(rules),
        elements=tuple(each for each in specification.elements.values() if each.id not in passed),
        flows=tuple(each for each in specification.flows.values() if each.id not in passed),
        rules=tuple(rule for rule in rules if rule not in fired),
    )


def _rules(release: Release) -> Iterator[RuleFired]:
    models = {id(model): model for model in release.models.values()}
    for model in models.values():
        for table in model.tables:
            yield from (RuleFired(table.owner, rule.id, rule.number) for rule in table.rules)
