"""The expressions of a model: each compiled once, and listed so that the checks can go over them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workflows.decisions.definitions import Types
from workflows.decisions.xml import Element, attribute, line_of
from workflows.feel.environment import Compiled, Env
from workflows.feel.expression import Expression, parse
from workflows.feel.problems import FeelProblem, FeelSyntaxError
from workflows.feel.values import Value


@dataclass(frozen=True, slots=True)
class Text:
    """One expression or cell: where it stands, what it says, and what is wrong with its writing."""

    owner: str
    element: str
    source: str
    expression: Expression | None
    problem: FeelProblem | None
    known: frozenset[str]
    line: int = 1  # of the file
    unary: bool = False


@dataclass(slots=True)
class Writing:
    """What is needed to compile the boxes of one decision or business knowledge model."""

    types: Types
    names: frozenset[str]  # special names anywhere in the model
    owner: str
    texts: list[Text]
    tables: list[Any]
    known: frozenset[str] = field(default_factory=frozenset)

    def knowing(self, *names: str) -> Writing:
        """The same with more names in scope."""
        known = self.known | {name for name in names if name}
        return Writing(self.types, self.names, self.owner, self.texts, self.tables, known)

    def compile(
        self, source: str, element: Element | None, label: str = "", *, unary: bool = False
    ) -> Compiled:
        """The closure of a text; one that cannot be read gives null and says why, whenever it is asked."""
        where = attribute(element, "id") or label
        title = f"{self.owner}·{label}" if label else self.owner
        line = line_of(element)
        try:
            expression = parse(source, self.names, unary=unary)
        except FeelSyntaxError as error:
            problem = FeelProblem(error.line, error.column, error.sentence, title)
            self.texts.append(Text(self.owner, where, source, None, problem, self.known, line))
            return _broken(problem)
        self.texts.append(Text(self.owner, where, source, expression, None, self.known, line, unary))
        return _titled(expression.compiled, title)

    def refuse(self, element: Element, source: str, sentence: str) -> Compiled:
        """Null, and why: this is written in something that is not evaluated here."""
        problem = FeelProblem(1, 1, sentence, self.owner)
        where = attribute(element, "id")
        self.texts.append(Text(self.owner, where, source, None, problem, self.known, line_of(element)))
        return _broken(problem)


def _broken(problem: FeelProblem) -> Compiled:
    def evaluate(env: Env) -> Value:
        if problem not in env.run.problems:
            env.run.problems.append(problem)
        return None

    return evaluate


def _titled(compiled: Compiled, title: str) -> Compiled:
    def evaluate(env: Env) -> Value:
        run = env.run
        outside, run.element = run.element, title
        try:
            return compiled(env)
        finally:
            run.element = outside

    return evaluate
