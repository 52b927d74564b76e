"""Expressions in words: names as people know them, signs as they are read; 以“入户核实”的“结论”为“属实”."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workflows import feel
from workflows.feel.tokens import Token, tokenize

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.catalogue import Release

_SIGNS = {"=": "为", "!=": "不为", ">=": "不小于", "<=": "不大于", ">": "大于", "<": "小于"}
_WORDS = {
    "and": "，且",
    "or": "，或",
    "not": "并非",
    "true": "是",
    "false": "否",
    "null": "空",
    "in": "属于",
    "if": "如果",
    "then": "，则",
    "else": "，否则",
    "between": "介于",
}
_FUNCTIONS = {
    "count": "个数",
    "sum": "合计",
    "min": "最小值",
    "max": "最大值",
    "mean": "平均值",
    "contains": "包含",
    "workdays": "工作日数",
    "today": "当天",
    "now": "当时",
    "date": "日期",
    "duration": "时长",
    "string": "文字",
    "number": "数",
}
_VOTES = {"yes": "同意数", "no": "反对数", "abstain": "弃权数", "total": "总数", "done": "已办数"}
_LEVELS = {
    "village": "村级",
    "township": "乡镇级",
    "county": "旗区县级",
    "department": "部门",
    "farm": "农牧场",
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one version: its steps, fields, parameters, roles."""

    steps: Mapping[str, str]
    fields: Mapping[str, Mapping[str, str]]
    """By step or result: the label of each field."""
    parameters: Mapping[str, str]
    roles: Mapping[str, str]
    forms: Mapping[str, str]

    @classmethod
    def of(cls, release: Release, roles: Mapping[str, str]) -> Words:
        """The words of a prepared version."""
        elements = release.specification.elements
        steps = {key: each.name for key, each in elements.items() if each.name}
        steps |= {each.result_variable: each.name for each in elements.values() if each.result_variable}
        labels = {key: labels_of(text) for key, text in release.forms.items()}
        parsed = {key: _parsed(text) for key, text in release.forms.items()}
        return cls(
            steps,
            {key: labels.get(each.form or "", {}) for key, each in elements.items()},
            {said["name"]: str(said.get("label") or said["name"]) for said in release.described()},
            {**roles, **{key: str(word) for key, word in release.meta.get("roles", {}).items()}},
            {key: str(form.get("properties", {}).get("title") or key) for key, form in parsed.items()},
        )

    def role(self, role: str) -> str:
        """A role as the office calls it."""
        return self.feel(role) if role.startswith("=") else self.roles.get(role, role)

    def level(self, level: str) -> str:
        """A level as the office calls it."""
        return _LEVELS.get(level, level)

    def step(self, step: str) -> str:
        """A step by its name."""
        return self.steps.get(step, step)

    def form(self, form: str) -> str:
        """A form by its title."""
        title = self.forms.get(form, form)
        return title if title == form else f"{title}（{form}）"

    def feel(self, text: str | None, fields: Mapping[str, str] | None = None) -> str:
        """An expression in words; what is no expression, or cannot be read, as it stands."""
        if not text or not text.startswith("="):
            return text or ""
        try:
            tokens = tokenize(text[1:])
        except feel.FeelSyntaxError:
            return text
        whole = _workdays(tokens)
        if whole is not None:
            return f"{self._said(whole, fields or {})} 个工作日"
        return self._said(tokens, fields or {})

    def _said(self, tokens: list[Token], fields: Mapping[str, str]) -> str:
        said, place = "", 0
        while place < len(tokens):
            path = _path(tokens, place)
            if path:
                place += len(path) * 2 - 1
                called = [token.text for token in tokens[place : place + 1]] == ["("]
                word = self._named(path, fields, called=called)
            else:
                word = _sign(tokens[place])
                place += 1
            said += f" {word}" if said[-1:].isascii() and said[-1:].isalnum() and word[:1].isalnum() else word
        return said.strip("，")

    def _named(self, path: list[str], fields: Mapping[str, str], *, called: bool) -> str:
        first, *rest = path
        if called and not rest:
            return _FUNCTIONS.get(first, _WORDS.get(first, first))
        if not rest and first in _WORDS:
            return _WORDS[first]
        if first == "param" and rest:
            return f"参数“{self.parameters.get(rest[0], rest[0])}”"
        if not rest and first in fields:
            return f"“{fields[first]}”"
        if first not in self.steps:
            return ".".join(path)
        known = {**_VOTES, "result": "结果", **self.fields.get(first, {})}
        inner = "".join(f"的“{known.get(name, name)}”" for name in rest)
        return f"“{self.steps[first]}”{inner}"


def _path(tokens: list[Token], place: int) -> list[str]:
    """The names joined by dots that begin here; none where no name does."""
    found = []
    while place < len(tokens) and tokens[place].kind == "name":
        found.append(tokens[place].text)
        if [token.text for token in tokens[place + 1 : place + 2]] != ["."]:
            break
        place += 2
    return found


def _workdays(tokens: list[Token]) -> list[Token] | None:
    """What is between the brackets where the whole expression is ``workdays(…)``."""
    texts = [token.text for token in tokens]
    if texts[:2] != ["workdays", "("] or texts[-2:] != [")", ""] or texts.count("(") != 1:
        return None
    return tokens[2:-2]


def _sign(token: Token) -> str:
    if token.kind == "string":
        return f"“{token.text[1:-1]}”"
    if token.kind == "op" and token.text in _SIGNS:
        return _SIGNS[token.text]
    if token.text in {"+", "-", "*", "/"}:
        return {"*": " × ", "/": " ÷ "}.get(token.text, f" {token.text} ")
    return {"(": "（", ")": "）", ",": "、"}.get(token.text, token.text)


def labels_of(form: str) -> dict[str, str]:
    """What each question of a form is called, by its key; those inside rows included."""
    found: dict[str, str] = {}

    def walk(parts: Any) -> None:
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict):
                key = part.get("key") or part.get("path")
                if isinstance(key, str) and key:
                    found[key] = label_of(part)
                walk(part.get("components"))

    walk(_parsed(form).get("components"))
    return found


def label_of(part: Mapping[str, Any]) -> str:
    """What a question is called."""
    names = ("label", "dateLabel", "timeLabel", "key", "path", "id")
    return str(next((part[name] for name in names if part.get(name)), ""))


def _parsed(form: str) -> dict[str, Any]:
    try:
        content = json.loads(form)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
