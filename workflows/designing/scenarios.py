"""Scripted answers for a draft: a scenario is what people do with a case, and what is expected of it.

Read from ``scenarios.toml`` as bpmn/README.md describes it, or from a short list of answers in JSON or TOML.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from workflows import spiff
from workflows.clock import LOCAL
from workflows.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST_CHARACTERS = 2_000_000
MOST_MOVES = 1_000
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


class BadScenario(Invalid):
    """A script of answers cannot be followed as it is written."""

    code = "scenario.unreadable"
    sentence = "模拟脚本“{file}”有误：{where}{why}。"


@dataclass(frozen=True, slots=True)
class Complete:
    """Fill in the open step ``step``; ``refused`` names the fields the form must refuse, None for none."""

    step: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    refused: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Turn the clock on by an ISO 8601 duration, or to an instant, and fire what is due."""

    advance: str = ""
    to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Deliver a message; ``refused`` says that nobody waits for it."""

    message: str
    content: Mapping[str, Any] = field(default_factory=dict)
    refused: bool = False


Move = Complete | Turn | Send


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """How the case stands when the script is through."""

    steps: tuple[str, ...]
    open: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    outcome: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One script. ``results`` says what an operation answers, by element, instead of its usual answer."""

    name: str
    start: Complete
    moves: tuple[Move, ...] = ()
    at: datetime | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    results: Mapping[str, Any] = field(default_factory=dict)
    expect: Expect | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One decision asked by itself: what goes in, the value it ``gives`` and the ids of the rules that fire.

    Empty ``gives`` stands for null; ``rules`` of None are not compared.
    """

    name: str
    decide: str
    gives: Any
    inputs: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    rules: tuple[str, ...] | None = None


def read(text: str, file: str) -> tuple[Scenario, ...]:
    """The scenarios in an answers file: TOML or JSON, many scenarios or one plain list of steps."""
    top = _Table(file, "", _loaded(text, file))
    if (_MANY | {"answers"}) & set(top.content):
        top.allows("answers", *sorted(_MANY))
        named = {key: value.content for key, value in top.table("answers").tables()}
        return tuple(_scenario(each, named, "step") for each in top.list("scenario"))
    return (_scenario(top, {}, "steps"),)


def questions(text: str, file: str) -> tuple[Question, ...]:
    """The decisions that an answers file asks by themselves."""
    top = _Table(file, "", _loaded(text, file))
    return tuple(_question(each) for each in top.list("decision"))


_MANY = frozenset({"scenario", "decision"})
_QUESTION = ("name", "decide", "inputs", "parameters", "at", "gives", "rules")


def _question(table: _Table) -> Question:
    table = table.named(f"“{table.text('name', required=True)}”")
    table.allows(*_QUESTION)
    if "gives" not in table.content:
        raise table.wrong('没有写“gives”（应得出的结果，没有结果时写 ""）')
    return Question(
        name=table.text("name"),
        decide=table.text("decide", required=True),
        inputs=table.table("inputs").content,
        parameters=_plain(table.table("parameters").content),
        at=table.moment("at"),
        gives=table.content["gives"],
        rules=table.words("rules") if "rules" in table.content else None,
    )


def _loaded(text: str, file: str) -> Mapping[str, Any]:
    if len(text) > MOST_CHARACTERS:
        raise BadScenario(file=file, where="", why="文件过大")
    is_json = file.endswith(".json") or text.lstrip().startswith("{")
    try:
        content = json.loads(text) if is_json else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        form = "JSON" if is_json else "TOML"
        raise BadScenario(file=file, where="", why=f"不是有效的 {form}（{error}）") from error
    if not isinstance(content, dict):
        raise BadScenario(file=file, where="", why="最外层应为一个对象")
    return content


_UNITS = {"scenario": "个场景", "decision": "个决策场景"}


class _Table:
    """A table of the file, and where it stands in it for the sentence about what is wrong."""

    def __init__(self, file: str, where: str, content: Mapping[str, Any]) -> None:
        self.file, self.where, self.content = file, where, content

    def wrong(self, why: str) -> BadScenario:
        return BadScenario(file=self.file, where=f"{self.where}：" if self.where else "", why=why)

    def allows(self, *keys: str) -> None:
        strange = sorted(set(self.content) - set(keys))
        if strange:
            raise self.wrong(f"不认识“{'、'.join(strange)}”，可用的有 {'、'.join(keys)}")

    def named(self, where: str) -> _Table:
        return _Table(self.file, where, self.content)

    def get(self, key: str, kind: type | tuple[type, ...], words: str, otherwise: Any = None) -> Any:
        value = self.content.get(key, otherwise)
        if key in self.content and not isinstance(value, kind):
            raise self.wrong(f"“{key}”应为{words}")
        return value

    def text(self, key: str, *, required: bool = False) -> str:
        value = str(self.get(key, str, "文字", ""))
        if required and not value.strip():
            raise self.wrong(f"没有写“{key}”")
        return value

    def table(self, key: str) -> _Table:
        inner = self.get(key, dict, "一组键值", {})
        return _Table(self.file, f"{self.where}的 {key}" if self.where else key, inner)

    def tables(self) -> Iterable[tuple[str, _Table]]:
        return ((key, self.table(key)) for key in self.content)

    def list(self, key: str) -> list[_Table]:
        items = self.get(key, list, "一个列表", [])
        if not all(isinstance(item, dict) for item in items) or len(items) > MOST_MOVES:
            raise self.wrong(f"“{key}”的每一项应为一组键值，且不超过 {MOST_MOVES} 项")
        unit = _UNITS.get(key, "步")
        place = f"{self.where}的第" if self.where else "第"
        return [_Table(self.file, f"{place}{n}{unit}", item) for n, item in enumerate(items, 1)]

    def words(self, key: str) -> tuple[str, ...]:
        items = self.get(key, list, "一列文字", [])
        if not all(isinstance(item, str) for item in items):
            raise self.wrong(f"“{key}”应为一列文字")
        return tuple(items)

    def moment(self, key: str) -> datetime | None:
        value = self.get(key, (str, datetime), "时刻，如 2026-03-02T09:00:00+08:00")
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError as error:
                raise self.wrong(f"“{key}”应为时刻，如 2026-03-02T09:00:00+08:00") from error
        if isinstance(value, datetime):
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=LOCAL).astimezone(UTC)
        return None


_SCENARIO = ("name", "at", "parameters", "results", "start", "expect")


def _scenario(table: _Table, named: Mapping[str, Any], steps: str) -> Scenario:
    if steps == "step":
        table = table.named(f"“{table.text('name', required=True)}”")
    table.allows(*_SCENARIO, steps)
    if "start" not in table.content:
        raise table.wrong("没有写“start”（发起时填写的内容）")
    return Scenario(
        name=table.text("name") or table.file,
        at=table.moment("at"),
        parameters=_plain(table.table("parameters").content),
        results=_plain(table.table("results").content),
        start=_start(table.table("start"), named),
        moves=tuple(_move(each, named) for each in table.list(steps)),
        expect=_expect(table.table("expect")) if "expect" in table.content else None,
    )


_START = ("use", "answers", "refused")


def _start(table: _Table, named: Mapping[str, Any]) -> Complete:
    """The start form's answers; a table with none of our words in it is the answers themselves."""
    if table.content and not set(table.content) & set(_START):
        return Complete("", _plain(table.content))
    table.allows(*_START)
    return Complete("", _answers(table, named), _refused(table))


