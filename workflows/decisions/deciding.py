"""Decides: evaluates a decision with all it requires, and says which rules fired and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from workflows.decisions.definitions import adapted, fitted
from workflows.decisions.explaining import Reason, explain, traced
from workflows.decisions.model import Model, Part
from workflows.decisions.tables import Fired
from workflows.errors import NotFound
from workflows.feel.control import bind
from workflows.feel.effort import paid_by
from workflows.feel.environment import Env, Run
from workflows.feel.expression import HostFunctions, handed_over, new_run
from workflows.feel.literals import to_literal
from workflows.feel.problems import Exhausted, FeelProblem, Wrong
from workflows.feel.types import ANY, Type
from workflows.feel.values import Function, Value, to_feel

_MAX_CHAIN: Final = 60  # decisions that need decisions that need decisions


class NoSuchDecision(NotFound):
    """A decision that the model does not have."""

    code = "decision.unknown"
    sentence = "决策文件中没有名为“{name}”的决策。"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided: the value, the rules that fired, the problems met, and why.

    ``reasons`` speak of the tables, those of required decisions first; ``explanation`` adds the problems.
    """

    value: Any
    rules: tuple[Fired, ...]
    errors: tuple[FeelProblem, ...]
    explanation: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()

    @property
    def feel(self) -> str:
        """The value as a FEEL literal."""
        return to_literal(self.value)


def decide(
    model: Model,
    decision: str,
    inputs: Mapping[str, Any],
    *,
    functions: HostFunctions | None = None,
    at: datetime | None = None,
) -> Outcome:
    """The outcome of a decision, decision service or business knowledge model, by id or name.

    Inputs are JSON-like or FEEL values by name; strings become dates where the model says so.
    Raises NoSuchDecision.
    """
    part = model.named(decision, "decision", "decisionService", "businessKnowledgeModel")
    if part is None:
        raise NoSuchDecision(name=decision)
    run = new_run({}, functions, at, model.types.find)
    session = _Session(run, _given(run, inputs))
    value: Value = None
    try:
        with paid_by(run.spend):
            value = session.answer(part)
    except (Exhausted, Wrong) as limit:
        run.record((1, 1), str(limit))
    except RecursionError:
        run.record((1, 1), "计算层次过深")
    except ArithmeticError:
        run.record((1, 1), "计算没有结果或超出数字范围")
    fired = tuple(entry for entry in run.trace if isinstance(entry, Fired))
    reasons = traced(run.trace)
    given_out = handed_over(run, value)
    return Outcome(given_out, fired, tuple(run.problems), explain(reasons, run.problems), reasons)


def _given(run: Run, inputs: Mapping[str, Any]) -> dict[str, Value]:
    given: dict[str, Value] = {}
    for name, raw in inputs.items():
        try:
            given[" ".join(str(name).split())] = to_feel(raw)
        except Wrong as wrong:
            run.record((1, 1), f"输入“{name}”：{wrong}")
    return given


Path = tuple[str, ...]
"""The names of the imports that lead to a model: the same model imported twice may have other inputs."""


