"""A JSON value against a schema of the OpenAPI document, as far as this interface uses JSON Schema."""

from __future__ import annotations

from typing import Any

LARGEST = 2**63 - 1
MOST_NESTING = 40

_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}

_WORDS = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "boolean": "true 或 false",
    "object": "对象",
    "array": "列表",
    "null": "null",
}

Schema = dict[str, Any]


def faults(schema: Schema, value: Any, path: str = "") -> dict[str, str]:
    """What is wrong with ``value``, a sentence per field path; empty when it fits."""
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(kind, value) for kind in kinds):
        return {path or "body": f"应为{'或'.join(_WORDS[kind] for kind in kinds)}。"}
    wrong = _value_fault(schema, value)
    if wrong:
        return {path or "body": wrong}
    if isinstance(value, dict) and "properties" in schema:
        return _object_faults(schema, value, path)
    if isinstance(value, list) and "items" in schema:
        return {
            key: sentence
            for place, item in enumerate(value)
            for key, sentence in faults(schema["items"], item, _below(path, place)).items()
        }
    return {}


def _is(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _KINDS[kind])


def _value_fault(schema: Schema, value: Any) -> str | None:
    if "enum" in schema and value not in schema["enum"]:
        return f"只能是 {'、'.join(str(one) for one in schema['enum'])} 之一。"
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)):
            return f"最多 {schema['maxLength']} 个字，现为 {len(value)} 个字。"
        if len(value.strip()) < schema.get("minLength", 0):
            return "不能为空。"
    if isinstance(value, int) and value < schema.get("minimum", value):
        return f"不能小于 {schema['minimum']}。"
    return None


def _object_faults(schema: Schema, value: dict[str, Any], path: str) -> dict[str, str]:
    known = schema["properties"]
    found = {_below(path, name): "必须填写。" for name in schema.get("required", ()) if name not in value}
    for name, inner in value.items():
        if name in known:
            found.update(faults(known[name], inner, _below(path, name)))
        elif schema.get("additionalProperties") is False:
            found[_below(path, name[:40])] = "没有这个字段，请核对拼写。"
    return found


def _below(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def unfit(value: Any, path: str = "", depth: int = 0) -> dict[str, str]:
    """What no database could keep, where it first stands: NUL signs, giant integers, endless nesting."""
    if depth > MOST_NESTING:
        return {path: "嵌套过深。"}
    if isinstance(value, str):
        return {path or "body": "含有不能保存的字符（NUL）。"} if "\x00" in value else {}
    if isinstance(value, int) and abs(value) > LARGEST:
        return {path or "body": "数字过大。"}
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        if "\x00" in str(name):
            return {path or "body": "含有不能保存的字符（NUL）。"}
        found = unfit(one, _below(path, name), depth + 1)
        if found:
            return found
    return {}
