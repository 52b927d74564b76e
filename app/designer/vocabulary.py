"""What an amendment's diagram may speak of: roles, forms, parameters, decisions, operations, documents."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

from app.designer import documents, wording
from app.organisation.roles import ROLES
from app.registers import definition as registers
from workflows import catalogue, decisions
from workflows.decisions.model import inputs_of
from workflows.designing import texts
from workflows.designing.amendments import FORM_FOLDER
from workflows.designing.operations import OPERATIONS
from workflows.designing.parts import DECISIONS, DESCRIPTION
from workflows.errors import NotFound, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from workflows.catalogue import Release
    from workflows.decisions.model import Part
    from workflows.designing.amendments import Amendment

MESSAGES = {"objection": "公示异议"}
"""What the system sends to waiting cases."""


class UnknownForm(NotFound):
    """No such form in any procedure in force."""

    code = "form.unknown"
    sentence = "没有找到这张表单，请刷新页面后再选。"


def vocabulary(session: Session, row: Amendment) -> dict[str, Any]:
    """Everything the pickers of the designer offer, in words."""
    meta = described(row.files)
    standing = catalogue.in_force(session)
    own = {
        name.removeprefix(FORM_FOLDER).removesuffix(".json"): text
        for name, text in row.files.items()
        if name.startswith(FORM_FOLDER)
    }
    return {
        "procedure": row.procedure_key,
        "roles": [_role(role.id, meta) for role in ROLES.values()],
        "levels": wording.LEVELS,
        "forms": {key: form(key, text) for key, text in own.items()},
        "parameters": [_parameter(each) for each in meta.get("parameters", ()) if isinstance(each, dict)],
        "decisions": list(_decisions(row.files.get(DECISIONS, ""))),
        "operations": [_operation(name) for name in OPERATIONS],
        "registers": [{"key": each.key, "name": each.name} for each in registers.every().values()],
        "procedures": [
            {"key": each.key, "process": each.specification.process_id, "name": each.name}
            for each in standing
            if each.key != row.procedure_key
        ],
        "calls": list(meta.get("calls", ())),
        "messages": MESSAGES,
        "documents": documents.listed(row.files, meta),
    }


def described(files: Mapping[str, str]) -> dict[str, Any]:
    """What the description says, as far as it can be read."""
    try:
        return tomllib.loads(files.get(DESCRIPTION, ""))
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def library(session: Session, files: Mapping[str, str]) -> list[dict[str, str]]:
    """The forms of the procedures in force that an amendment does not have yet."""
    seen = {name.removeprefix(FORM_FOLDER).removesuffix(".json") for name in files}
    return list(_library(catalogue.in_force(session), seen))


def library_form(session: Session, key: str) -> dict[str, Any]:
    """A form of a procedure in force, with its text; raises UnknownForm."""
    for release in catalogue.in_force(session):
        if key in release.forms:
            return {**form(key, release.forms[key]), "text": release.forms[key]}
    raise UnknownForm


def form(key: str, text: str) -> dict[str, Any]:
    """A form's title and what it asks: each field's key, label, kind and options."""
    found = [_field(part) for part in texts.components_within(text)]
    return {"key": key, "title": _title(text) or key, "fields": [each for each in found if each["key"]]}


def _title(text: str) -> str:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    properties = said.get("properties") if isinstance(said, dict) else None
    return str(properties.get("title") or "") if isinstance(properties, dict) else ""


def _field(part: dict[str, Any]) -> dict[str, Any]:
    values = part.get("values")
    key = str(part.get("key") or "")
    return {
        "key": key,
        "label": str(part.get("label") or part.get("dateLabel") or key),
        "type": str(part.get("type") or ""),
        "options": [
            {"value": str(each.get("value")), "label": str(each.get("label") or each.get("value"))}
            for each in (values if isinstance(values, list) else ())
            if isinstance(each, dict)
        ],
    }


def _role(role: str, meta: Mapping[str, Any]) -> dict[str, str]:
    named = meta.get("roles")
    own = str(named.get(role) or "") if isinstance(named, dict) else ""
    known = ROLES[role]
    words = f"{own}（{known.name}）" if own and own != known.name else known.name
    return {"id": role, "name": words, "level": known.level}


def _library(standing: list[Release], seen: set[str]) -> Iterator[dict[str, str]]:
    for release in standing:
        for key, text in release.forms.items():
            if key not in seen:
                seen.add(key)
                yield {"key": key, "title": _title(text) or key, "procedure": release.name}


def _parameter(said: Mapping[str, Any]) -> dict[str, Any]:
    name = str(said.get("name") or "")
    return {
        "name": name,
        "label": str(said.get("label") or name),
        "type": str(said.get("type") or ""),
        "unit": str(said.get("unit") or ""),
        "options": [str(each) for each in said.get("options") or ()],
        "default": said.get("default"),
    }


def _decisions(text: str) -> Iterator[dict[str, Any]]:
    try:
        model = decisions.read(text.encode())
    except Refusal:
        return
    for part in model.decisions():
        yield {
            "id": part.id,
            "name": part.title or part.name,
            "inputs": sorted(inputs_of(part)),
            "outputs": _outputs(part),
        }


def _outputs(part: Part) -> list[dict[str, Any]]:
    """A single output is the result itself; of several each is a part of it."""
    outputs = part.table.outputs if part.table else ()
    return [
        {
            "key": each.name if len(outputs) > 1 else "",
            "label": each.label or each.name or "结果",
            "options": [value for value in each.values if isinstance(value, str)],
        }
        for each in outputs
    ]


def _operation(name: str) -> dict[str, Any]:
    known = OPERATIONS[name]
    return {
        "id": name,
        "name": wording.OPERATIONS.get(name, name),
        "needs": [_input(each) for each in known.needs],
        "takes": [_input(each) for each in known.takes],
        "gives": sorted(known.gives),
    }


def _input(name: str) -> dict[str, str]:
    return {"name": name, "label": wording.INPUTS.get(name, name)}