def _move(table: _Table, named: Mapping[str, Any]) -> Move:
    kind = table.text("do") or next((name for name, key in _KINDS.items() if key in table.content), "time")
    if kind not in _KINDS:
        raise table.wrong(f"“do”应为 {'、'.join(_KINDS)} 之一")
    return _READERS[kind](table, named)


def _complete(table: _Table, named: Mapping[str, Any]) -> Complete:
    table.allows("do", "step", "use", "answers", "refused")
    return Complete(table.text("step", required=True), _answers(table, named), _refused(table))


def _turn(table: _Table, _named: Mapping[str, Any]) -> Turn:
    table.allows("do", "advance", "to")
    advance, to = table.text("advance"), table.moment("to")
    if bool(advance) == (to is not None):
        raise table.wrong("应写“advance”（如 P6D）或“to”（如 2026-03-08T00:00:00+08:00）中的一项")
    try:
        if advance and not advance.startswith("P"):
            raise spiff.Unreckonable(advance)
        if advance:
            spiff.instant(advance, _SOME_DAY)
    except spiff.Unreckonable as error:
        raise table.wrong(f"“{advance}”不是 ISO 8601 的时长，如 P6D") from error
    return Turn(advance, to)


def _send(table: _Table, named: Mapping[str, Any]) -> Send:
    table.allows("do", "message", "use", "answers", "refused")
    refused = bool(table.get("refused", bool, " true 或 false", otherwise=False))
    return Send(table.text("message", required=True), _answers(table, named), refused)


_KINDS = {"complete": "step", "message": "message", "time": "advance"}
_READERS: dict[str, Callable[[_Table, Mapping[str, Any]], Move]] = {
    "complete": _complete,
    "message": _send,
    "time": _turn,
}


def _answers(table: _Table, named: Mapping[str, Any]) -> dict[str, Any]:
    use = table.text("use")
    if use and use not in named:
        raise table.wrong(f"没有名为“{use}”的答案")
    return {**_plain(named.get(use, {})), **_plain(table.table("answers").content)}


def _refused(table: _Table) -> tuple[str, ...] | None:
    return table.words("refused") if "refused" in table.content else None


def _expect(table: _Table) -> Expect:
    table.allows("steps", "open", "waiting", "outcome", "values")
    return Expect(
        steps=table.words("steps"),
        open=table.words("open"),
        waiting=table.words("waiting"),
        outcome=table.text("outcome"),
        values=_plain(table.table("values").content),
    )


def _plain(value: Any) -> Any:
    """A value as JSON holds it: TOML's own dates become ISO text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | datetime | time) else value
