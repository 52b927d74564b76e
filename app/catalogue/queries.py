"""Reads about procedures: which are in force where, and who may start them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from app.organisation.divisions import level_of
from app.organisation.queries import division_name, pickable
from workflows import catalogue, parameters
from workflows.commands import division_prefix
from workflows.running import may_start

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.catalogue import Release
    from workflows.commands import Actor
    from workflows.spiff import Element


@dataclass(frozen=True, slots=True)
class Offer:
    """A procedure in force, and whether the asking person may start it."""

    release: Release
    startable: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The procedures of one locality and category."""

    place: str
    category: str
    offers: list[Offer]

    @property
    def startable(self) -> int:
        """How many of them the asking person may start."""
        return sum(offer.startable for offer in self.offers)


def offers(session: Session, actor: Actor, division: str | None = None) -> list[Offer]:
    """Procedures in force, narrowed to those that apply to ``division`` (12 digits) when given."""
    found = []
    for release in catalogue.in_force(session):
        if division and not division.startswith(division_prefix(release.division)):
            continue
        found.append(Offer(release, startable(actor, release)))
    return found


def standing(session: Session, key: str, at: datetime) -> Release:
    """The version in force with the parameters in force at ``at``; what a case started then goes by."""
    return parameters.ruled(session, catalogue.current(session, key, at), at)


def grouped(session: Session, found: list[Offer]) -> list[Group]:
    """The offers by locality and category, those with the most to start first."""

    def shared(offer: Offer) -> tuple[str, str]:
        return offer.release.division, str(offer.release.meta["category"])

    groups = [
        Group(division_name(session, division) or division, category, sorted(same, key=_startable_first))
        for (division, category), same in groupby(sorted(found, key=shared), key=shared)
    ]
    return sorted(groups, key=lambda group: -group.startable)


def _startable_first(offer: Offer) -> tuple[bool, str]:
    return not offer.startable, offer.release.key


def startable(actor: Actor, release: Release) -> bool:
    """Whether the actor holds a starting role anywhere inside the procedure's locality."""
    return any(may_start(actor, release, division) for division in starting_divisions(actor, release))


def starting_divisions(actor: Actor, release: Release) -> list[str]:
    """The divisions for which the actor may start, widest first."""
    within = division_prefix(release.division)
    found = set()
    for grant in actor.grants:
        if grant.role not in release.starters:
            continue
        if grant.division.startswith(within):
            found.add(grant.division)
        elif release.division.startswith(division_prefix(grant.division)):
            # A county bureau may start what is in force in one township only, and only there.
            found.add(release.division)
    return sorted(found)


def places(session: Session, actor: Actor, release: Release) -> list[tuple[str, list[tuple[str, str]]]]:
    """The divisions for which the person may start, by the one above: its name, and code and name of each.

    They are as narrow as the procedure needs: villages where a village acts, else townships or the county.
    """
    found: dict[str, dict[str, str]] = {}
    for division in starting_divisions(actor, release):
        for row, above in pickable(session, division, _down_to(release.narrowest(), division)):
            found.setdefault(above, {})[row.code] = row.name
    return [(above, list(below.items())) for above, below in found.items()]


def _down_to(level: str, division: str) -> str:
    """The level to offer inside a division: the one wanted, or the division's own where that is narrower."""
    return min(level, level_of(division), key=_LEVELS.index)


_LEVELS = ("village", "township", "county")


def steps(release: Release) -> list[dict[str, Any]]:
    """The human steps of a procedure in the diagram's order, with role, form and clause."""
    return [_step(element) for element in release.specification.steps()]


def _step(element: Element) -> dict[str, Any]:
    return {
        "step": element.id,
        "name": element.name,
        "lane": element.lane,
        "role": element.role,
        "level": element.level,
        "form": element.form,
        "basis": element.basis,
        "origin": element.origin,
    }
