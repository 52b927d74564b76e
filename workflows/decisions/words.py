"""Values and the tests of cells in the words officials read: 不少于6个月, 属于“因灾”“因意外事故”之一."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from typing import Final

from workflows.decisions.xml import Element, attribute, first
from workflows.feel import nodes
from workflows.feel.compiling import Source, mentions
from workflows.feel.durations import DaysTime, YearsMonths
from workflows.feel.environment import Env
from workflows.feel.literals import plain_text
from workflows.feel.nodes import Node
from workflows.feel.temporal import Date, DateTime, Time
from workflows.feel.values import Range, Value

_MAX_CHARACTERS: Final = 120
_MAX_LISTED: Final = 12
_MAX_DEPTH: Final = 3
_UNITS: Final = (
    "元 万元 亿元 个月 月 天 日 个工作日 工作日 年 岁 人 户 亩 平方米 次 % 公里 米 小时 分 项 件 个 份 倍"
).split()
_IN_BRACKETS: Final = re.compile(rf"[（(]({'|'.join(map(re.escape, _UNITS))})[）)]$")
_SECONDS: Final = (("天", 86_400), ("小时", 3_600), ("分钟", 60), ("秒", 1))

_NUMBERS: Final = {">=": "不少于", "<=": "不超过", "<": "低于", ">": "超过", "=": "等于", "!=": "不等于"}
_MOMENTS: Final = {"=": "为{}", "!=": "不为{}"} | {
    ">=": "不早于{}",
    "<=": "不晚于{}",
    "<": "在{}之前",
    ">": "在{}之后",
}
_TEMPORAL: Final = (Date, DateTime, Time)


def labelled(element: Element, source: str) -> tuple[str, str]:
    """How a column is called and the unit of its values: from its `unit` property, or in brackets at the end.

    `收入（元）` is 收入 in 元; the property is any `name="unit" value="…"` among the extension elements.
    """
    label = attribute(element, "label") or source
    extensions = first(element, "extensionElements")
    said = [] if extensions is None else [part for part in extensions.iter() if part.get("name") == "unit"]
    if said:
        return label, said[0].get("value", "")
    found = _IN_BRACKETS.search(label)
    return (label[: found.start()], found[1]) if found else (label, "")


def value_in_words(value: Value, unit: str = "", depth: int = 0) -> str:
    """A value as a sentence has it; what lies deep inside is left out: no value unfolds without end."""
    if depth > _MAX_DEPTH:
        return "…"
    if type(value) is list:
        shown = "、".join(value_in_words(item, unit, depth + 1) for item in value[:_MAX_LISTED])
        return (shown + ("等" if len(value) > _MAX_LISTED else "")) or "无"
    text = _context(value, depth) if type(value) is dict else _KINDS.get(type(value), plain_text)(value)
    if type(value) is Decimal:
        text += unit
    return text if len(text) <= _MAX_CHARACTERS else text[:_MAX_CHARACTERS] + "…"


def _context(value: dict[str, Value], depth: int) -> str:
    if "mask" in value and "sealed" in value:
        return value_in_words(value["mask"])  # a number under seal is never spelled out
    entries = list(islice(value.items(), _MAX_LISTED))
    shown = "，".join(f"{key}为{value_in_words(item, depth=depth + 1)}" for key, item in entries)
    return shown + ("等" if len(value) > _MAX_LISTED else "")


def _date(value: Date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def _moment(value: DateTime) -> str:
    return f"{_date(value.date)}{value.time}"


def _months(value: YearsMonths) -> str:
    years, months = divmod(abs(value.months), 12)
    text = (f"{years}年" if years else "") + (f"{months}个月" if months or not years else "")
    return ("负" if value.months < 0 else "") + text


def _span(value: DaysTime) -> str:
    left, text = abs(value.nanos) // 10**9, ""
    for word, size in _SECONDS:
        count, left = divmod(left, size)
        text += f"{count}{word}" if count else ""
    return ("负" if value.nanos < 0 else "") + (text or "0天")


_KINDS: Final[dict[type, Callable[[Value], str]]] = {
    type(None): lambda _value: "空",
    bool: lambda value: "是" if value else "否",
    str: lambda value: f"“{value}”",
    Date: _date,
    DateTime: _moment,
    YearsMonths: _months,
    DaysTime: _span,
}


def tests_in_words(tests: nodes.UnaryTests, text: str, env: Env, unit: str) -> str:
    """What a cell demands of a value; a name in it is said by its value. What has no words is quoted."""
    if any(mentions(test, "?") for test in tests.tests):
        return f"满足“{text}”"
    source = Source(text)
    plain = [_plain(source, test, env) for test in tests.tests]
    if all(value is not _NOT_PLAIN for value in plain):
        return _among([each for value in plain for each in _spread(value)], unit, negated=tests.negated)
    said = [_test(source, test, env, unit) for test in tests.tests]
    return ("不是" if tests.negated else "") + "，或".join(said)


_NOT_PLAIN: Final = object()


def _plain(source: Source, node: Node, env: Env) -> Value:
    """The value that a test asks for by itself; no comparison, no range."""
    if isinstance(node, nodes.Bound | nodes.RangeOf):
        return _NOT_PLAIN
    value = source.compile(node)(env)
    return _NOT_PLAIN if type(value) is Range else value


def _spread(value: Value) -> list[Value]:
    return value if type(value) is list else [value]


def _among(values: list[Value], unit: str, *, negated: bool) -> str:
    no = "不" if negated else ""
    if len(values) == 1:
        return no + _equal(values[0], unit)
    strings = all(type(value) is str for value in values)
    return f"{no}属于{('' if strings else '、').join(value_in_words(v, unit) for v in values)}之一"


def _equal(value: Value, unit: str) -> str:
    return ("等于" if type(value) is Decimal else "为") + value_in_words(value, unit)


def _test(source: Source, node: Node, env: Env, unit: str) -> str:
    if isinstance(node, nodes.Bound):
        return bound_in_words(node.op, source.compile(node.operand)(env), unit)
    value = source.compile(node)(env)
    return range_in_words(value, unit) if type(value) is Range else _equal(value, unit)


def bound_in_words(op: str, value: Value, unit: str) -> str:
    """`>= 6` as 不少于6个月."""
    if type(value) in _TEMPORAL:
        return _MOMENTS[op].format(value_in_words(value))
    if type(value) is Decimal or type(value) in (DaysTime, YearsMonths):
        return _NUMBERS[op] + value_in_words(value, unit)
    return {"=": "为", "!=": "不为"}.get(op, _NUMBERS[op]) + value_in_words(value, unit)


def range_in_words(span: Range, unit: str) -> str:
    """`[6..12)` as 不少于6个月、低于12个月."""
    parts = []
    if span.start is not None:
        parts.append(bound_in_words(">=" if span.start_included else ">", span.start, unit))
    if span.end is not None:
        parts.append(bound_in_words("<=" if span.end_included else "<", span.end, unit))
    return "、".join(parts) or "为任何值"


def is_too_little(tests: nodes.UnaryTests, value: Value) -> bool:
    """Whether a number failed because it is too small, so that a sentence may say 仅."""
    if type(value) not in (Decimal, DaysTime, YearsMonths) or tests.negated or len(tests.tests) != 1:
        return False
    return isinstance(tests.tests[0], nodes.Bound) and tests.tests[0].op in (">", ">=")
