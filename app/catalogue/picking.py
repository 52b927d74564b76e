"""Picking whom or what a case is about from the registers, so that what is on file need not be typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.attachments.shelf import masked
from app.catalogue import starting
from app.registers import on_file, queries, reach
from app.registers.queries import Narrowed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.pages import Page
    from app.registers.definition import Definition
    from app.registers.models import RegisterRow
    from forms import WholeForm
    from workflows.catalogue import Release
    from workflows.commands import Actor

PICKS = {"household": "在册户", "project": "在库项目", "asset": "在册资产"}
"""What is picked, by the kind its procedure names."""


@dataclass(frozen=True, slots=True)
class Picked:
    """Who or what was picked, as the start page says it."""

    number: str
    name: str
    place: str
    division: str
    identity: str
    source: str


def picked(session: Session, actor: Actor, number: str) -> Picked | None:
    """What the number of a row or a case stands for; None for one the actor may not read."""
    row = on_file.row_numbered(session, actor, number) if number else None
    if row is not None:
        mask = str(masked(row.identity) or "") if row.identity else ""
        source = on_file.called(row.register)
        return Picked(number, row.subject_name, row.division_name, row.division, mask, source)
    case = on_file.case_numbered(session, actor, number) if number else None
    if case is None:
        return None
    identity = case.subject.get("identity")
    mask = str(masked(identity)) if identity else ""
    return Picked(number, case.subject_name, case.division_name, case.division, mask, f"办件 {case.number}")


def offered(actor: Actor, release: Release) -> list[Definition]:
    """The registers from which the actor may pick for this procedure."""
    kind = str(release.meta.get("subject", {}).get("kind") or "")
    readable = {one.key for one in reach.readable(actor)}
    found = on_file.rosters(kind, str(release.meta["locality"]))
    return [one for one in found if one.key in readable]


def named(release: Release) -> str:
    """What is picked for this procedure, in words."""
    return PICKS.get(str(release.meta.get("subject", {}).get("kind") or ""), "")


def choice(
    session: Session, actor: Actor, release: Release, form: WholeForm | None, number: str
) -> dict[str, Any]:
    """What the start page says of picking: who was picked by ``number``, and where to pick from."""
    found = picked(session, actor, number)
    if form is not None and found is None and number != on_file.OWN:
        form.lookup_key = starting.telling(form.definition)
    offers = offered(actor, release) if form is not None and form.definition.wants else []
    return {"number": number, "picked": found, "picks": offers, "pick": named(release)}


def rows(
    session: Session, actor: Actor, key: str, q: str | None, cursor: str | None, limit: int
) -> Page[RegisterRow]:
    """Rows of a register to pick from, by name; those that fit the words."""
    return queries.rows(session, actor, key, Narrowed(q=q, sort="name"), cursor, limit)
