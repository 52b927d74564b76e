"""A form's JSON, changed part by part; whatever is not touched stays in the file as it was."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from forms.definition import DefinitionError
from forms.settings import CONTAINERS, FAMILIES, TYPES, Unfit, settings_of, shown, typed

Component = dict[str, Any]
_MOST_DEEP = 6


class Line(NamedTuple):
    """A component in the order of the page: its path, how deep it stands, whether first or last there."""

    path: str
    depth: int
    component: Component
    is_first: bool
    is_last: bool

    @property
    def words(self) -> str:
        """How the page calls it."""
        labels = (self.component.get(name) for name in ("label", "dateLabel", "timeLabel", "text"))
        found = next(filter(None, labels), self.key)
        return str(found or TYPES.get(self.kind, self.kind))[:60]

    @property
    def kind(self) -> str:
        """Its type in the file."""
        return str(self.component.get("type", ""))

    @property
    def kind_words(self) -> str:
        """Its type in words."""
        return TYPES.get(self.kind, self.kind)

    @property
    def key(self) -> str:
        """The name of its answer; nothing for what asks nothing."""
        return key_of(self.component)

    @property
    def is_required(self) -> bool:
        """Whether it must always be answered."""
        validate = self.component.get("validate")
        return isinstance(validate, Mapping) and validate.get("required") is True

    @property
    def is_conditional(self) -> bool:
        """Whether it is shown or needed only at times."""
        return any(shown(self.component, each) for each in settings_of(self.kind) if each.name in _CONDITIONS)


_CONDITIONS = frozenset({"hide", "required_if"})


def load(text: str) -> Component:
    """A form's JSON; raises DefinitionError."""
    try:
        source = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise DefinitionError(f"表单定义不是有效的JSON：{problem}。") from None
    if not isinstance(source, dict) or not isinstance(source.get("components", []), list):
        raise DefinitionError("表单定义应为一个JSON对象，components 应为列表。")
    return source


def dump(source: Component) -> str:
    """The text of a form, as the library writes it."""
    return json.dumps(source, ensure_ascii=False, indent=2) + "\n"


def blank(key: str, title: str) -> Component:
    """A form that asks nothing yet."""
    return {
        "type": "default",
        "id": key,
        "schemaVersion": 17,
        "executionPlatform": "Camunda Cloud",
        "executionPlatformVersion": "8.6.0",
        "properties": {"title": title},
        "components": [],
    }


def named(source: Component, key: str) -> Component:
    """The same form under another name."""
    return {**copy.deepcopy(source), "id": key}


def title_of(source: Component) -> str:
    """What a form is called."""
    properties = source.get("properties")
    return str((properties.get("title") if isinstance(properties, Mapping) else "") or source.get("id", ""))


def key_of(component: Mapping[str, Any]) -> str:
    """The name under which a component's answer is kept."""
    name = component.get("path") if component.get("type") == "dynamiclist" else component.get("key")
    return str(name or component.get("key") or "")


def outline(source: Component) -> tuple[Line, ...]:
    """Every component in order, those inside groups and rows after what holds them."""
    return tuple(_outline(source, "", 0))


def _outline(holder: Component, above: str, depth: int) -> Iterator[Line]:
    parts = [each for each in holder.get("components") or () if isinstance(each, dict)]
    for index, component in enumerate(parts):
        path = f"{above}{index}"
        yield Line(path, depth, component, index == 0, index == len(parts) - 1)
        if component.get("type") in CONTAINERS and depth < _MOST_DEEP:
            yield from _outline(component, f"{path}.", depth + 1)


def holders(source: Component) -> tuple[Line, ...]:
    """The groups and rows that can hold others."""
    return tuple(line for line in outline(source) if line.kind in CONTAINERS)


def at(source: Component, path: str) -> Component:
    """The component at a path such as 0.2; raises DefinitionError where there is none."""
    siblings, index = _place(source, path)
    return siblings[index]


def _place(source: Component, path: str) -> tuple[list[Component], int]:
    holder: Component = source
    steps = path.split(".")
    for number, step in enumerate(steps):
        siblings = holder.get("components")
        if not (
            step.isascii() and step.isdigit() and isinstance(siblings, list) and int(step) < len(siblings)
        ):
            raise DefinitionError("没有找到该字段，表单可能已被改动，请返回表单重选。")
        if number == len(steps) - 1:
            return siblings, int(step)
        holder = siblings[int(step)]
    raise DefinitionError("没有找到该字段。")


def _inside(source: Component, holder: str) -> list[Component]:
    owner = at(source, holder) if holder else source
    if holder and owner.get("type") not in CONTAINERS:
        raise DefinitionError("只能放进分组或重复行。")
    found: list[Component] = owner.setdefault("components", [])
    return found


def added(source: Component, kind: str, holder: str = "") -> tuple[Component, str]:
    """The form with a new component at the end of ``holder`` ("" is the form), and its path."""
    if kind not in TYPES:
        raise DefinitionError(f"不支持的组件类型“{kind}”。")
    made = copy.deepcopy(source)
    siblings = _inside(made, holder)
    siblings.append(_fresh(made, kind))
    return made, f"{holder}.{len(siblings) - 1}" if holder else str(len(siblings) - 1)


