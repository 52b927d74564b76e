"""Whether a decision always has a way and each way is taken, as far as the options of one field prove it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows import feel, spiff
from workflows.designing import texts
from workflows.designing.findings import Finding, error, warning
from workflows.designing.ways import ENTERED, LEFT
from workflows.feel import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.catalogue import Bundle
    from workflows.designing.names import Known
    from workflows.designing.ways import Ways
    from workflows.spiff import Element, Flow, Specification

Values = frozenset[str | None]
"""Of a field; None where it may have no value."""

_DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway"})
_CHOICES = frozenset({"radio", "select"})


def choice_findings(
    specification: Specification, subject: Bundle, known: Known, ways: Ways
) -> Iterator[Finding]:
    """Decisions that some option leaves without a way, and ways that no option takes."""
    leaving: dict[str, list[Flow]] = {}
    for flow in specification.flows.values():
        leaving.setdefault(flow.source, []).append(flow)
    given = _always_given(specification, subject)
    for element in specification.elements.values():
        flows = leaving.get(element.id, [])
        if element.kind in _DECIDING and len(flows) > 1:
            yield from _Choice(element, flows, known, given, ways).findings()


def uncovered(specification: Specification, file: str) -> Iterator[Finding]:
    """The same for a diagram without its forms: what only they could prove is said to be unproven."""
    for element in specification.elements.values():
        flows = specification.outgoing(element.id) if element.kind in _DECIDING else ()
        if len(flows) > 1 and not _covered_by_text(list(flows)):
            sentence = (
                f"“{element.name or element.shape}”没有默认路径，须连同表单才能判定各选项是否都有去处。"
            )
            yield warning(element.file or file, element.shape, "gateway.default", sentence)


def _covered_by_text(flows: list[Flow]) -> bool:
    return any(flow.default for flow in flows) or spiff.covering([flow.condition or "" for flow in flows])


def _always_given(specification: Specification, subject: Bundle) -> frozenset[tuple[str, str]]:
    """Step and field of each choice that nobody can leave out."""
    return frozenset(
        (element.id, key)
        for element in specification.elements.values()
        if element.kind == "userTask" and element.multi_instance is None and element.form
        for key in _required(texts.components(subject.forms.get(element.form, "{}")))
    )


def _required(parts: Any) -> Iterator[str]:
    for part in parts if isinstance(parts, list) else ():
        if not isinstance(part, dict) or part.get("conditional") or part.get("disabled"):
            continue
        validate = part.get("validate")
        if part.get("type") == "group":
            yield from _required(part.get("components"))
        elif (
            part.get("type") in _CHOICES
            and isinstance(validate, dict)
            and validate.get("required") is True
            and isinstance(part.get("key"), str)
        ):
            yield part["key"]


class _Choice:
    """One gateway with the conditions on its ways."""

    def __init__(
        self,
        gateway: Element,
        flows: list[Flow],
        known: Known,
        given: frozenset[tuple[str, str]],
        ways: Ways,
    ) -> None:
        self.gateway, self.flows = gateway, flows
        self.known, self.given, self.ways = known, given, ways

    def findings(self) -> Iterator[Finding]:
        """What is wrong with it."""
        asked = [(flow, self._taken(flow)) for flow in self.flows if not flow.default]
        paths = dict.fromkeys(found[0] for _, found in asked if found)
        whole = False
        for path in paths:
            sets = [(flow, found[1]) for flow, found in asked if found and found[0] == path]
            everything = self._everything(path)
            whole = whole or frozenset[str | None]().union(*(taken for _, taken in sets)) >= everything
            if self.gateway.kind == "exclusiveGateway":
                yield from self._forestalled(sets)
        default = next((flow for flow in self.flows if flow.default), None)
        if default is not None and whole:
            yield self._never(default, "其他条件已包括全部选项，默认路径永远走不到。")
        elif not whole and not _covered_by_text(self.flows):
            sentence = (
                f"“{self.gateway.name or self.gateway.shape}”没有默认路径，条件也不能保证总有一条成立。"
            )
            yield error(self.gateway.file, self.gateway.shape, "gateway.default", sentence)

    def _forestalled(self, sets: list[tuple[Flow, Values]]) -> Iterator[Finding]:
        """Ways whose every value an earlier one has taken."""
        before: Values = frozenset()
        for flow, taken in sets:
            if before and taken <= before:
                yield self._never(flow, "前面的条件已经包括它的全部选项，这条路永远走不到。")
            before |= taken

    def _never(self, flow: Flow, sentence: str) -> Finding:
        said = f"连线“{flow.name or flow.shape}”：{sentence}"
        return warning(self.gateway.file, flow.shape, "gateway.never", said)

    def _taken(self, flow: Flow) -> tuple[tuple[str, str], Values] | None:
        """The field a condition asks and the values with which it holds; None where it asks more."""
        try:
            node = feel.parse((flow.condition or "").removeprefix("=")).node
        except feel.FeelSyntaxError:
            return None
        return self._holds(node)

    def _holds(self, node: nodes.Node) -> tuple[tuple[str, str], Values] | None:
        if isinstance(node, nodes.Compare) and node.op in {"=", "!="}:
            found = self._one_of(node.left, (node.right,)) or self._one_of(node.right, (node.left,))
            if found and node.op == "!=":
                return found[0], self._everything(found[0]) - found[1]
            return found
        if isinstance(node, nodes.In):
            return self._one_of(node.value, node.tests)
        if isinstance(node, nodes.Logic) and node.op == "or":
            parts = [self._holds(each) for each in node.operands]
            sure = [each for each in parts if each is not None]
            if len(sure) == len(parts) and len({path for path, _ in sure}) == 1:
                return sure[0][0], frozenset[str | None]().union(*(values for _, values in sure))
        return None

    def _one_of(
        self, asked: nodes.Node, tests: tuple[nodes.Node, ...]
    ) -> tuple[tuple[str, str], Values] | None:
        if not isinstance(asked, nodes.Path) or not isinstance(asked.base, nodes.Name):
            return None
        options = self.known.fields.get(asked.base.name, {}).get(asked.name)
        values = {each.value for each in tests if isinstance(each, nodes.Literal)}
        if not options or len(values) != len(tests) or not values <= options:
            return None
        return (asked.base.name, asked.name), frozenset(values)

    def _everything(self, path: tuple[str, str]) -> Values:
        """Every value a field may have here; none too, unless its step was surely done before."""
        options: Values = frozenset(self.known.fields[path[0]][path[1]] or ())
        sure = path in self.given and self.ways.surely((path[0], LEFT), (self.gateway.id, ENTERED))
        return options if sure else options | {None}
