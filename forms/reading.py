"""Form text in the bpmn.io format → Definition; whatever we do not understand is refused by name.

The components are those of form-js, so Camunda's form builder opens our files. What it has no words for
stands in a component's `properties`:

- `kind`: money, identity, phone, credit_code, bank_account, division, person, image, signature
- `required_if`, `default`, `check` with `check_message`: FEEL
- `exemption`: the key of the sibling that says why there is no valid identity number;
  a sibling `<that key>_reason` must be filled in where the exemption begins with 其他
- `within` (FEEL: a division code) and `level` (county, township, village): which places are offered
- `people`: which people are offered, in the host's words
- `past`: the day is not in the future · `pattern_message`: what to say instead of the pattern
- `on_file`: what the office may know of it already, by a name of the host's vocabulary
  (`household.phone`), or `case.<key>`: what an earlier step of the case answered under that key
- `max_files`, `accept`, `max_megabytes` for files · `min_rows`, `max_rows` for repeating rows

The form's own `properties` may hold `verbs`: the button's words for each conclusion.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from forms import reading_limits
from forms.definition import Definition, DefinitionError, Field, Group, Note, Option, Part, Rule, walk
from forms.place import Place

_TYPES = {
    "textfield": "text",
    "textarea": "textarea",
    "number": "number",
    "datetime": "date",
    "radio": "radio",
    "select": "select",
    "checkbox": "checkbox",
    "checklist": "checklist",
    "taglist": "checklist",
    "filepicker": "files",
    "dynamiclist": "rows",
}
_KINDS = {
    "money": {"number", "text"},
    "identity": {"text"},
    "phone": {"text"},
    "credit_code": {"text"},
    "bank_account": {"text"},
    "division": {"text", "select"},
    "person": {"text", "number", "select"},
    "image": {"files"},
    "signature": {"files"},
}
_IGNORED = frozenset({"button", "spacer"})
_ON_FILE = re.compile(r"[a-z]+\.\w{1,64}")
_KEY = re.compile(r"[^\W\d_]\w{0,63}")
_LONGEST = 512 * 1024
_MOST = 400


@lru_cache(maxsize=256)
def parse(text: str) -> Definition:
    """The definition a form's JSON text describes; `DefinitionError` names the place it cannot follow."""
    if len(text) > _LONGEST:
        raise DefinitionError(f"表单定义过大（超过{_LONGEST // 1024}KB）。")
    try:
        source = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise DefinitionError(f"表单定义不是有效的JSON：{problem}。") from None
    if not isinstance(source, dict):
        raise DefinitionError("表单定义应为一个JSON对象。")
    if source.get("type", "default") != "default":
        raise DefinitionError("表单定义的 type 应为 default。")
    return _definition(source)


