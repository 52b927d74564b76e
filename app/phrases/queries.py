"""Reads of phrases: one's own, and those an office has ready for the level one acts at."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.phrases.models import Phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from workflows.commands import Actor

COMMON = Path(__file__).with_name("data") / "common.toml"
HEADINGS = {"passed": "同意", "returned": "退回", "refused": "不同意"}
"""What the ready phrases stand under, by how a step concludes."""


def own(session: Session, actor: Actor) -> list[Phrase]:
    """The person's phrases in the order they gave them."""
    query = select(Phrase).where(Phrase.person_id == actor.person_id)
    return list(session.scalars(query.order_by(Phrase.place, Phrase.id)))


@cache
def _ready() -> Mapping[str, Mapping[str, list[str]]]:
    with COMMON.open("rb") as file:
        return tomllib.load(file)


def ready(level: str) -> list[tuple[str, list[str]]]:
    """The phrases ready at a level, each list under its heading; none for a level that has none."""
    found = _ready().get(level, {})
    return [(heading, found[key]) for key, heading in HEADINGS.items() if found.get(key)]


def level_of(actor: Actor) -> str:
    """The level a person acts at: that of the first role that is not a household's."""
    return next((grant.level for grant in actor.grants if grant.role != "household"), "")
