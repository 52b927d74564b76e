"""What an evaluation carries along: names in scope, recorded problems, and the count of steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from workflows.feel.problems import MAX_CALLS, MAX_PROBLEMS, MAX_STEPS, Exhausted, FeelProblem
from workflows.feel.values import Function, Value, to_feel

NOTHING: Final = object()  # a name that is nowhere, as opposed to one that is null


class Named(Protocol):
    """Functions by their names."""

    def get(self, name: str, default: Function | None, /) -> Function | None:
        """The function of that name, or the default."""
        ...


_NONE: Final[Mapping[str, Function]] = {}


class Run:
    """One evaluation: its problems, its remaining steps, and what the host lends it."""

    __slots__ = (
        "at",
        "calls",
        "converted",
        "element",
        "functions",
        "problems",
        "scope",
        "steps",
        "trace",
        "types",
    )

    def __init__(
        self,
        scope: Mapping[str, Any],
        functions: Named | None = None,
        at: datetime | None = None,
        types: Callable[[str], Any] | None = None,
    ) -> None:
        """Begin with all steps left; `types` finds the types a model declares."""
        self.scope = scope
        self.converted: dict[Any, Value] = {}
        self.functions: Named = functions or _NONE
        self.at = at
        self.types = types
        self.element = ""  # what is being evaluated, said with every problem
        self.trace: list[Any] = []  # what a model wants remembered, such as the rules that fired
        self.problems: list[FeelProblem] = []
        self.steps = MAX_STEPS
        self.calls = 0

    def look(self, path: tuple[str, ...]) -> Any:
        """What the host's scope holds at this path, made a value once per evaluation; or NOTHING."""
        if path in self.converted:
            return self.converted[path]
        raw: Any = self.scope
        for key in path:
            if not isinstance(raw, Mapping) or key not in raw:
                return NOTHING
            raw = raw[key]
        value = self.converted[path] = to_feel(raw)
        return value

    def record(self, where: tuple[int, int], sentence: str) -> None:
        """Note why a value becomes null."""
        if len(self.problems) < MAX_PROBLEMS:
            problem = FeelProblem(*where, sentence, self.element)
            if problem not in self.problems:
                self.problems.append(problem)

    def spend(self, steps: int = 1) -> None:
        """Count steps; raises Exhausted when none are left."""
        self.steps -= steps
        if self.steps < 0:
            raise Exhausted("计算步数超过上限")

    def enter(self) -> None:
        """Count a call within calls."""
        self.spend()
        self.calls += 1
        if self.calls > MAX_CALLS:
            raise Exhausted("函数调用层次过深")

    def leave(self) -> None:
        """Undo `enter`."""
        self.calls -= 1


class Env:
    """Names and, further out, other names."""

    __slots__ = ("names", "outer", "run")

    def __init__(self, names: Mapping[str, Value], outer: Env | None, run: Run) -> None:
        """Put the names before those further out."""
        self.names = names
        self.outer = outer
        self.run = run

    def find(self, name: str) -> Any:
        """The value of a name, or NOTHING; raises Wrong for a host's value that is none of ours."""
        env: Env | None = self
        while env is not None:
            if name in env.names:
                return env.names[name]
            env = env.outer
        return self.run.look((name,))

    def holds(self, name: str) -> bool:
        """Whether the expression itself, and not the host's scope, defines the name."""
        env: Env | None = self
        while env is not None:
            if name in env.names:
                return True
            env = env.outer
        return False

    def within(self, names: Mapping[str, Value]) -> Env:
        """These names before the ones here."""
        return Env(names, self, self.run)


Compiled = Callable[[Env], Value]