def _definition(source: dict[str, object]) -> Definition:
    top = Place("components", source)
    parts = _parts(top.items("components"), ())
    fields = _steering(tuple(_flat(parts)))
    _unique(fields, "components")
    _siblings(fields)
    properties = top.mapping("properties")
    verbs = properties.get("verbs", {})
    if not isinstance(verbs, dict) or not all(isinstance(verb, str) for verb in verbs.values()):
        raise DefinitionError("properties.verbs：应为“结论: 按钮文字”的对象。")
    canonical = json.dumps(source, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return Definition(
        id=str(source.get("id", "")),
        digest=hashlib.sha256(canonical.encode("utf-8", "replace")).hexdigest(),
        parts=_settled(parts, {field.key: field for field in fields}),
        fields=fields,
        verbs=verbs,
        source=source,
    )


def _parts(places: Iterable[Place], hides: tuple[str, ...]) -> tuple[Part, ...]:
    return tuple(part for place in places for part in _part(place, hides))


def _part(place: Place, above: tuple[str, ...]) -> Iterable[Part]:
    kind = place.text("type")
    hide = place.feel(place.mapping("conditional"), "hide")
    hides = (*above, hide) if hide else above
    if kind == "text":
        return (Note(place.name, place.text("text"), hides),)
    if kind == "separator":
        return (Rule(place.name, hides),)
    if kind == "group":
        if place.text("path"):
            raise place.error("分组不能设置 path，答案不分层存放")
        return (Group(place.name, place.text("label"), _parts(place.items("components"), hides), hides),)
    if kind in _IGNORED:
        return ()
    if kind not in _TYPES:
        raise place.error(f"不支持的组件类型“{kind}”")
    return (_field(place, _TYPES[kind], hides),)


def _field(place: Place, kind_of: str, hides: tuple[str, ...]) -> Field:
    key = place.text("path" if kind_of == "rows" else "key") or place.text("key")
    if not _KEY.fullmatch(key):
        raise place.error(f"key“{key}”应以字母或汉字开头，只含字母、汉字、数字和下划线")
    place = place.named(key)
    properties, validate = place.mapping("properties"), place.mapping("validate")
    shown = place.mapping("appearance")
    return Field(
        key=key,
        label=place.text("label") or place.text("dateLabel") or place.text("timeLabel") or key,
        type=_type(place, kind_of),
        kind=_kind(place, kind_of),
        hint=place.text("description"),
        unit=str(shown.get("suffixer") or ""),
        required=place.flag(validate, "required"),
        required_if=place.feel(properties, "required_if"),
        hides=hides,
        readonly=place.flag(place.source, "readonly") or place.flag(place.source, "disabled"),
        default=place.feel(properties, "default"),
        default_value=place.source.get("defaultValue"),
        options=_options(place),
        options_from=place.feel(place.source, "valuesExpression"),
        within=place.feel(properties, "within"),
        people=str(properties.get("people") or ""),
        level=str(properties.get("level") or ""),
        exemption=str(properties.get("exemption") or ""),
        check=place.feel(properties, "check"),
        check_message=str(properties.get("check_message") or ""),
        on_file=_on_file(place),
        limits=reading_limits.read(place, kind_of),
        rows=_rows(place) if kind_of == "rows" else (),
        add_remove=place.source.get("allowAddRemove") is not False,
        first_rows=place.count(place.source, "defaultRepetitions", 1),
        place=place.name,
    )


def _type(place: Place, kind_of: str) -> str:
    if kind_of != "date":
        return kind_of
    subtype = place.text("subtype") or "date"
    if subtype not in {"date", "time", "datetime"}:
        raise place.error(f"subtype“{subtype}”应为 date、time 或 datetime")
    return subtype


def _kind(place: Place, kind_of: str) -> str:
    kind = str(place.mapping("properties").get("kind") or "")
    if kind and kind not in _KINDS:
        raise place.error(f"properties.kind“{kind}”不认识，可用：{'、'.join(_KINDS)}")
    if kind and kind_of not in _KINDS[kind]:
        raise place.error(f"properties.kind“{kind}”不能用于 {place.text('type')} 组件")
    choosing = kind_of in {"radio", "select", "checklist"} and not kind
    if choosing and not (place.source.get("values") or place.text("valuesExpression")):
        raise place.error("没有可选项，请填写 values 或 valuesExpression")
    return kind


def _on_file(place: Place) -> str:
    name = str(place.mapping("properties").get("on_file") or "")
    if name and not _ON_FILE.fullmatch(name):
        raise place.error(f"properties.on_file“{name}”应写成“household.phone”的样子")
    return name


def _options(place: Place) -> tuple[Option, ...]:
    options = []
    for item in place.items("values"):
        value, label = item.source.get("value"), item.source.get("label")
        if not isinstance(value, str) or not value:
            raise item.error("选项的 value 应为非空文字")
        options.append(Option(value, str(label or value)))
    if len({option.value for option in options}) < len(options):
        raise place.error("选项的 value 有重复")
    return tuple(options)


def _rows(place: Place) -> tuple[Field, ...]:
    fields = tuple(_flat(_parts(place.items("components"), ())))
    if not fields:
        raise place.error("重复行里没有任何填写项")
    if any(field.type == "rows" for field in fields):
        raise place.error("重复行里不能再放重复行")
    if any(field.on_file for field in fields):
        raise place.error("重复行里的各项不能设置 on_file，请设在重复行上")
    _unique(fields, place.name)
    return fields


def _flat(parts: tuple[Part, ...]) -> Iterable[Field]:
    for part in parts:
        if isinstance(part, Group):
            yield from _flat(part.parts)
        elif isinstance(part, Field):
            yield part


def _unique(fields: tuple[Field, ...], place: str) -> None:
    keys = [field.key for field in fields]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise DefinitionError(f"{place}：key 重复：{'、'.join(twice)}。")
    if len(keys) > _MOST:
        raise DefinitionError(f"{place}：填写项超过{_MOST}个。")


def _siblings(fields: tuple[Field, ...]) -> None:
    for field in fields:
        _siblings(field.rows)
        if field.exemption and not any(other.key == field.exemption for other in fields):
            raise DefinitionError(
                f"{field.place}：properties.exemption 指向的“{field.exemption}”不在同一层。"
            )


def _steering(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Mark the fields whose answer may show, hide or require another: changing one is worth a refresh."""
    texts = [text for _, field in walk(fields) for text in (*field.hides, field.required_if)]
    words = set(re.findall(r"\w+", " ".join([*texts, *(field.options_from for _, field in walk(fields))])))
    return tuple(_marked(field, words) for field in fields)


def _marked(field: Field, words: set[str]) -> Field:
    rows = tuple(_marked(child, words) for child in field.rows)
    return replace(field, rows=rows, steers=field.key in words)


def _settled(parts: tuple[Part, ...], fields: Mapping[str, Field]) -> tuple[Part, ...]:
    """The same layout holding the finished fields."""
    settled: list[Part] = []
    for part in parts:
        if isinstance(part, Group):
            settled.append(replace(part, parts=_settled(part.parts, fields)))
        else:
            settled.append(fields[part.key] if isinstance(part, Field) else part)
    return tuple(settled)
