"""Every state a net can come to, searched for what must not be: a token stuck, doubled, going round for ever.

A state is the set of edges with a token on them. A split that a token enters again withdraws what is left of
the earlier round on its way to the join, as the engine does.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from workflows.designing.nets import END, STOP

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from workflows.designing.nets import Net

MOST_STATES = 20_000
"""So many states are looked at in one level; a net beyond that is not proven, and said not to be."""


class Move(NamedTuple):
    """A node passing tokens on: the edges it took them from and put them on, the state after.

    ``twice`` is the edge that had a token already.
    """

    node: str
    taken: tuple[int, ...]
    edges: tuple[int, ...]
    state: int
    twice: int | None = None


@dataclass(slots=True)
class Search:
    """What came of a search: the states by how they were reached, and what was found in them."""

    net: Net
    came: dict[int, tuple[int, Move] | None] = field(default_factory=dict)
    goes: dict[int, list[int]] = field(default_factory=dict)
    doubled: dict[str, tuple[int, Move]] = field(default_factory=dict)
    doubling: set[int] = field(default_factory=set)
    stuck: dict[str, int] = field(default_factory=dict)
    fired: set[str] = field(default_factory=set)
    used: set[int] = field(default_factory=set)
    whole: bool = True

    def way(self, state: int, last: Move | None = None) -> list[str]:
        """The elements passed on the shortest way to a state, and then by one more move or by who stands."""
        moves = [] if last is None else [last]
        standing = [] if last is not None else self._passed(bits(state))
        while (before := self.came[state]) is not None:
            state, move = before
            moves.append(move)
        way = [self.net.start]
        for move in reversed(moves):
            way += [*self._passed(move.taken), move.node]
        return [*way, *standing]

    def _passed(self, edges: Iterable[int]) -> list[str]:
        return [each for edge in edges for each in self.net.edges[edge].path]

    def endless(self) -> list[int]:
        """States from which no end is reached, though neither stuck nor about to double; nearest first."""
        before: dict[int, list[int]] = {}
        for state, after in self.goes.items():
            for each in after:
                before.setdefault(each, []).append(state)
        ending = {0, *self.doubling, *(state for state, after in self.goes.items() if not after)}
        todo = list(ending)
        while todo:
            new = [each for each in before.get(todo.pop(), ()) if each not in ending]
            ending.update(new)
            todo += new
        return [state for state in self.came if state not in ending]


def search(net: Net, most: int = MOST_STATES) -> Search:
    """Look at every state of a net, at most ``most`` of them."""
    found, moves = Search(net), _Moves(net)
    first = _bit(*net.out[net.start])
    found.came[first], found.fired = None, {net.start}
    found.used.update(net.out[net.start])
    todo = deque([first])
    while todo:
        if len(found.came) > most:
            found.whole = False
            break
        state = todo.popleft()
        after = found.goes[state] = []
        for move in moves.of(state):
            found.fired.add(move.node)
            found.used.update(move.edges)
            if move.twice is not None:
                found.doubled.setdefault(move.node, (state, move))
                found.doubling.add(state)
                continue
            after.append(move.state)
            if move.state not in found.came:
                found.came[move.state] = (state, move)
                todo.append(move.state)
        if state and not after and state not in found.doubling:
            for node in moves.waiting(state):
                found.stuck.setdefault(node, state)
    return found


def bits(state: int) -> Iterator[int]:
    """The edges with a token."""
    while state:
        low = state & -state
        yield low.bit_length() - 1
        state ^= low


def _bit(*edges: int) -> int:
    return sum(1 << edge for edge in edges)


class _Moves:
    """What can happen in a state."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.into = {key: _bit(*edges) for key, edges in net.into.items()}
        self.beside = _bit(*(number for number, edge in net.edges.items() if edge.beside))
        self.rounds = {key: self._round(key) for key in net.takes if net.splits(key)}
        self.feeding = {
            key: self._feeding(key) for key in net.takes if net.waits(key) and net.takes[key] == "some"
        }

    def of(self, state: int) -> Iterator[Move]:
        """Every move there is."""
        asked = set()
        for edge in bits(state):
            node = self.net.edges[edge].target
            if not self.net.waits(node):
                yield from self._pass(node, (edge,), state & ~_bit(edge))
            elif node not in asked:
                asked.add(node)
                if self._ready(node, state):
                    taken = tuple(bits(state & self.into[node]))
                    yield from self._pass(node, taken, state & ~self.into[node])

    def waiting(self, state: int) -> list[str]:
        """The joins with a token that does not get on."""
        return list(dict.fromkeys(self.net.edges[edge].target for edge in bits(state)))

    def _ready(self, node: str, state: int) -> bool:
        if self.net.takes[node] == "every":
            return state & self.into[node] == self.into[node]
        return not state & self.feeding[node]

    def _pass(self, node: str, taken: tuple[int, ...], rest: int) -> Iterator[Move]:
        if node in {END, STOP}:
            yield Move(node, taken, (), rest if node == END else 0)
            return
        rest &= ~self.rounds.get(node, 0)
        for edges in self._choices(node):
            twice = next((edge for edge in edges if rest >> edge & 1 and not self.beside >> edge & 1), None)
            yield Move(node, taken, edges, rest | _bit(*edges), twice)

    def _choices(self, node: str) -> Iterator[tuple[int, ...]]:
        mains, asides = self.net.mains(node), self.net.asides(node)
        for also in _subsets(asides, 0):
            if not self.net.splits(node):
                yield from ((edge, *also) for edge in mains)
            elif self.net.sends[node] == "every":
                yield (*mains, *also)
            else:
                yield from ((*some, *also) for some in self._some(mains))

    def _some(self, mains: list[int]) -> Iterator[tuple[int, ...]]:
        yield from ((edge,) for edge in mains if self.net.edges[edge].default)
        yield from _subsets([edge for edge in mains if not self.net.edges[edge].default], 1)

    def _round(self, fork: str) -> int:
        """The edges inside a split's block: to whatever leads to a join of its branches.

        Only those that no token comes to but through the split: others carry nothing of an earlier round.
        """
        branches = [self.net.reach(self.net.edges[edge].target, (fork,)) for edge in self.net.out[fork]]
        inside = set().union(*branches) - {fork}
        joins = {
            key for key in inside if self.net.waits(key) and sum(key in branch for branch in branches) > 1
        }
        block = {key for key in inside if key in joins or joins & self.net.reach(key, (fork,))}
        beside = self.net.reach(self.net.start, (fork,)) - {fork}
        into = (number for key in block for number in self.net.into[key])
        return _bit(*(number for number in into if self.net.edges[number].source not in beside))

    def _feeding(self, join: str) -> int:
        """The edges from which a token can still come to an inclusive join in this round."""
        avoiding = {join, _above(self.net, join)}
        return _bit(
            *(
                number
                for number, edge in self.net.edges.items()
                if edge.target != join and join in self.net.reach(edge.target, avoiding)
            )
        )


def _subsets(edges: Collection[int], least: int) -> Iterator[tuple[int, ...]]:
    for size in range(least, len(edges) + 1):
        yield from combinations(edges, size)


def _above(net: Net, join: str) -> str:
    """The nearest node that every way to the join passes: where the tokens it gathers came apart."""
    always = [key for key in net.takes if key != join and join not in net.reach(net.start, (key,))]
    # The nearest is the one from which the others on the way are not all still ahead.
    return max(always, key=lambda key: len(set(always) & net.reach(net.start, (key,))), default=net.start)
