"""Whether what an expression names can be there when it is asked: never what only a later step gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows import feel
from workflows.decisions.model import inputs_of
from workflows.designing import texts
from workflows.designing.findings import ERROR, WARNING, Finding, fix
from workflows.designing.names import ALWAYS, FUNCTIONS, INNER
from workflows.designing.results import models_of
from workflows.designing.ways import ENTERED, LEFT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.catalogue import Bundle
    from workflows.designing.texts import Use
    from workflows.designing.ways import Place, Ways
    from workflows.spiff import Specification

LATER, BESIDE = "expression.name_later", "expression.name_beside"


def order_findings(specification: Specification, subject: Bundle, ways: Ways) -> Iterator[Finding]:
    """One finding for each name that is asked before any step that gives it can have been done."""
    order = _Order(specification, ways)
    for use in texts.of_diagrams(specification, subject):
        if use.at:
            moment = LEFT if use.afterwards else ENTERED
            yield from order.judged(use, [(use.at, moment)], _names(use.text), grave=use.grave)
    for use, names in _of_decisions(specification, subject):
        yield from order.judged(use, [(use.at, ENTERED)], names, grave=True)
    for key, form in subject.forms.items():
        asked = [(each.id, ENTERED) for each in specification.elements.values() if each.form == key]
        own = texts.fields(form).keys()
        for use in texts.of_form(key, form) if asked else ():
            yield from order.judged(use, asked, _names(use.text) - own, grave=False)


def _names(text: str) -> frozenset[str]:
    try:
        expression = feel.parse(text.removeprefix("="), ALWAYS)
    except feel.FeelSyntaxError:
        return frozenset()  # said elsewhere
    return frozenset(feel.names(expression)) - ALWAYS - FUNCTIONS - INNER


def _of_decisions(specification: Specification, subject: Bundle) -> Iterator[tuple[Use, frozenset[str]]]:
    """What decisions take from the case without being given it by the diagram."""
    models = models_of(subject)
    for element in specification.elements.values():
        model = models.get(element.decision or "")
        part = model.named(element.decision or "", "decision") if model else None
        if part is not None:
            given = {line.target.partition(".")[0] for line in element.inputs}
            where = f"“{element.name or element.shape}”的决策“{part.name}”"
            use = texts.Use(element.file, element.shape, where, "", element.id)
            yield use, frozenset(inputs_of(part)) - given - ALWAYS


class _Order:
    """Who gives each name, and what comes before what."""

    def __init__(self, specification: Specification, ways: Ways) -> None:
        self.elements, self.ways = specification.elements, ways
        self.givers: dict[str, set[Place]] = {}
        for element in self.elements.values():
            targets = [line.target.partition(".")[0] for line in element.outputs]
            many = element.multi_instance
            for name in (element.id, element.result_variable, many and many.output, *targets):
                if name:
                    self.givers.setdefault(name, set()).add((element.id, LEFT))
            if many and many.item:
                self.givers.setdefault(many.item, set()).add((element.id, ENTERED))

    def judged(
        self, use: Use, places: list[Place], names: frozenset[str], *, grave: bool
    ) -> Iterator[Finding]:
        """A finding for each name that is there at none of the places, or only by chance."""
        for name in sorted(names & self.givers.keys()):
            rules = {self._rule(name, place) for place in places}
            if "" in rules:
                continue
            rule = BESIDE if BESIDE in rules else LATER
            sentence = f"{use.where}用了{self._called(name)}{_SAID[rule]}"
            severity = ERROR if grave and rule == LATER else WARNING
            yield Finding(severity, use.file, use.element, rule, sentence, fix(rule))

    def _rule(self, name: str, place: Place) -> str:
        givers = self.givers[name]
        beside = {giver for giver in givers if self.ways.beside(giver, place)}
        if any(self.ways.leads(giver, place) for giver in givers - beside):
            return ""
        return BESIDE if beside else LATER

    def _called(self, name: str) -> str:
        """The steps that give a name, in words; the name itself too where it is another."""
        steps = [self.elements[key] for key, _ in sorted(self.givers[name])]
        words = "、".join(f"“{each.name or each.shape}”" for each in steps)
        return f"{words}的内容“{name}”"


_SAID = {
    LATER: "，而这一环节要到后面才办，此时还没有内容。",
    BESIDE: "，而这一环节在另一条并行的路上，此时不一定办完。",
}
