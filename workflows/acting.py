"""Who may act on an item: in their own right, or for a person on leave (离岗) who appointed them.

Everything a deputy does is done for the absent person: what is claimed or saved is that person's, so that
it lies there when the deputy's time is over. The record names both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from workflows.commands import Actor, StandIn

STAND_INS = {"household": ("village_committee", "resident_team")}
"""Who may act for whom: a cadre fills in for a household that cannot (代办), and the record says so."""


class Item(Protocol):
    """What of an item decides who may act on it."""

    @property
    def role(self) -> str:
        """The role it is offered to."""
        ...

    @property
    def unit_id(self) -> int:
        """The unit it is offered to."""
        ...

    @property
    def procedure_key(self) -> str:
        """The procedure of its case."""
        ...

    @property
    def assignee_id(self) -> int | None:
        """Who has claimed it."""
        ...


class Signed(Protocol):
    """A row of the journal, as far as it says who acted."""

    @property
    def actor(self) -> str:
        """Who acted."""
        ...

    @property
    def for_name(self) -> str | None:
        """For whom they stood in."""
        ...


def acting_pairs(who: Actor | StandIn) -> list[tuple[str, int]]:
    """The (role, unit) pairs whose items ``who`` may take in their own right, fill-ins (代办) included."""
    pairs = [(g.role, g.unit_id) for g in who.grants if g.role != "household"]
    covered = [(role, g.unit_id) for g in who.grants for role, by in STAND_INS.items() if g.role in by]
    return pairs + covered


def may_hold(item: Item, who: Actor | StandIn) -> bool:
    """Whether the roles of ``who`` let an item be theirs; a household's own application may be its own."""
    holds = any(g.role == item.role and g.unit_id == item.unit_id for g in who.grants)
    return holds or (item.role, item.unit_id) in acting_pairs(who)


def in_own_right(item: Item, who: Actor | StandIn) -> bool:
    """Whether ``who`` is the item's assignee, or when unassigned a holder of its role in its unit.

    An assignee who lost the role in the meantime may not act.
    """
    if item.assignee_id is not None:
        return who.person_id == item.assignee_id and may_hold(item, who)
    return (item.role, item.unit_id) in acting_pairs(who)


def standing(item: Item, actor: Actor) -> StandIn | None:
    """The absent person for whom ``actor`` may act on the item; None in their own right, or not at all."""
    if not actor.standing_for or in_own_right(item, actor):
        return None
    return next(
        (one for one in actor.standing_for if one.covers(item.procedure_key) and in_own_right(item, one)),
        None,
    )


def takers(role: str) -> tuple[str, ...]:
    """The roles to whose holders an item of ``role`` may be handed: fill-ins, never another household."""
    return STAND_INS.get(role, (role,))


def mandate(name: str) -> str:
    """What the journal says of a step that a deputy took."""
    return f"受{name}委托（离岗）"


def signed(row: Signed) -> str:
    """Who acted, as people read it: 李四（受张三委托）."""
    return f"{row.actor}（受{row.for_name}委托）" if row.for_name else row.actor
