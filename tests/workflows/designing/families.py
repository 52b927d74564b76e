"""Diagrams drawn in blocks at random, all sound; and the same with one block closed wrongly, none sound."""

import random
from itertools import pairwise

from hypothesis import strategies as st

from tests.workflows.spiff.drawing import Case, boundary, catch, flow, node, specification, timer, user
from workflows import spiff

TASK = ("task",)
SHAPES = ("seq", "choice", "both", "some", "again", "timed", "reminded", "inner", "race")
PAIRED = ("choice", "both", "some")
MOST_MOVES = 400


def _grown(children):
    two = st.lists(children, min_size=2, max_size=3).map(tuple)
    one = children.map(lambda block: (block,))
    return st.sampled_from(SHAPES).flatmap(
        lambda shape: (two if shape in {"seq", *PAIRED, "race"} else one).map(lambda inside: (shape, *inside))
    )


BLOCKS = st.recursive(st.just(TASK), _grown, max_leaves=9)


def holding(*shapes):
    """Blocks in which one of some shape stands somewhere."""
    return BLOCKS.filter(lambda block: any(shape in shapes for shape in _shapes(block)))


def _shapes(block):
    yield block[0]
    for inside in block[1:]:
        yield from _shapes(inside)


class Drawing:
    """The text of a block; ``wrong`` is a mutation by name, made on the first block that can take it."""

    def __init__(self, block, wrong=""):
        self.wrong, self.count, self.done = wrong, 0, not wrong
        self.conditions = []
        self.body = self._level(block)

    def _key(self, word):
        self.count += 1
        return f"{word}{self.count}"

    def _level(self, block):
        start, end = self._key("S"), self._key("E")
        if self._spoiled("end removed"):
            text, first, _ = self._draw(block)
            return node("startEvent", start) + text + flow(start, first)
        text, first, last = self._draw(block)
        return node("startEvent", start) + text + node("endEvent", end) + flow(start, first) + flow(last, end)

    def _spoiled(self, *wrongs):
        """Whether this is the block to draw wrongly."""
        if self.done or self.wrong not in wrongs:
            return False
        self.done = True
        return True

    def _draw(self, block):
        return getattr(self, f"_{block[0]}")(*block[1:])

    def _task(self):
        key = self._key("t")
        alone = user(self._key("alone")) if self._spoiled("node disconnected") else ""
        return user(key) + alone, key, key

    def _seq(self, *blocks):
        parts = [self._draw(block) for block in blocks]
        joins = [flow(one[2], other[1]) for one, other in pairwise(parts)]
        return "".join([*(part[0] for part in parts), *joins]), parts[0][1], parts[-1][2]

    def _choice(self, *blocks):
        closing = "parallelGateway" if self._spoiled("choice closed by both") else "exclusiveGateway"
        return self._branches("exclusiveGateway", closing, blocks)

    def _both(self, *blocks):
        closing = "exclusiveGateway" if self._spoiled("both closed by choice") else "parallelGateway"
        return self._branches("parallelGateway", closing, blocks)

    def _some(self, *blocks):
        closing = "inclusiveGateway"
        if self._spoiled("some closed by choice"):
            closing = "exclusiveGateway"
        elif self._spoiled("some closed by both"):
            closing = "parallelGateway"
        # The default is taken by itself: beside it stand the blocks that may be taken together.
        return self._branches("inclusiveGateway", closing, (TASK, *blocks))

    def _branches(self, opening, closing, blocks):
        split, join = self._key("split"), self._key("join")
        text, deciding = "", opening != "parallelGateway"
        for number, block in enumerate(blocks):
            inside, first, last = self._draw(block)
            condition = self._condition(f"{split}_{number}") if deciding and number else ""
            text += inside + flow(split, first, condition, f"{split}_{number}") + flow(last, join)
        given = {"default": f"{split}_0"} if deciding else {}
        return node(opening, split, **given) + text + node(closing, join), split, join

    def _condition(self, name):
        self.conditions.append(name)
        return f"={name}"

    def _again(self, block):
        kind = "parallelGateway" if self._spoiled("again without choice") else "exclusiveGateway"
        head, way = self._key("head"), self._key("way")
        endless = self._spoiled("loop without exit")
        text, first, last = self._draw(block)
        deciding = kind == "exclusiveGateway"
        after, task = self._key("after"), self._key("t")
        back = flow(way, head, self._condition(f"{way}_back") if deciding else "", f"{way}_back")
        on = flow(way, task, "", after)
        if endless:
            text += node("exclusiveGateway", head) + node("exclusiveGateway", way) + user(task)
            return text + flow(head, first) + flow(last, way) + flow(way, head), head, task
        given = {"default": after} if deciding else {}
        text += node("exclusiveGateway", head) + node(kind, way, **given) + user(task)
        return text + flow(head, first) + flow(last, way) + back + on, head, task

    def _timed(self, block):
        host, late, join = self._key("t"), self._key("late"), self._key("join")
        text, first, last = self._draw(block)
        text += user(host) + boundary(late, host, timer("P3D")) + node("exclusiveGateway", join)
        return text + flow(host, join) + flow(late, first) + flow(last, join), host, join

    def _reminded(self, block):
        host, late, end = self._key("t"), self._key("late"), self._key("E")
        text, first, last = self._draw(block)
        text += user(host) + boundary(late, host, timer("P2D"), interrupting=False)
        if self._spoiled("reminder coming back"):
            join = self._key("join")
            text += node("exclusiveGateway", join) + flow(host, join) + flow(last, join)
            return text + flow(late, first), host, join
        return text + node("endEvent", end) + flow(late, first) + flow(last, end), host, host

    def _inner(self, block):
        key = self._key("sub")
        return node("subProcess", key, self._level(block)), key, key

    def _race(self, *blocks):
        gate, join = self._key("gate"), self._key("join")
        text = node("eventBasedGateway", gate) + node("exclusiveGateway", join)
        for number, block in enumerate(blocks):
            event = self._key("event")
            inside, first, last = self._draw(block)
            text += catch(event, timer(f"P{number + 1}D")) + inside
            text += flow(gate, event) + flow(event, first) + flow(last, join)
        return text, gate, join


