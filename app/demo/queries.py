"""Who of the demonstration's people could do what: the accounts one may try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.catalogue.queries import startable
from app.security import demo
from workflows import catalogue
from workflows.work_items import UnknownItem, WorkItem, may_act

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from app.organisation.queries import AccountView


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the accounts are narrowed to; None does not narrow."""

    unit: str | None = None
    role: str | None = None
    item: int | None = None
    procedure: str | None = None


def accounts(session: Session, wanted: Wanted) -> list[dict[str, Any]]:
    """The demonstration's accounts that fit, by user name; raises UnknownItem and UnknownProcedure."""
    return [_shown(one) for one in _fitting(session, wanted)]


def _fitting(session: Session, wanted: Wanted) -> Iterator[AccountView]:
    item = _item(session, wanted.item)
    release = catalogue.current(session, wanted.procedure) if wanted.procedure else None
    for one in demo.accounts(session):
        actor = one.actor()
        fits = (
            (wanted.unit is None or _in_unit(one, wanted.unit)),
            (wanted.role is None or actor.holds(wanted.role)),
            (item is None or may_act(item, actor)),
            (release is None or startable(actor, release)),
        )
        if all(fits):
            yield one


def _item(session: Session, item_id: int | None) -> WorkItem | None:
    if item_id is None:
        return None
    found = session.get(WorkItem, item_id)
    if found is None:
        raise UnknownItem
    return found


def _in_unit(one: AccountView, unit: str) -> bool:
    """Whether the person acts for a unit of that name, number or division."""
    return any(unit in {grant.unit_name, str(grant.unit_id), grant.division} for grant in one.grants)


def _shown(one: AccountView) -> dict[str, Any]:
    return {
        "username": one.username,
        "password": demo.PASSWORD,
        "person": one.name,
        "person_id": one.person_id,
        "unit": one.unit,
        "unit_id": one.grants[0].unit_id if one.grants else None,
        "division": one.grants[0].division if one.grants else None,
        "roles": list(dict.fromkeys(grant.role for grant in one.grants)),
        "role_names": one.roles,
    }