class _Session:
    """One evaluation of a requirement graph: every decision at most once."""

    def __init__(
        self, run: Run, inputs: Mapping[str, Value], known: dict[tuple[Path, int], Value] | None = None
    ) -> None:
        self.run = run
        self.inputs = inputs
        self.known = known or {}  # values by the way to a part and its identity
        self.pending: list[tuple[Path, int]] = []

    def answer(self, part: Part) -> Value:
        """The value of what was asked for; functions get the inputs of their parameters' names."""
        if part.kind == "decision":
            return self.value(part, ())
        function = self.value(part, ())
        if type(function) is not Function:
            return None
        arguments = [self.inputs.get(" ".join(name.split())) for name in function.parameters]
        wanted = function.types or (ANY,) * len(arguments)
        pairs = zip(arguments, wanted, strict=False)
        return function(self.run, [adapted(value, kind or ANY) for value, kind in pairs])

    def value(self, part: Part, path: Path) -> Value:
        """The value of a part, evaluated on first need."""
        key = (path, id(part))
        if key not in self.known:
            if key in self.pending or len(self.pending) >= _MAX_CHAIN:
                raise Wrong(f"“{part.name}”的依赖成环或过深")
            self.pending.append(key)
            outside, self.run.element = self.run.element, part.name
            try:
                self.known[key] = _KINDS[part.kind](self, part, path)
            finally:
                self.run.element = outside
                self.pending.pop()
        return self.known[key]

    def input(self, part: Part, path: Path) -> Value:
        """What was given under the part's name, first where its imports lead, then beside everything else."""
        for place in (_inside(self.inputs, path), self.inputs):
            if isinstance(place, Mapping) and part.name in place:
                value = adapted(place[part.name], part.type)
                return fitted(value, part.type, self.run, f"输入“{part.name}”")
        self.run.record((1, 1), f"缺少输入“{part.name}”")
        return None

    def decision(self, part: Part, path: Path) -> Value:
        if part.logic is None:
            return None
        value = part.logic(self.environment(part, path))
        return fitted(value, part.type, self.run, f"决策“{part.name}”的结果")

    def knowledge(self, part: Part, path: Path) -> Value:
        function = part.logic(self.environment(part, path)) if part.logic is not None else None
        if type(function) is not Function:
            return None
        result = _result(part.type)
        if result is ANY:
            return function

        def call(run: Run, arguments: list[Value], named: Mapping[str, Value] | None) -> Value:
            return fitted(function.body(run, arguments, named), result, run, f"“{part.name}”的结果")

        return Function(part.name, function.parameters, call, function.types, result)

    def service(self, part: Part, path: Path) -> Value:
        parameters = [given for href in part.given if (given := part.model.at(href)) is not None]
        names = tuple(given.name for given in parameters)

        def call(run: Run, arguments: list[Value], named: Mapping[str, Value] | None) -> Value:
            bound = bind(names, arguments, named)
            known = {
                (_towards(part, given, path), id(given)): fitted(
                    adapted(bound[given.name], given.type), given.type, run, f"输入“{given.name}”"
                )
                for given in parameters
            }
            inside = _Session(run, {}, known)
            outputs = [output for href in part.outputs if (output := part.model.at(href)) is not None]
            values = {output.name: inside.value(output, _towards(part, output, path)) for output in outputs}
            value = next(iter(values.values())) if len(values) == 1 else values
            return fitted(value, _result(part.type), run, f"“{part.name}”的结果")

        return Function(part.name, names, call, tuple(given.type for given in parameters))

    def environment(self, part: Part, path: Path) -> Env:
        """The names a part's logic may use: what it requires, an imported model's under the import's name."""
        names: dict[str, Value] = {}
        for href in part.needs:
            needed = part.model.at(href)
            if needed is None:
                self.run.record((1, 1), f"所需的“{href}”不存在")
                continue
            prefix = part.model.prefix(needed)
            inside = names.setdefault(prefix, {}) if prefix else names
            inside[needed.name] = self.value(needed, _towards(part, needed, path))
        return Env(names, None, self.run)


def _towards(part: Part, other: Part, path: Path) -> Path:
    """The way to a part that this one refers to."""
    prefix = part.model.prefix(other)
    return (*path, prefix) if prefix else path


def _inside(inputs: Any, path: Path) -> Any:
    for name in path:
        inputs = inputs.get(name) if isinstance(inputs, Mapping) else None
    return inputs


def _result(declared: Type) -> Type:
    """What is given by something declared as a function, or as what it gives."""
    if declared.name != "function":
        return declared
    return declared.parts[-1] if declared.parts else ANY


_KINDS: Final[dict[str, Callable[[_Session, Part, Path], Value]]] = {
    "inputData": _Session.input,
    "decision": _Session.decision,
    "businessKnowledgeModel": _Session.knowledge,
    "decisionService": _Session.service,
}
