"""A net made smaller without making it any sounder or less sound, so that searching it stays short.

What is drawn in blocks (one way in, one way out) shrinks to a single edge, whatever is nested in it; what is
left is where a fault can be. Each rule keeps a place at which a doubled or a stuck token shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.designing.nets import END, STOP

if TYPE_CHECKING:
    from collections.abc import Callable

    from workflows.designing.nets import Net


def shrink(net: Net) -> Net:
    """The same net, made as small as the rules make it."""
    todo = dict.fromkeys(net.takes)
    while todo:
        key = next(iter(todo))
        del todo[key]
        if key in net.takes and key not in {END, STOP}:
            near = _near(net, key)
            if any(rule(net, key) for rule in _RULES):
                todo.update(dict.fromkeys(each for each in near if each in net.takes))
    return net


def _near(net: Net, key: str) -> set[str]:
    """A node with its neighbours and theirs: all that a rule at the node may have changed."""
    found = {key}
    for _ in range(2):
        found |= {net.edges[number].source for each in found for number in net.into[each]} | {
            net.edges[number].target for each in found - {END, STOP} for number in net.out[each]
        }
        found -= {END, STOP}
    return found


def _chain(net: Net, key: str) -> bool:
    """A node with one way in and one way out is a stretch of that way."""
    if key == net.start or len(net.into[key]) != 1 or len(net.out[key]) != 1 or net.asides(key):
        return False
    (before,), (after,) = net.into[key], net.out[key]
    if before == after:
        return False
    behind = net.cut(after)
    net.move(before, target=behind.target, path=(*net.edges[before].path, key, *behind.path))
    net.drop(key)
    return True


def _again(net: Net, key: str) -> bool:
    """A way back to where the choice was made changes nothing, as long as there is another way."""
    if not net.plain(key):
        return False
    back = [number for number in net.out[key] if net.edges[number].target == key]
    if not back or len(back) == len(net.out[key]) or len(back) == len(net.into[key]):
        return False
    for number in back:
        net.cut(number)
    return True


def _twins(net: Net, key: str) -> bool:
    """Two ways from one node to another are one, where the second closes what the first opens."""
    seen: dict[str, int] = {}
    for number in list(net.mains(key)):
        edge = net.edges[number]
        first = seen.setdefault(edge.target, number)
        if first != number and _closes(net, key, edge.target):
            if net.splits(key):
                old = net.edges[first]
                net.move(first, path=(*old.path, *edge.path), default=old.default and edge.default)
            net.cut(number)
            return True
    return False


def _closes(net: Net, split: str, join: str) -> bool:
    if not net.splits(split):
        return not net.waits(join) or net.takes[join] == "some"
    if join in {END, STOP}:
        return net.sends[split] == "some"
    return net.waits(join) and net.takes[join] in {net.sends[split], "some"}


def _ended(net: Net, key: str) -> bool:
    """A branch that only ends need not be followed while another goes on."""
    ending = [number for number in net.out[key] if net.edges[number].target == END]
    asides = [number for number in ending if net.edges[number].beside]
    mains = [number for number in ending if not net.edges[number].beside]
    on = len(net.mains(key)) - len(mains)
    if net.splits(key) and net.sends[key] == "some" and mains and on == 1:
        net.sends[key] = "any"
        return True
    spare = mains if on else mains[1:]
    spare = spare if net.splits(key) and net.sends[key] == "every" else []
    for number in (*asides, *spare):
        net.cut(number)
    return bool(asides or spare)


def _into_next(net: Net, key: str) -> bool:
    """Where ways come together only to do so again, they come together there."""
    if len(net.out[key]) != 1 or net.asides(key) or key == net.start:
        return False
    (number,) = net.out[key]
    target = net.edges[number].target
    alike = net.plain(key) and net.plain(target) and len(net.into[target]) > 1
    joins = net.waits(key) and net.waits(target) and net.takes[key] == net.takes[target] == "every"
    if target == key or not (alike or joins):
        return False
    edge = net.cut(number)
    net.takes[target] = "every" if joins else "any"
    for each in list(net.into[key]):
        net.move(each, target=target, path=(*net.edges[each].path, key, *edge.path))
    net.drop(key)
    return True


def _from_last(net: Net, key: str) -> bool:
    """Where a way divides right behind where it divided before, it divides there."""
    if key == net.start or len(net.into[key]) != 1 or net.asides(key):
        return False
    (number,) = net.into[key]
    edge = net.edges[number]
    if edge.beside or edge.source in {key, net.start} or net.asides(edge.source):
        return False
    choices = not net.splits(edge.source) and net.plain(key)
    splits = net.splits(edge.source) and net.splits(key)
    every = splits and net.sends[edge.source] == net.sends[key] == "every"
    if not (choices or every):
        return False
    net.cut(number)
    for each in list(net.out[key]):
        net.move(each, source=edge.source, path=(*edge.path, key, *net.edges[each].path))
    net.sends[edge.source] = "every" if every else "any"
    net.drop(key)
    return True


_RULES: tuple[Callable[[Net, str], bool], ...] = (_ended, _chain, _again, _twins, _into_next, _from_last)
