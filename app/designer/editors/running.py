"""Running an amendment's scenarios: what came of each, what they have been through, and how a walk went."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from app import door
from app.designer.trying import check_form
from workflows import catalogue
from workflows.catalogue import Bundle
from workflows.clock import LOCAL
from workflows.designing import amendments, scripting, simulate
from workflows.designing.parts import OWN_DIAGRAM, SCENARIOS

if TYPE_CHECKING:
    from workflows.catalogue import Release
    from workflows.designing.amendments import Amendment
    from workflows.designing.simulate import Answer, Coverage, Question, Scenario, Walk

_NOON = datetime(2026, 3, 2, 12, tzinfo=LOCAL)
"""When a scenario begins that does not say: the same for everybody, so that what is kept stays true."""


@dataclass(frozen=True, slots=True)
class Ran:
    """Every scenario of a file with its walk, every decision asked by itself with its answer."""

    release: Release
    scenes: tuple[tuple[Scenario, Walk], ...]
    asked: tuple[tuple[Question, Answer], ...]
    coverage: Coverage

    @property
    def results(self) -> tuple[Walk | Answer, ...]:
        """All that was run."""
        return (*(walk for _, walk in self.scenes), *(answer for _, answer in self.asked))

    @property
    def failed(self) -> int:
        """How many did not go as they say."""
        return sum(not each.went_as_told for each in self.results)

    def rules_fired(self) -> Counter[tuple[str, str]]:
        """How often each rule fired, by its decision and its id."""
        return Counter((rule.decision, rule.id) for each in self.results for rule in each.rules)


def bundle_of(row: Amendment) -> Bundle:
    """What the amendment would be published as; raises what keeps it from being assembled."""
    return amendments.bundle_of(door.reading(), row.procedure_key, row.files)


def prepared(row: Amendment) -> Release:
    """The amendment ready to be walked; raises what keeps it from being read."""
    return _prepared(bundle_of(row).dump())


@lru_cache(maxsize=8)
def _prepared(bundle: str) -> Release:
    return catalogue.prepare(Bundle.load(bundle))


def ran(row: Amendment) -> Ran:
    """Every scenario run; a page and its diagram ask in turn and it is done once."""
    return _ran(bundle_of(row).dump(), row.files.get(SCENARIOS, ""))


@lru_cache(maxsize=8)
def _ran(bundle: str, text: str) -> Ran:
    release = _prepared(bundle)
    scenes = scripting.scenes(text)
    asked = simulate.questions(text, SCENARIOS)
    walks = tuple((each, simulate.run(release, each, check_form=check_form, now=_NOON)) for each in scenes)
    answers = tuple((each, simulate.ask(release, each, now=_NOON)) for each in asked)
    results = [walk for _, walk in walks] + [answer for _, answer in answers]
    return Ran(release, walks, answers, simulate.coverage(release, results))


def shapes(release: Release, file: str = OWN_DIAGRAM) -> dict[str, str]:
    """The shape in a diagram's file of each element and flow."""
    specification = release.specification
    own = [each for each in specification.elements.values() if each.file == file]
    found = {each.id: each.shape for each in own}
    processes = {each.process for each in own}
    return found | {each.id: each.shape for each in specification.flows.values() if each.process in processes}


def covered(found: Ran) -> dict[str, Any]:
    """What the viewer marks: how often each part of the diagram was passed, and what never was."""
    drawn = shapes(found.release)
    counts = Counter(part for _, walk in found.scenes for part in walk.passed)
    return {
        "coverage": {shape: counts.get(part, 0) for part, shape in drawn.items()},
        "elements": _named(found.release),
    }


def played(release: Release, walk: Walk) -> dict[str, Any]:
    """A walk for the viewer to play: the shapes it passed in order, each with its words."""
    drawn = shapes(release)
    stops = [part for part in walk.passed if part in drawn]
    standing = [part for part in (*walk.open, *walk.waiting) if part in drawn]
    return {
        "walk": [{"shape": drawn[part], "words": _words(release, part)} for part in stops],
        "standing": [drawn[part] for part in standing],
        "elements": _named(release),
    }


def _words(release: Release, part: str) -> str:
    element = release.specification.elements.get(part)
    if element is not None:
        return element.name or element.id
    return release.specification.flows[part].name or "→"


def _named(release: Release) -> dict[str, dict[str, str]]:
    own = (each for each in release.specification.elements.values() if each.file == OWN_DIAGRAM)
    return {each.shape: {"name": each.name} for each in own if each.name}