MUTATIONS = {
    "choice closed by both": ("choice", {"sound.deadlock"}),
    "both closed by choice": ("both", {"sound.doubled"}),
    "some closed by choice": ("some", {"sound.doubled"}),
    "some closed by both": ("some", {"sound.deadlock"}),
    "again without choice": ("again", {"sound.doubled", "sound.livelock", "sound.never_ends"}),
    "reminder coming back": ("reminded", {"sound.doubled"}),
}
"""Each mutation: the shape it spoils, and the rules of which one must catch it."""

TORN = {
    "loop without exit": ("again", {"reach.start"}),
    "end removed": ("task", {"flow.missing"}),
    "node disconnected": ("task", {"flow.missing", "reach.start"}),
}
"""Mutations that leave no whole diagram: the shape each spoils, and the rules that catch it."""


def play(drawn: Drawing, seed: int) -> str:
    """Run a drawing on the engine with random answers: how it came out."""
    rng = random.Random(seed)  # noqa: S311 (a way through a diagram, no secret)
    spec = specification(drawn.body)
    try:
        case = Case(spec, **_answers(drawn, rng, 0))
        for number in range(MOST_MOVES):
            if case.step.ended:
                return "ended"
            if len(set(case.open)) < len(case.open):
                return "doubled"
            _move(case, rng)
            case.variables.update(_answers(drawn, rng, number))
    except spiff.EngineStuck:
        return "stuck"
    return "going round"


def _answers(drawn, rng, number):
    """Whatever is asked is answered at random; after a while nobody sends anything back any more."""
    return {
        name: rng.random() < 0.5 and not (number > 60 and name.endswith("_back")) for name in drawn.conditions
    }


def _move(case, rng):
    if case.waiting and (not case.open or rng.random() < 0.3):
        case.wake(days=1)
    else:
        task = rng.choice(case.step.open_tasks)
        case._take(lambda: spiff.complete(case.spec, case.step.state, task.task_id, case.scope, case.ask))
