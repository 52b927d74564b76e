"""What a procedure is made of, as text, wherever it is kept: a folder, a draft, or a version in force."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workflows.catalogue import Bundle
from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

OWN_DIAGRAM = "process.bpmn"
DESCRIPTION = "procedure.toml"
SCENARIOS = "scenarios.toml"
DECISIONS = "decisions.dmn"

KEY = re.compile(r"[^\W_]\w{0,59}")
"""What the key of a procedure, a form or a parameter looks like."""

_FORM = re.compile(r"""\bform(?:Id|Key)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


class Unusable(Refusal):
    """What is given cannot be read as a procedure."""

    code = "procedure.unusable"
    sentence = "{file}：{why}"


@dataclass(frozen=True, slots=True)
class Part:
    """One procedure's own artefacts; ``decisions`` and ``forms`` by name."""

    key: str
    meta: Mapping[str, Any]
    diagram: str
    decisions: Mapping[str, str]
    forms: Mapping[str, str]

    @classmethod
    def of(cls, bundle: Bundle) -> Part:
        """A published procedure's own artefacts, without those of the procedures it calls."""
        own = f"{bundle.key}/{DECISIONS}"
        wanted = forms_named([bundle.diagrams[OWN_DIAGRAM]])
        return cls(
            bundle.key,
            bundle.meta,
            bundle.diagrams[OWN_DIAGRAM],
            {name: text for name, text in bundle.decisions.items() if name == own},
            {name: text for name, text in bundle.forms.items() if name in wanted},
        )


def assemble(own: Part, called: Iterable[Part]) -> Bundle:
    """One bundle: a procedure's own artefacts with those of every procedure it calls."""
    diagrams, decisions, forms = {OWN_DIAGRAM: own.diagram}, dict(own.decisions), dict(own.forms)
    parameters, apart = list(own.meta.get("parameters", ())), list(own.meta.get("apart", ()))
    for part in called:
        diagrams[f"{part.key}/{OWN_DIAGRAM}"] = part.diagram
        decisions.update(part.decisions)
        forms.update(part.forms)
        known = {parameter["name"] for parameter in parameters}
        parameters += [each for each in part.meta.get("parameters", ()) if each["name"] not in known]
        apart += [group for group in part.meta.get("apart", ()) if group not in apart]
    meta = {**own.meta, "parameters": parameters, **({"apart": apart} if apart else {})}
    return Bundle(own.key, meta, diagrams, decisions, forms)


def forms_named(diagrams: Iterable[str]) -> list[str]:
    """The forms that diagrams ask for; names that could leave a folder are left out.

    They are read as text, since a broken diagram must still be reportable with its forms.
    """
    wanted = {one or other for text in diagrams for one, other in _FORM.findall(text)}
    return sorted(name for name in wanted if KEY.fullmatch(name))


def described(text: str, file: str) -> dict[str, Any]:
    """What a ``procedure.toml`` says; raises Unusable naming what is missing or of the wrong kind."""
    try:
        meta = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Unusable(file=file, why=f"不是有效的 TOML：{error}") from error
    missing = [name for name in _REQUIRED if meta.get(name) in (None, "")]
    if missing:
        raise Unusable(file=file, why=f"缺少 {'、'.join(missing)}")
    for name, (fits, words) in _SHAPES.items():
        if name in meta and not fits(meta[name]):
            raise Unusable(file=file, why=f"{name} 应为{words}")
    return meta


_REQUIRED = ("name", "locality", "division", "category", "start_roles")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_keys(value: Any) -> bool:
    return _is_words(value) and all(KEY.fullmatch(item) for item in value)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _is_parameters(value: Any) -> bool:
    if not _is_tables(value):
        return False
    names = [item.get("name") for item in value]
    whole = all(isinstance(name, str) and KEY.fullmatch(name) for name in names)
    return whole and len(set(names)) == len(names) and all("default" in item for item in value)


def _is_apart(value: Any) -> bool:
    return _is_tables(value) and all(_is_words(item.get("steps")) for item in value)


def _is_kept(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


_SHAPES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "key": (_is_text, "文字"),
    "name": (_is_text, "文字"),
    "locality": (_is_text, "文字"),
    "division": (lambda value: bool(re.fullmatch(r"\d{12}", str(value))), "12 位区划代码"),
    "category": (_is_text, "文字"),
    "start_roles": (_is_words, "一列角色"),
    "calls": (_is_keys, "一列事项编号"),
    "parameters": (_is_parameters, "一列参数，各有不重复的 name 和 default"),
    "documents": (_is_tables, "一列文件"),
    "apart": (_is_apart, "一列，每项有 steps（一列环节编号）"),
    "start": (_is_table, "一组键值"),
    "subject": (_is_table, "一组键值"),
    "case": (_is_table, "一组键值"),
    "retention": (_is_kept, "一组文字（class、origin、why、basis）"),
    "campaign": (_is_table, "一组键值"),
    "terms": (_is_table, "一组键值"),
    "roles": (_is_table, "一组键值"),
}
