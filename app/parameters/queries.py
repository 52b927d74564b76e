"""Reads about parameters: whose procedures, what is in force, what is proposed, what was before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.parameters.commands import CONFIRMED, OPEN, described
from workflows import catalogue, parameters
from workflows.administering import ADMINISTRATOR, NotAdministrator, require_administrator
from workflows.catalogue import worded
from workflows.commands import division_prefix
from workflows.errors import NotAllowed
from workflows.parameters import ParameterProposal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.catalogue import Release
    from workflows.commands import Actor

_LIMITS = (("min", "不小于 {}"), ("max", "不大于 {}"))


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter as the page shows it."""

    said: dict[str, Any]
    value: Any
    proposal: ParameterProposal | None
    earlier: Sequence[ParameterProposal]

    @property
    def words(self) -> str:
        """The value in force."""
        return self._with_unit(self.value)

    @property
    def default(self) -> str:
        """What the procedure says where nobody set anything."""
        return self._with_unit(self.said["default"])

    @property
    def limits(self) -> str:
        """What a value has to keep to."""
        if isinstance(self.said.get("options"), list):
            return "可选：" + "、".join(map(str, self.said["options"]))
        return "，".join(words.format(self.said[name]) for name, words in _LIMITS if name in self.said)

    def _with_unit(self, value: Any) -> str:
        unit = str(self.said.get("unit") or "")
        return f"{worded(value)}{' ' + unit if unit else ''}"

    def words_of(self, proposal: ParameterProposal) -> str:
        """A proposed value in words."""
        return self._with_unit(proposal.value)


def administered(session: Session, actor: Actor) -> list[Release]:
    """The procedures in force in the divisions the actor administers."""
    prefixes = tuple(division_prefix(g.division) for g in actor.grants if g.role == ADMINISTRATOR)
    return [each for each in catalogue.in_force(session) if prefixes and each.division.startswith(prefixes)]


def release_for(session: Session, actor: Actor, key: str, at: datetime) -> Release:
    """The version in force with its parameters at ``at``, for its administrators; raises NotAdministrator."""
    current = catalogue.current(session, key)
    if current.key not in {each.key for each in administered(session, actor)}:
        raise NotAdministrator(name=current.name)
    return parameters.ruled(session, current, at)


def hindrance(actor: Actor, release: Release) -> str:
    """Why the actor may look at the parameters but not change them; empty where they may."""
    try:
        require_administrator(actor, release)
    except NotAllowed as refusal:
        return str(refusal)
    return ""


def settings(session: Session, release: Release) -> list[Setting]:
    """Every parameter of the version, each with what is proposed and what was confirmed before."""
    query = select(ParameterProposal).where(ParameterProposal.procedure_key == release.key)
    rows = session.scalars(query.order_by(ParameterProposal.id.desc())).all()
    found = []
    for said in release.described():
        own = [row for row in rows if row.name == said["name"]]
        proposal = next((row for row in own if row.state == OPEN), None)
        earlier = [row for row in own if row.state == CONFIRMED]
        found.append(Setting(dict(said), release.parameters[said["name"]], proposal, earlier))
    return found


def setting(session: Session, release: Release, name: str) -> Setting:
    """One of them; raises UnknownParameter."""
    described(release, name)
    return next(each for each in settings(session, release) if each.said["name"] == name)


def proposal_key(session: Session, proposal_id: int) -> str | None:
    """The procedure a proposal is about."""
    return session.scalar(select(ParameterProposal.procedure_key).where(ParameterProposal.id == proposal_id))
