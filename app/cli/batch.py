"""FEEL and DMN for programs: one JSON request in, one JSON answer out, a bad one answered and never fatal."""

from __future__ import annotations

import json
import re
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workflows import decisions
from workflows import feel as language
from workflows.clock import LOCAL, SystemClock, WorkingDays
from workflows.errors import Refusal
from workflows.spiff.scripting import Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from workflows.decisions import Model, Outcome

Request = dict[str, Any]
Answer = dict[str, Any]

MOST_BYTES = 20_000_000
MOST_DIGITS = 1_000
"""Of an int; longer ones are decimals, which Python reads in linear time."""

HALVES = re.compile("[\ud800-\udfff]")
"""Surrogates without their other half: JSON may escape them, no text file can hold them."""


class Wrong(Exception):
    """A request that cannot be understood; its text says why."""


def run(answer: Callable[[Request], Answer]) -> None:
    """Answer every line of the input on a line of the output, in order."""
    for line in sys.stdin.buffer:
        if line.strip():
            click.echo(written(_answered(answer, line)))
            sys.stdout.flush()


def _answered(answer: Callable[[Request], Answer], line: bytes) -> Answer:
    try:
        asked = loaded(line)
    except (ValueError, RecursionError):
        return failure("这一行不是有效的 JSON。")
    if not isinstance(asked, dict):
        return failure("每行应为一个 JSON 对象。")
    return answer(asked)


def loaded(text: str | bytes) -> Any:
    """The JSON with every digit of its numbers; raises ValueError or RecursionError."""
    return json.loads(text, parse_float=Decimal, parse_int=_integer)


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < MOST_DIGITS else Decimal(digits)


def failure(sentence: str, line: int | None = None, column: int | None = None) -> Answer:
    """The answer to what could not be done at all."""
    error: dict[str, Any] = {"sentence": sentence}
    if line is not None:
        error |= {"line": line, "column": column}
    return {"value": None, "feel": "null", "rules": [], "errors": [error]}


def written(answer: Answer) -> str:
    """The answer on one line; numbers keep all their digits, half characters stay escaped."""
    return HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", language.dumps(answer))


def mapping(text: str | None, option: str) -> Request:
    """A JSON object given as an option, or in the file named after ``@``."""
    if text is None:
        return {}
    try:
        if text.startswith("@"):
            text = Path(text[1:]).read_text(encoding="utf-8")
        found = loaded(text)
    except (ValueError, RecursionError):
        raise click.UsageError(f"{option} 不是有效的 JSON。") from None
    except OSError as error:
        raise click.UsageError(f"{option} 指定的文件读不到：{error.strerror}。") from None
    if not isinstance(found, dict):
        raise click.UsageError(f'{option} 应为 JSON 对象，如 {{"x": 1}}。')
    return found


def _problems(problems: Any) -> list[dict[str, Any]]:
    return [
        {"line": one.line, "column": one.column, "sentence": one.sentence, "element": one.element}
        for one in problems
    ]


def _lent() -> Scope:
    """What expressions in diagrams have beside their names: today's date, working days."""
    return Scope({}, SystemClock().now().astimezone(LOCAL), WorkingDays())


def feel(asked: Request) -> Answer:
    """The value of ``expression`` with the names of ``context``."""
    expression, context = asked.get("expression"), asked.get("context", {})
    if not isinstance(expression, str):
        return failure("缺少 expression，应为表达式文字。")
    if not isinstance(context, dict):
        return failure("context 应为 JSON 对象。")
    lent = _lent()
    try:
        found = language.evaluate_recording(expression, context, functions=lent.functions(), at=lent.at)
    except language.FeelSyntaxError as wrong:
        return failure(wrong.sentence, wrong.line, wrong.column)
    return {
        "value": found.value,
        "feel": language.to_literal(found.value),
        "rules": [],
        "errors": _problems(found.errors),
    }


class Decider:
    """Decides by DMN files, each read once; ``file`` and ``decision`` stand in where a request names none."""

    def __init__(self, file: Path | None = None, decision: str | None = None) -> None:
        self._file = file
        self._decision = decision
        self._models: dict[Path, Model] = {}

    def answer(self, asked: Request) -> Answer:
        """The outcome of one request."""
        try:
            outcome = self._decide(asked)
        except Wrong as wrong:
            return failure(str(wrong))
        except language.FeelSyntaxError as wrong:
            return failure(wrong.sentence, wrong.line, wrong.column)
        except Refusal as refusal:
            return failure(str(refusal))
        return {
            "value": outcome.value,
            "feel": outcome.feel,
            "rules": [_fired(one) for one in outcome.rules],
            "errors": _problems(outcome.errors),
        }

    def _decide(self, asked: Request) -> Outcome:
        file = asked.get("file", self._file)
        decision = asked.get("decision", self._decision)
        if not isinstance(file, str | Path) or not isinstance(decision, str):
            raise Wrong("缺少 file（DMN 文件）或 decision（决策的编号或名称）。")
        lent, model = _lent(), self._model(Path(file))
        return decisions.decide(model, decision, _inputs(asked), functions=lent.functions(), at=lent.at)

    def _model(self, path: Path) -> Model:
        if path not in self._models:
            self._models[path] = decisions.read(content(path), beside(path))
        return self._models[path]


def content(path: Path) -> bytes:
    """The bytes of a file; raises Wrong when there is none or it is no text of ours."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Wrong(f"文件“{path}”超过 20 MB。")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "文件名不对"
        raise Wrong(f"文件“{path}”读不到：{why}。") from None


def beside(path: Path) -> Callable[[str, str], bytes | None]:
    """Imported models lie in the same folder, under the name the import gives."""

    def find(namespace: str, location: str) -> bytes | None:
        named = path.parent / Path(location).name if location else None
        if named is not None and named.is_file():
            return content(named)
        for other in sorted(path.parent.glob("*.dmn")):
            text = content(other)
            if other != path and any(f"namespace={q}{namespace}{q}".encode() in text for q in "\"'"):
                return text
        return None

    return find


def _inputs(asked: Request) -> dict[str, Any]:
    """``input`` as JSON values, ``input_feel`` as FEEL literals; both may be given."""
    plain, literals = asked.get("input", {}), asked.get("input_feel", {})
    if not isinstance(plain, dict) or not isinstance(literals, dict):
        raise Wrong("input 和 input_feel 应为 JSON 对象。")
    found = dict(plain)
    for name, literal in literals.items():
        if not isinstance(literal, str):
            raise Wrong(f"input_feel 中“{name}”应为 FEEL 字面量文字。")
        found[name] = language.evaluate(literal, {})
    return found


def _fired(rule: Any) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in rule.__dataclass_fields__}
