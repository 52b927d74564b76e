"""A procedure's description changed part by part; comments and whatever else it says stay in the file."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.items import AoT, Array

from workflows import parameters
from workflows.designing import parts, retention
from workflows.designing.parts import DESCRIPTION, KEY, Unusable
from workflows.errors import Invalid

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import Table

PLAIN = ("name", "category", "summary")
DOCUMENT = ("file", "title", "number", "clause")
PARAMETER = ("name", "label", "type", "default", "unit", "min", "max", "options", "origin", "why", "basis")
_SPLIT = re.compile(r"[\s,，、]+")
_MOST = 100
_LONG = 100

Given = Mapping[str, str]


def shown(text: str) -> dict[str, str]:
    """What the page shows of the whole; raises Unusable."""
    meta = parts.described(text, DESCRIPTION)
    found = {name: str(meta.get(name, "")) for name in PLAIN}
    found["start_roles"] = "\n".join(meta.get("start_roles", ()))
    found["apart"] = "\n".join("、".join(group.get("steps", ())) for group in meta.get("apart", ()))
    kept = meta.get(retention.TABLE, {})
    found |= {f"retention-{side}": kept.get(side, "") for side in retention.SIDES}
    for number, document in enumerate(meta.get("documents", ())):
        found |= {f"document-{number}-{name}": str(document.get(name, "")) for name in DOCUMENT}
    return found


def documents_in(given: Given) -> list[int]:
    """The numbers of the documents on the page."""
    found = (re.fullmatch(r"document-(\d{1,3})-title", name) for name in given)
    return sorted(int(each[1]) for each in found if each)[:_MOST]


def changed(text: str, given: Given) -> str:
    """The file with the whole set as typed; raises Invalid by field, Unusable where it is none afterwards."""
    before, document = shown(text), _document(text)
    errors = {name: "不能为空。" for name in ("name", "category") if not _said(given, name, before)}
    if not _words(_said(given, "start_roles", before)):
        errors["start_roles"] = "请至少写一个可以发起的角色。"
    groups = [_words(line) for line in _said(given, "apart", before).splitlines() if line.strip()]
    if any(len(set(group)) < 2 for group in groups):
        errors["apart"] = "每行写两个以上不同的环节编号，用顿号分开。"
    kept = {side: _said(given, f"retention-{side}", before) for side in retention.SIDES}
    errors |= {f"retention-{side}": sentence for side, sentence in retention.faults(kept).items()}
    if errors:
        raise Invalid(errors)
    for name in PLAIN:
        if _said(given, name, before) != before[name].strip():
            document[name] = _said(given, name, before)
    if _words(_said(given, "start_roles", before)) != _words(before["start_roles"]):
        document["start_roles"] = _array(_words(_said(given, "start_roles", before)))
    if groups != [_words(line) for line in before["apart"].splitlines()]:
        _set_apart(document, groups)
    _set_retention(document, kept)
    _set_documents(document, given, before)
    return _written(document)


def _set_retention(document: TOMLDocument, kept: Mapping[str, str]) -> None:
    if retention.TABLE not in document:
        document.append(retention.TABLE, tomlkit.table())
    table = document[retention.TABLE]
    for side, value in kept.items():
        if value and table.get(side) != value:
            table[side] = value
        elif not value:
            table.pop(side, None)


def _said(given: Given, name: str, before: Given) -> str:
    return given.get(name, before.get(name, "")).replace("\r\n", "\n").strip()


def _words(text: str) -> list[str]:
    return [each for each in _SPLIT.split(text) if each]


def _set_apart(document: TOMLDocument, groups: list[list[str]]) -> None:
    kept = {frozenset(group.get("steps", ())): group for group in document.get("apart", ())}
    made = []
    for group in groups:
        table = kept.get(frozenset(group)) or tomlkit.table()
        table["steps"] = _array(group)
        made.append(table)
    _set_list(document, "apart", made)


def _set_documents(document: TOMLDocument, given: Given, before: Given) -> None:
    """Rows that stayed are changed in place; a row left without a title and a file is taken out."""
    numbers = documents_in(given)
    if all(
        given.get(f"document-{n}-{name}", "").strip() == before.get(f"document-{n}-{name}", "").strip()
        for n in numbers
        for name in DOCUMENT
    ) and len(numbers) == len(documents_in(before)):
        return
    standing = list(document.get("documents", ()))
    made = []
    for number in numbers:
        row = {name: given.get(f"document-{number}-{name}", "").strip() for name in DOCUMENT}
        if not row["title"] and not row["file"]:
            continue
        table = standing[number] if number < len(standing) else tomlkit.table()
        for name, value in row.items():
            if str(table.get(name, "")) != value or name not in table:
                table[name] = value
        made.append(table)
    if not made:
        raise Invalid({"documents": "请至少写一份依据的文件。"})
    _set_list(document, "documents", made)


def _set_list(document: TOMLDocument, key: str, made: list[Any]) -> None:
    if key in document and not made:
        del document[key]
    elif key in document:
        document[key] = AoT(made)
    elif made:
        document.append(key, AoT(made))


# Parameters


def parameters_of(text: str) -> list[dict[str, Any]]:
    """The parameters as the file describes them; raises Unusable."""
    return [dict(each) for each in parts.described(text, DESCRIPTION).get("parameters", ())]


def parameter_shown(said: Mapping[str, Any]) -> dict[str, str]:
    """A parameter as the page shows it."""
    return {name: _line(said.get(name)) for name in PARAMETER}


def _line(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)


def with_parameter(text: str, given: Given, name: str | None = None) -> str:
    """The file with a parameter set as typed: the one called ``name``, or a new one at the end."""
    document = _document(text)
    listed = list(document.get("parameters", ()))
    standing = next((each for each in listed if each.get("name") == name), None)
    if name is not None and standing is None:
        raise Invalid({"name": "没有找到该参数，可能已被删除，请返回参数列表。"})
    before = parameter_shown(standing.unwrap()) if standing is not None else {}
    wanted = _parameter(given, {each.get("name") for each in listed} - {name})
    table: Table = standing if standing is not None else tomlkit.table()
    for key in PARAMETER:
        typed = given.get(key, "").replace("\r\n", "\n").strip()
        if standing is not None and typed == before[key].strip():
            continue
        if wanted.get(key) is None:
            table.pop(key, None)
        else:
            table[key] = _array(wanted[key]) if isinstance(wanted[key], list) else wanted[key]
    if standing is None:
        _set_list(document, "parameters", [*listed, table])
    return _written(document)


def _parameter(given: Given, taken: set[Any]) -> dict[str, Any]:
    """A parameter's values from what was typed; raises Invalid by field."""
    said: dict[str, Any] = {key: given.get(key, "").strip() or None for key in PARAMETER}
    errors = _named(said, taken) | _reasoned(said)
    for key in ("min", "max"):
        said[key] = _number(said[key])
        if isinstance(said[key], str):
            errors[key] = "应为数字。"
    said["options"] = _lines(said["options"])
    said["default"] = _value(str(said["type"]), said["default"] or "")
    if not errors:
        wrong = parameters.fault(
            {key: value for key, value in said.items() if value is not None}, said["default"]
        )
        errors = {"default": f"默认值{wrong}。"} if wrong else {}
    if errors:
        raise Invalid(errors)
    return said


