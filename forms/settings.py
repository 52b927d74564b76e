"""What can be set on a component of a form, where it stands in the file, and how it is typed in."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

TYPES = {
    "textfield": "单行文字",
    "textarea": "多行文字",
    "number": "数字",
    "datetime": "日期或时间",
    "radio": "单选（平铺）",
    "select": "单选（下拉）",
    "checklist": "多选",
    "taglist": "多选（标签）",
    "checkbox": "勾选",
    "filepicker": "照片和文件",
    "dynamiclist": "重复行",
    "group": "分组",
    "text": "说明文字",
    "separator": "分隔线",
}
"""Every kind of component that is read, in the words of the page."""

FAMILIES = (
    ("textfield", "textarea"),
    ("radio", "select", "checklist", "taglist"),
)
"""Kinds that one and the same question may change between."""

CONTAINERS = frozenset({"group", "dynamiclist"})
_PLAIN = frozenset({"group", "text", "separator"})
ASKED = frozenset(TYPES) - _PLAIN
_TEXTS = frozenset({"textfield", "textarea"})
_CHOICES = frozenset({"radio", "select", "checklist", "taglist"})
_ROWS = frozenset({"dynamiclist"})
_FILES = frozenset({"filepicker"})
_NUMBER = frozenset({"number"})
_DATE = frozenset({"datetime"})
_CODED = frozenset({"textfield", "number", "select", "filepicker"})

KINDS = (
    ("", "一般内容"),
    ("money", "金额"),
    ("identity", "身份证号"),
    ("phone", "电话"),
    ("credit_code", "统一社会信用代码"),
    ("bank_account", "银行账号"),
    ("division", "区划"),
    ("person", "人员"),
    ("image", "照片"),
    ("signature", "签名"),
)
MOMENTS = (("", "日期（默认）"), ("date", "日期"), ("time", "时间"), ("datetime", "日期和时间"))
LEVELS = (("", "不限"), ("county", "旗县区"), ("township", "苏木乡镇"), ("village", "嘎查村"))

BASIC, WHEN, LIMITS, OFFICE = "基本", "条件（FEEL）", "限制", "更多"


class Setting(NamedTuple):
    """One thing to set: its name on the page, its place in the component, how it is written."""

    name: str
    label: str
    at: tuple[str, ...]
    kind: str
    of: frozenset[str]
    section: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()


SETTINGS = (
    Setting("label", "名称", ("label",), "words", frozenset(TYPES) - {"text", "separator"}, BASIC),
    Setting("text", "文字", ("text",), "lines", frozenset({"text"}), BASIC, "以 # 开头的行是小标题。"),
    Setting("key", "字段名", ("key",), "words", ASKED - _ROWS, BASIC, "字母或汉字开头，表达式用它取值。"),
    Setting("path", "字段名", ("path",), "words", _ROWS, BASIC, "字母或汉字开头，表达式用它取值。"),
    Setting("description", "填写提示", ("description",), "words", ASKED, BASIC),
    Setting("required", "必填", ("validate", "required"), "flag", ASKED - _ROWS, BASIC),
    Setting("readonly", "只读", ("readonly",), "flag", ASKED, BASIC),
    Setting(
        "options", "选项", ("values",), "options", _CHOICES, BASIC, "每行一项；值与文字不同时写“值｜文字”。"
    ),
    Setting("subtype", "填什么", ("subtype",), "choice", _DATE, BASIC, "", MOMENTS),
    Setting("unit", "单位", ("appearance", "suffixer"), "words", _NUMBER | {"textfield"}, BASIC),
    Setting(
        "hide", "何时隐藏", ("conditional", "hide"), "feel", frozenset(TYPES), WHEN, '如 conclusion = "通过"'
    ),
    Setting("required_if", "何时必填", ("properties", "required_if"), "feel", ASKED, WHEN),
    Setting("check", "填写须符合", ("properties", "check"), "feel", ASKED, WHEN, "不成立时拒收。"),
    Setting("check_message", "不符合时的提示", ("properties", "check_message"), "words", ASKED, WHEN),
    Setting("default", "默认值", ("properties", "default"), "feel", ASKED, WHEN),
    Setting(
        "options_from", "选项取自", ("valuesExpression",), "feel", _CHOICES, WHEN, "选项由表达式得出时填写。"
    ),
    Setting(
        "within", "区划范围", ("properties", "within"), "feel", _CODED - _FILES, WHEN, "得出一个区划代码。"
    ),
    Setting("min", "最小值", ("validate", "min"), "number", _NUMBER | {"textfield"}, LIMITS),
    Setting("max", "最大值", ("validate", "max"), "number", _NUMBER | {"textfield"}, LIMITS),
    Setting("decimals", "小数位数", ("decimalDigits",), "count", _NUMBER, LIMITS),
    Setting("min_length", "最少字数", ("validate", "minLength"), "count", _TEXTS, LIMITS),
    Setting("max_length", "最多字数", ("validate", "maxLength"), "count", _TEXTS, LIMITS),
    Setting("pattern", "格式（正则表达式）", ("validate", "pattern"), "pattern", _TEXTS, LIMITS),
    Setting("pattern_message", "格式不符的提示", ("properties", "pattern_message"), "words", _TEXTS, LIMITS),
    Setting("past", "不得晚于当天", ("properties", "past"), "flag", _DATE, LIMITS),
    Setting("max_files", "最多几个文件", ("properties", "max_files"), "count", _FILES, LIMITS),
    Setting("accept", "文件类型", ("properties", "accept"), "words", _FILES, LIMITS, "如 image/*,.pdf"),
    Setting("max_megabytes", "每个文件最大（MB）", ("properties", "max_megabytes"), "number", _FILES, LIMITS),
    Setting("min_rows", "最少行数", ("properties", "min_rows"), "count", _ROWS, LIMITS),
    Setting("max_rows", "最多行数", ("properties", "max_rows"), "count", _ROWS, LIMITS),
    Setting("first_rows", "先列出几行", ("defaultRepetitions",), "count", _ROWS, LIMITS),
    Setting("add_remove", "可以增减行", ("allowAddRemove",), "flag_on", _ROWS, LIMITS),
    Setting(
        "meaning",
        "内容性质",
        ("properties", "kind"),
        "choice",
        _CODED,
        OFFICE,
        "身份证号、账号、电话加密保存。",
        KINDS,
    ),
    Setting("level", "区划层级", ("properties", "level"), "choice", _CODED - _FILES, OFFICE, "", LEVELS),
    Setting("people", "可选人员", ("properties", "people"), "words", _CODED - _FILES, OFFICE),
    Setting(
        "exemption", "免填原因字段", ("properties", "exemption"), "words", frozenset({"textfield"}), OFFICE
    ),
    Setting(
        "on_file",
        "已有资料",
        ("properties", "on_file"),
        "words",
        ASKED,
        OFFICE,
        "如 household.phone，自动带出。",
    ),
    Setting(
        "basis", "条款依据", ("properties", "basis"), "lines", frozenset(TYPES), OFFICE, "文件名｜原文。"
    ),
)

_KEY = re.compile(r"[^\W\d_]\w{0,63}")


class Unfit(ValueError):
    """What was typed cannot be this setting; the text says why."""


def settings_of(kind: str) -> tuple[Setting, ...]:
    """What can be set on a component of this type."""
    return tuple(setting for setting in SETTINGS if kind in setting.of)


def shown(component: Mapping[str, Any], setting: Setting) -> str:
    """A setting as it stands on the page; "on" for a box that is ticked."""
    value: Any = component
    for key in setting.at:
        value = value.get(key) if isinstance(value, Mapping) else None
    if setting.name == "label":
        # A date may be labelled by its own words alone.
        value = value or component.get("dateLabel") or component.get("timeLabel")
    if setting.kind == "flag_on":
        return "" if value is False else "on"
    if setting.kind == "flag":
        return "on" if value is True or value == "true" else ""
    if value is None:
        return ""
    if setting.kind == "options":
        return "\n".join(_option_line(each) for each in value if isinstance(each, Mapping))
    return str(value).removeprefix("=").strip() if setting.kind == "feel" else str(value)


def _option_line(option: Mapping[str, Any]) -> str:
    value, label = str(option.get("value", "")), str(option.get("label") or option.get("value", ""))
    return value if value == label else f"{value}｜{label}"


def typed(component: Mapping[str, Any], setting: Setting, given: str) -> Any:
    """The value in the file for what was typed, None where the setting goes away; raises Unfit."""
    given = given.replace("\r\n", "\n").strip()
    if setting.name in {"key", "path"} and not _KEY.fullmatch(given):
        raise Unfit("字段名应以字母或汉字开头，只含字母、汉字、数字和下划线。")
    if setting.name == "label" and not given:
        raise Unfit("请填写名称。")
    if setting.kind == "flag_on":
        return None if given else False
    if setting.kind == "flag":
        return True if given else None
    if not given:
        return None
    return _READERS.get(setting.kind, _words)(component, setting, given)


def _words(_component: Mapping[str, Any], _setting: Setting, given: str) -> Any:
    return given


def _feel(_component: Mapping[str, Any], _setting: Setting, given: str) -> Any:
    return f"={given.removeprefix('=').strip()}"


def _number(_component: Mapping[str, Any], setting: Setting, given: str) -> Any:
    try:
        value = float(given)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Unfit(f"“{setting.label}”应为数字。")
    return int(value) if value == int(value) else value


def _count(_component: Mapping[str, Any], setting: Setting, given: str) -> Any:
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Unfit(f"“{setting.label}”应为不小于 0 的整数。")
    return int(given)


def _choice(_component: Mapping[str, Any], setting: Setting, given: str) -> Any:
    if given not in {value for value, _ in setting.choices}:
        raise Unfit(f"“{setting.label}”没有这个选项。")
    return given


def _pattern(_component: Mapping[str, Any], _setting: Setting, given: str) -> Any:
    try:
        re.compile(given)
    except re.error:
        raise Unfit("不是有效的正则表达式。") from None
    return given


def _options(component: Mapping[str, Any], _setting: Setting, given: str) -> Any:
    before = {each.get("value"): each for each in component.get("values") or () if isinstance(each, Mapping)}
    made: list[dict[str, Any]] = []
    for line in filter(None, (line.strip() for line in given.split("\n"))):
        value, _, label = (part.strip() for part in line.partition("｜"))
        if not value or value in {each["value"] for each in made}:
            raise Unfit(f"选项“{line}”没有值，或与前面的重复。")
        made.append({**before.get(value, {}), "label": label or value, "value": value})
    return made


_READERS = {
    "feel": _feel,
    "number": _number,
    "count": _count,
    "choice": _choice,
    "pattern": _pattern,
    "options": _options,
}
