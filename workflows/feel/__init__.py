"""FEEL, the expression language of DMN 1.5: read, evaluate, explain why a value is null."""

from workflows.feel.durations import DaysTime, YearsMonths
from workflows.feel.expression import (
    Evaluation,
    Expression,
    evaluate,
    evaluate_recording,
    names,
    parse,
    unary,
)
from workflows.feel.problems import FeelProblem, FeelSyntaxError
from workflows.feel.values import Function, Range

__all__ = [
    "DaysTime",
    "Evaluation",
    "Expression",
    "FeelProblem",
    "FeelSyntaxError",
    "Function",
    "Range",
    "YearsMonths",
    "evaluate",
    "evaluate_recording",
    "names",
    "parse",
    "unary",
]