def _named(said: Mapping[str, Any], taken: set[Any]) -> dict[str, str]:
    errors = {}
    if not KEY.fullmatch(said["name"] or ""):
        errors["name"] = "参数名只能由字母、数字和下划线组成，最长 60 个字符。"
    elif said["name"] in taken:
        errors["name"] = f"已有名为“{said['name']}”的参数。"
    if not said["label"]:
        errors["label"] = "请填写名称。"
    if said["type"] not in parameters.KINDS:
        errors["type"] = "请选择类型。"
    return errors


def _reasoned(said: Mapping[str, Any]) -> dict[str, str]:
    if said["origin"] not in {"source", "default"}:
        return {"origin": "请说明数值来自文件还是本地设定。"}
    if said["origin"] == "source" and not said["basis"]:
        return {"basis": "来自文件的，请写明文件名和原文。"}
    if said["origin"] == "default" and not said["why"]:
        return {"why": "本地设定的，请写明理由。"}
    return {}


def _lines(text: str | None) -> list[str] | None:
    return [line.strip() for line in text.splitlines() if line.strip()] if text else None


def _number(text: str | None) -> int | float | str | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    return int(value) if value == int(value) else value


def _value(kind: str, text: str) -> Any:
    """What was typed as a value of the type; what cannot be one stays text and is refused."""
    if kind in {"integer", "number"}:
        return _number(text) if text else text
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return (_lines(text) or []) if kind == "list" else text


def without_parameter(text: str, name: str) -> str:
    """The file without a parameter."""
    document = _document(text)
    listed = list(document.get("parameters", ()))
    kept = [each for each in listed if each.get("name") != name]
    if len(kept) == len(listed):
        raise Invalid({"name": "没有找到该参数，可能已被删除，请返回参数列表。"})
    _set_list(document, "parameters", kept)
    return _written(document)


# The file


def _array(words: list[str]) -> Array:
    array = tomlkit.array()
    for each in words:
        array.append(each)
    return array.multiline(len(array.as_string()) > _LONG)


def _document(text: str) -> TOMLDocument:
    parts.described(text, DESCRIPTION)
    return tomlkit.parse(text)


def _written(document: TOMLDocument) -> str:
    text = tomlkit.dumps(document)
    parts.described(text, DESCRIPTION)
    return text


__all__ = [
    "Unusable",
    "changed",
    "documents_in",
    "parameter_shown",
    "parameters_of",
    "shown",
    "with_parameter",
]