def _fresh(source: Component, kind: str) -> Component:
    taken = {each.component.get("id") for each in outline(source)} | {each.key for each in outline(source)}
    key = next(
        f"field_{number}"
        for number in range(1, 10_000)
        if not {f"field_{number}", f"Field_field_{number}"} & taken
    )
    made: Component = {"type": kind, "id": f"Field_{key}"}
    if kind == "text":
        return {**made, "text": "说明"}
    if kind == "separator":
        return made
    if kind == "group":
        return {**made, "label": "新的分组", "showOutline": True, "components": []}
    made |= {"path" if kind == "dynamiclist" else "key": key, "label": "新的字段"}
    if kind in {"radio", "select", "checklist", "taglist"}:
        made["values"] = [{"label": words, "value": words} for words in ("选项一", "选项二")]
    if kind == "datetime":
        made |= {"subtype": "date", "dateLabel": "新的字段"}
    if kind == "dynamiclist":
        inner = {"type": "textfield", "id": f"Field_{key}_name", "key": "name", "label": "名称"}
        made |= {"isRepeating": True, "allowAddRemove": True, "defaultRepetitions": 1, "components": [inner]}
    return made


def moved(source: Component, path: str, by: int) -> tuple[Component, str]:
    """The form with a component further up (-1) or down (+1) among its siblings, and its new path."""
    made = copy.deepcopy(source)
    siblings, index = _place(made, path)
    target = max(0, min(len(siblings) - 1, index + by))
    siblings.insert(target, siblings.pop(index))
    return made, ".".join((*path.split(".")[:-1], str(target)))


def put_into(source: Component, path: str, holder: str) -> tuple[Component, str]:
    """The form with a component at the end of another group, and its new path."""
    if holder == path or holder.startswith(f"{path}."):
        raise DefinitionError("不能放进它自己里面。")
    made = copy.deepcopy(source)
    target = _inside(made, holder)
    siblings, index = _place(made, path)
    if target is siblings:
        return made, path
    moving = siblings.pop(index)
    target.append(moving)
    return made, next(line.path for line in outline(made) if line.component is moving)


def removed(source: Component, path: str) -> Component:
    """The form without a component and what stands inside it."""
    made = copy.deepcopy(source)
    siblings, index = _place(made, path)
    del siblings[index]
    return made


def family(kind: str) -> tuple[str, ...]:
    """The types a component of this type may become."""
    return next((each for each in FAMILIES if kind in each), (kind,))


def changed(source: Component, path: str, given: Mapping[str, str]) -> tuple[Component, dict[str, str]]:
    """The form with a component set as typed, and a sentence for each setting that cannot be.

    A setting shown as it was typed is not written, so that nothing changes by looking at it.
    """
    made = copy.deepcopy(source)
    component = at(made, path)
    before, errors = copy.deepcopy(component), {}
    kind = str(before.get("type"))
    if given.get("type", kind) in family(kind):
        component["type"] = given.get("type", kind)
    for setting in settings_of(kind):
        said = given.get(setting.name, "")
        if said.replace("\r\n", "\n").strip() == shown(before, setting).strip():
            continue
        try:
            _write(component, setting.at, typed(before, setting, said))
        except Unfit as problem:
            errors[setting.name] = str(problem)
    _relabel(component, before)
    errors |= _clashes(made, path, component)
    return made, errors


def _write(component: Component, place: tuple[str, ...], value: Any) -> None:
    *above, last = place
    holder = component
    for key in above:
        if not isinstance(holder.get(key), dict):
            holder[key] = {}
        holder = holder[key]
    if value is None:
        holder.pop(last, None)
    else:
        holder[last] = value
    if above and not holder:
        component.pop(above[0])


def _relabel(component: Component, before: Component) -> None:
    """A date's own label follows: the builder of that file format shows only that one."""
    if component.get("type") == "datetime" and component.get("label") != before.get("label"):
        kind = "timeLabel" if component.get("subtype") == "time" else "dateLabel"
        component[kind] = component.get("label")


def _clashes(source: Component, path: str, component: Component) -> dict[str, str]:
    """A key that is taken, a choice without options."""
    errors = {}
    level = path.rpartition(".")[0]
    rows = _rows_above(source, level)
    others = [
        line.key
        for line in outline(source)
        if line.path != path and _rows_above(source, line.path.rpartition(".")[0]) == rows
    ]
    name = "path" if component.get("type") == "dynamiclist" else "key"
    if key_of(component) and key_of(component) in others:
        errors[name] = f"字段名“{key_of(component)}”已被本表单的另一字段使用。"
    choosing = component.get("type") in {"radio", "select", "checklist", "taglist"}
    has_kind = isinstance(component.get("properties"), dict) and component["properties"].get("kind")
    if choosing and not (component.get("values") or component.get("valuesExpression") or has_kind):
        errors["options"] = "请至少写一个选项，或写明选项取自何处。"
    return errors


def _rows_above(source: Component, path: str) -> str:
    """The repeating rows a place stands in, whose keys are their own; nothing for the form itself."""
    while path:
        if at(source, path).get("type") == "dynamiclist":
            return path
        path = path.rpartition(".")[0]
    return ""
