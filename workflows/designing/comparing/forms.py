"""Forms compared question by question: which come and go, and what is asked otherwise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from workflows.designing.comparing.changes import (
    ADDED,
    CHANGED,
    FORMS,
    MOVED,
    REMOVED,
    Change,
    displaced,
)
from workflows.designing.comparing.wording import label_of, labels_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflows.designing.comparing.wording import Words

_SIDES = {
    "label": "名称",
    "dateLabel": "名称",
    "timeLabel": "时间名称",
    "text": "文字",
    "type": "类型",
    "subtype": "类型细分",
    "description": "提示",
    "values": "选项",
    "valuesExpression": "选项来源",
    "conditional.hide": "隐藏条件",
    "validate.required": "必填",
    "validate.min": "最小值",
    "validate.max": "最大值",
    "validate.minLength": "最少字数",
    "validate.maxLength": "最多字数",
    "validate.pattern": "格式",
    "defaultValue": "默认值",
    "readonly": "只读",
    "decimalDigits": "小数位数",
    "properties.kind": "内容类别",
    "properties.required_if": "必填条件",
    "properties.default": "默认值（算得）",
    "properties.check": "校验",
    "properties.check_message": "校验不通过时的提示",
    "properties.within": "可选范围",
    "properties.on_file": "已有资料",
    "properties.basis": "依据",
    "properties.past": "不得晚于当天",
    "appearance.suffixer": "单位",
    "properties.unit": "单位",
    "properties.title": "标题",
    "properties.verbs": "结论按钮的文字",
}
_FEEL = frozenset(
    {
        "valuesExpression",
        "conditional.hide",
        *(f"properties.{name}" for name in ("required_if", "default", "check", "within")),
    }
)
_LONG = frozenset({"text", "description", "properties.basis", "properties.check_message"})
_NO_SIDE = frozenset({"id", "key", "path", "components", "layout", "schemaVersion", "exporter"})
_TYPES = {
    "textfield": "单行文字",
    "textarea": "多行文字",
    "number": "数字",
    "datetime": "日期时间",
    "radio": "单选",
    "select": "下拉选择",
    "checkbox": "勾选",
    "checklist": "多选",
    "taglist": "多选",
    "filepicker": "文件",
    "dynamiclist": "多行填报",
    "group": "分组",
    "text": "说明文字",
    "separator": "分隔线",
}


def changes(old: Mapping[str, str], new: Mapping[str, str], words: tuple[Words, Words]) -> Iterator[Change]:
    """Every change of a form, by the forms' keys."""
    for key in sorted(old.keys() | new.keys()):
        if key not in new:
            yield Change(part=FORMS, kind=REMOVED, subject=key, where=f"表单“{words[0].form(key)}”")
        elif key not in old:
            yield Change(part=FORMS, kind=ADDED, subject=key, where=f"表单“{words[1].form(key)}”")
        elif old[key] != new[key]:
            yield from _Form(key, old[key], new[key], words).changes()


