"""Proof that a diagram runs to its end: no token stuck, doubled or going round for ever, all within reach.

Every level is a net of tokens that is made small and then searched state by state. What is found is told with
the way that leads to it, by the names of the steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.designing.findings import Change, Finding, error, warning, with_change
from workflows.designing.nets import END, STOP, nets
from workflows.designing.searching import MOST_STATES, bits, search
from workflows.designing.shrinking import shrink

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workflows.designing.nets import Mode, Net
    from workflows.designing.searching import Search
    from workflows.spiff import Element, Specification

_LONGEST_WAY = 12
_GATEWAYS = {
    "exclusiveGateway": "排他网关", "parallelGateway": "并行网关", "inclusiveGateway": "包容网关",
    "eventBasedGateway": "事件网关",
}  # fmt: skip
_TAKING: dict[str, Mode] = {"exclusiveGateway": "any", "parallelGateway": "every", "inclusiveGateway": "some"}


def soundness_findings(specification: Specification, file: str, most: int = MOST_STATES) -> Iterator[Finding]:
    """Findings about how tokens run, level by level; ``file`` where an element names none."""
    found = [
        finding
        for net in nets(specification)
        for finding in _Level(specification, file, shrink(net), most).findings()
    ]
    yield from dict.fromkeys([*found, *_errors(specification, file)])


class _Level:
    """One level, searched."""

    def __init__(self, specification: Specification, file: str, net: Net, most: int) -> None:
        self.specification = specification
        self.elements = specification.elements
        self.file = file
        self.net = net
        self.most = most
        self.search = search(net, most)

    def findings(self) -> Iterator[Finding]:
        """What is wrong with this level."""
        found = [*self._doubled(), *self._stuck()]
        if self.search.whole:
            found += self._endless()
            found += [] if found else self._unreachable()
        yield from found
        if not self.search.whole:
            sentence = (
                f"查了{self.most}种办理状态仍未查完，不能证明不会停住、重复或绕圈；已查过的部分"
                f"{'有上述问题' if found else '没有发现问题'}。"
            )
            yield self._say(self.net.start, "sound.bound", sentence, warn=True)

    def _doubled(self) -> Iterator[Finding]:
        for node, (state, move) in self.search.doubled.items():
            way = self._way(self.search.way(state, move))
            sentence = f"会重复办理：前一次还没有走完，又到了这里。走法：{way}。"
            found = self._say(node, "sound.doubled", sentence)
            yield with_change(found, self._change(node, ("parallelGateway", "inclusiveGateway")))

    def _stuck(self) -> Iterator[Finding]:
        for node, state in self.search.stuck.items():
            lacking = [self._before(number) for number in self.net.into[node] if not state >> number & 1]
            words = "、".join(f"“{each}”" for each in dict.fromkeys(lacking))
            sentence = (
                f"会永远停住：等不到从{words}来的一路。走法：{self._way(self.search.way(state))}。"
                if words
                else f"会永远停住。走法：{self._way(self.search.way(state))}。"
            )
            found = self._say(node, "sound.deadlock", sentence)
            yield with_change(found, self._change(node, ("exclusiveGateway", "inclusiveGateway")))

    def _endless(self) -> Iterator[Finding]:
        states = self.search.endless()
        if not states:
            return
        if len(states) == len(self.search.came):
            yield self._say(self.net.start, "sound.never_ends", "之后怎么走都到不了结束。")
            return
        state = states[0]
        (node, *_) = (self.net.edges[each].target for each in bits(state))
        sentence = f"走到这里就只能绕圈，再也到不了结束。走法：{self._way(self.search.way(state))}。"
        yield self._say(node, "sound.livelock", sentence)

    def _unreachable(self) -> Iterator[Finding]:
        dead = [key for key in self.net.takes if key not in {END, STOP} and key not in self.search.fired]
        for number, edge in self.net.edges.items():
            if number not in self.search.used:
                dead += edge.path
        for node in dict.fromkeys(dead):
            yield self._say(node, "sound.unreachable", "无论怎么走都到不了这里。")

    def _change(self, node: str, kinds: Iterable[str]) -> Change | None:
        """Another kind of gateway at which all is well in this level, where there is one."""
        element = self.elements[node]
        if element.kind not in _TAKING or not self.search.whole or len(self.net.mains(node)) > 1:
            return None
        before = self.net.takes[node]
        try:
            for kind in kinds:
                self.net.takes[node] = _TAKING[kind]
                if kind != element.kind and _well(search(self.net, self.most)):
                    return Change("set_kind", element.shape, kind)
        finally:
            self.net.takes[node] = before
        return None

    def _before(self, number: int) -> str:
        """The last thing with a name on the way along an edge, or where it comes from."""
        edge = self.net.edges[number]
        named = [each for each in (edge.source, *edge.path) if self.elements[each].name]
        return self._name(named[-1] if named else edge.source)

    def _name(self, key: str) -> str:
        element = self.elements[key]
        return element.name or element.shape

    def _way(self, keys: Iterable[str]) -> str:
        """A way by the names of what is passed; gateways without a name are left out."""
        known = [self.elements[key] for key in keys if key in self.elements]
        named = [each.name or each.shape for each in known if each.name or each.kind not in _GATEWAYS]
        short = ["…", *named[-_LONGEST_WAY:]] if len(named) > _LONGEST_WAY else named
        return " → ".join(short) or self._name(self.net.start)

    def _say(self, key: str, rule: str, sentence: str, *, warn: bool = False) -> Finding:
        return _say(self.elements[key], self.file, rule, sentence, warn=warn)


def _say(element: Element, file: str, rule: str, sentence: str, *, warn: bool = False) -> Finding:
    kind = _GATEWAYS.get(element.kind, "") if not element.name else ""
    name = f"{kind}“{element.name or element.shape}”"
    make = warning if warn else error
    return make(element.file or file, element.shape, rule, f"{name}{sentence}")


def _well(search_: Search) -> bool:
    return search_.whole and not (search_.doubled or search_.stuck or search_.endless())


def _errors(specification: Specification, file: str) -> Iterator[Finding]:
    """Error ends that nothing around them catches, and catchers to which no error can come."""
    for element in specification.elements.values():
        if element.kind == "endEvent" and element.error is not None:
            if _escapes(specification, element):
                sentence = f"抛出的错误“{element.error}”外层没有错误边界事件接收，办件会停住。"
                yield _say(element, file, "sound.deadlock", sentence)
        elif element.kind == "boundaryEvent" and element.error is not None:
            thrown = _thrown(specification, specification.elements[element.attached_to or ""])
            if not (thrown if element.error == "" else element.error in thrown):
                sentence = "等待的错误在所附着的活动中从不抛出，永远到不了这里。"
                yield _say(element, file, "sound.unreachable", sentence, warn=True)


def _holders(specification: Specification, element: Element) -> list[Element]:
    """The activities a level runs in: its subprocess, or the call activities that call it."""
    if element.parent is not None:
        return [specification.elements[element.parent]]
    return [each for each in specification.elements.values() if each.called == element.process]


def _escapes(specification: Specification, element: Element, code: str | None = None) -> bool:
    """Whether an error can go all the way out; the main process itself takes it as an end."""
    code = element.error if code is None else code
    holders = _holders(specification, element)
    return any(
        not _caught(specification, holder, code or "")
        and (_outermost(specification, holder) or _escapes(specification, holder, code))
        for holder in holders
    )


def _outermost(specification: Specification, element: Element) -> bool:
    return element.parent is None and element.process == specification.process_id


def _caught(specification: Specification, holder: Element, code: str) -> bool:
    return any(
        each.attached_to == holder.id and each.error in {"", code}
        for each in specification.elements.values()
        if each.error is not None
    )


def _thrown(specification: Specification, holder: Element) -> set[str]:
    """The errors that come out of an activity."""
    inner = [
        each
        for each in specification.elements.values()
        if holder in _holders(specification, each) and each is not holder
    ]
    found = {each.error or "" for each in inner if each.kind == "endEvent" and each.error is not None}
    for each in inner:
        if each.kind in {"subProcess", "callActivity"}:
            found |= {code for code in _thrown(specification, each) if not _caught(specification, each, code)}
    return found
