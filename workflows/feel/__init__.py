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
from workflows.feel.json_text import dumps, to_json
from workflows.feel.literals import to_literal
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
    "dumps",
    "evaluate",
    "evaluate_recording",
    "names",
    "parse",
    "to_json",
    "to_literal",
    "unary",
]
