"""Reads of the change desk: whose procedures, which amendments, what the lint says of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.designer.trying import OFFICE
from workflows import administering, catalogue
from workflows.catalogue import Procedure
from workflows.commands import division_prefix
from workflows.designing import amendments, lint
from workflows.designing.amendments import DRAFTING, SOURCE_FOLDER, Amendment
from workflows.designing.findings import Finding, error
from workflows.errors import NotAllowed, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from workflows.commands import Actor

KINDS = {
    "procedure.toml": "事项说明和参数",
    "process.bpmn": "流程图",
    "decisions.dmn": "决策表",
    "scenarios.toml": "试办情景",
}
"""What each of an amendment's own files is, besides forms."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A procedure that may be amended, and its amendments, newest first."""

    procedure: Procedure
    amendments: list[Amendment]


def administered(session: Session, actor: Actor) -> list[Choice]:
    """The procedures of the divisions the actor administers, those with open amendments first."""
    prefixes = tuple(
        division_prefix(g.division) for g in actor.grants if g.role == administering.ADMINISTRATOR
    )
    rows = session.scalars(select(Procedure).order_by(Procedure.category, Procedure.key)).all()
    mine = [row for row in rows if prefixes and row.division.startswith(prefixes)]
    found = [Choice(row, amendments.of_procedure(session, row.key)) for row in mine if prefixes]
    found += _new(session, {row.key for row in rows}, prefixes)
    return sorted(found, key=lambda each: not any(one.state == DRAFTING for one in each.amendments))


def _new(session: Session, known: set[str], prefixes: tuple[str, ...]) -> list[Choice]:
    """Amendments that are to become a procedure there is none of yet."""
    query = select(Amendment).where(Amendment.procedure_key.not_in(known)).order_by(Amendment.id.desc())
    found: dict[str, list[Amendment]] = {}
    for row in session.scalars(query):
        if prefixes and row.division.startswith(prefixes):
            found.setdefault(row.procedure_key, []).append(row)
    return [
        Choice(Procedure(key=key, name=f"新事项 {key}", division=rows[0].division), rows)
        for key, rows in found.items()
    ]


def findings(session: Session, key: str, files: Mapping[str, str]) -> list[Finding]:
    """What the lint says of files as they stand, stored or not: the same rules as at publication."""
    try:
        bundle = amendments.bundle_of(session, key, files)
    except Refusal as refusal:
        return [error("procedure.toml", "", "procedure.unusable", str(refusal))]
    return lint.bundle(bundle, amendments.office_of(session, OFFICE, files))


def hindrance(session: Session, actor: Actor, row: Amendment) -> str:
    """Why the actor may read an amendment but not change it; empty where they may."""
    procedure = session.get(Procedure, row.procedure_key)
    if procedure is None or procedure.current_version_id is None:
        return ""
    try:
        administering.require_administrator(actor, catalogue.release(session, procedure.current_version_id))
    except NotAllowed as refusal:
        return str(refusal)
    return ""


def contents(row: Amendment) -> list[dict[str, Any]]:
    """Each of an amendment's files: its name, what it is, how long."""
    return [
        {"name": name, "kind": _kind(name), "length": len(text)}
        for name, text in sorted(row.files.items(), key=lambda each: (each[0] not in KINDS, each[0]))
    ]


def _kind(name: str) -> str:
    return KINDS.get(name) or ("依据文件" if name.startswith(SOURCE_FOLDER) else "表单")