class _Form:
    """One form in both versions."""

    def __init__(self, key: str, old: str, new: str, words: tuple[Words, Words]) -> None:
        self.key, self.words = key, words
        self.forms = (json.loads(old), json.loads(new))
        self.labels = (labels_of(old), labels_of(new))
        self.parts = (_listed(self.forms[0]), _listed(self.forms[1]))

    def changes(self) -> Iterator[Change]:
        old, new = self.parts
        title = f"表单“{self.words[0].form(self.key)}”"
        yield from self._sides(self.key, title, *self.forms)
        for path, (part, _) in old.items():
            if path not in new:
                yield self._told(REMOVED, path, self._called(path, part), old=_brief(part))
        for path, (part, inside) in new.items():
            if path not in old:
                yield self._told(ADDED, path, self._called(path, part), new=_brief(part))
                continue
            before, was_inside = old[path]
            where = self._called(path, before)
            yield from self._sides(f"{self.key}/{path}", where, before, part)
            if was_inside != inside:
                yield self._told(CHANGED, path, where, what="所在分组", old=was_inside, new=inside)
        for path in displaced(list(old), list(new)):
            yield self._told(
                MOVED, path, self._called(path, old[path][0]), what="次序",
                old=self._behind(0, path), new=self._behind(1, path),
            )  # fmt: skip

    def _told(self, kind: Any, path: str, where: str, **more: str) -> Change:
        return Change(part=FORMS, kind=kind, subject=f"{self.key}/{path}", where=where, **more)  # type: ignore[arg-type]

    def _called(self, path: str, part: Mapping[str, Any]) -> str:
        kind = _TYPES.get(str(part.get("type")), "") if part.get("type") in _UNASKED else "项目"
        return f"表单“{self.words[0].form(self.key)}”的{kind}“{label_of(part) or path}”（{path}）"

    def _behind(self, which: int, path: str) -> str:
        paths = list(self.parts[which])
        place = paths.index(path)
        if place == 0:
            return "在最前"
        part, _ = self.parts[which][paths[place - 1]]
        return f"在“{label_of(part) or paths[place - 1]}”之后"

    def _sides(
        self, subject: str, where: str, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Iterator[Change]:
        before, after = _flat(old), _flat(new)
        for name in sorted(before.keys() | after.keys(), key=lambda name: (_rank(name), name)):
            one, other = before.get(name), after.get(name)
            if one == other:
                continue
            said = self._said(0, name, one), self._said(1, name, other)
            if said[0] == said[1]:
                said = _json(one), _json(other)
            yield Change(
                part=FORMS, kind=CHANGED, subject=subject, where=where,
                what=_SIDES.get(name, f"设置“{name}”"), old=said[0], new=said[1], text=name in _LONG,
            )  # fmt: skip

    def _said(self, which: int, name: str, value: Any) -> str:
        if value is None:
            return "否" if name == "validate.required" else ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if name in _FEEL and isinstance(value, str):
            text = "=" + value.removeprefix("=")
            return self.words[which].feel(text, self.labels[which])
        if name == "type":
            return _TYPES.get(str(value), str(value))
        if name == "values" and isinstance(value, list):
            return "、".join(_option(each) for each in value)
        if isinstance(value, dict | list):
            return _json(value)
        return str(value)


_UNASKED = frozenset({"group", "text", "separator"})


def _listed(form: Mapping[str, Any]) -> dict[str, tuple[dict[str, Any], str]]:
    """Every part of a form by its path, with the label of the group it is in; rows' parts below their row."""
    found: dict[str, tuple[dict[str, Any], str]] = {}

    def walk(parts: Any, above: str, inside: str) -> None:
        for place, part in enumerate(parts if isinstance(parts, list) else ()):
            if not isinstance(part, dict):
                continue
            own = part.get("key") or part.get("path") or part.get("id") or f"{part.get('type')}{place}"
            path = f"{above}{own}"
            found[path] = (part, inside)
            rows = part.get("type") == "dynamiclist"
            walk(part.get("components"), f"{path}." if rows else above, label_of(part))

    walk(form.get("components"), "", "")
    return found


def _flat(part: Mapping[str, Any]) -> dict[str, Any]:
    """The sides of a part, one level deep: ``validate.required``, ``properties.kind``."""
    found: dict[str, Any] = {}
    for name, value in part.items():
        if name in _NO_SIDE:
            continue
        if isinstance(value, dict):
            found |= {f"{name}.{inner}": each for inner, each in value.items()}
        else:
            found[name] = value
    return found


def _rank(name: str) -> int:
    names = list(_SIDES)
    return names.index(name) if name in names else len(names)


def _option(each: Any) -> str:
    if not isinstance(each, dict):
        return str(each)
    label, value = str(each.get("label", "")), str(each.get("value", ""))
    return label if label == value else f"{label}（{value}）"


def _json(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _brief(part: Mapping[str, Any]) -> str:
    kind = _TYPES.get(str(part.get("type")), str(part.get("type")))
    validate = part.get("validate")
    needed = isinstance(validate, dict) and validate.get("required")
    options = part.get("values")
    said = [kind, *(["必填"] if needed else [])]
    said += [f"可选{'、'.join(_option(each) for each in options)}"] if isinstance(options, list) else []
    return "，".join(said)
