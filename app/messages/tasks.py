"""Telling people: the operation a diagram may call, and how a promised message becomes rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.messages import occasions, sending
from app.messages.commands import write
from app.organisation.models import Account, Person
from app.organisation.queries import people_holding
from app.organisation.roles import ROLES
from workflows import outbox
from workflows.cases import Case
from workflows.errors import Conflict
from workflows.work_items import WorkItem

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from workflows.commands import Context
    from workflows.ports import OperationCall

MESSAGE = "message"
"""The kind of effect that becomes messages."""


class NobodyToTell(Conflict):
    """A diagram tells a role that does not exist."""

    code = "message.unknown_role"
    sentence = "流程图要求通知的角色“{role}”不存在，办件未变动；请管理员检查流程图。"


def send(ctx: Context, call: OperationCall) -> dict[str, Any]:
    """Promise a message to the named roles' units of the case, or to the applicant and the household."""
    text = str(call.inputs.get("text") or call.inputs.get("about") or call.name)
    roles = _listed(call.inputs.get("roles"))
    for role in roles:
        if role not in ROLES:
            raise NobodyToTell(role=role)
        unit = ctx.host.directory.unit_for(ctx.session, role, ROLES[role].level, call.division)
        outbox.promise(ctx, MESSAGE, role=role, unit_id=unit.id, text=text, case=call.case_number)
    if not roles:
        outbox.promise(ctx, MESSAGE, applicant=True, text=text, case=call.case_number)
    return {"sent": len(roles) or 1, "why": f"已发出通知：{text}"}


def deliver(ctx: Context, payload: Mapping[str, Any], *, channels: Collection[str] = ()) -> None:
    """Keep a promised message, and promise one letter for each person and channel that carries it outside.

    ``payload`` says to whom (``person_id``; ``role`` with ``unit_id``; or ``applicant``), what (``text``, or
    ``about`` an ``item``), and of which ``case``; ``link`` leads elsewhere than to the item or the case.
    Raises KeyError for an occasion nobody has words for, so that the promise stays open and visible.
    """
    number = payload.get("case")
    item = ctx.session.get(WorkItem, payload["item"]) if payload.get("item") else None
    link = payload.get("link") or _link(number, item)
    told = sending.may_learn(ctx.session, number, _people(ctx, payload))
    written = write(ctx, told, occasions.inside(payload, item), link=link, case_number=number)
    sending.promise(ctx, payload, item, written, channels)


OPERATIONS: dict[str, Callable[[Context, OperationCall], Mapping[str, Any]]] = {"notify.send": send}
"""The operations of this folder by the name a diagram calls them."""


def _listed(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(role) for role in value]
    return [str(value)] if value else []


def _people(ctx: Context, payload: Mapping[str, Any]) -> list[int]:
    if payload.get("person_id"):
        return [int(payload["person_id"])]
    if payload.get("applicant"):
        return _applicant(ctx, str(payload["case"]))
    return [found.person_id for found in people_holding(ctx.session, payload["role"], payload["unit_id"])]


def _applicant(ctx: Context, number: str) -> list[int]:
    """Who handed the case in, and the head of the household when they have an account of their own."""
    case = ctx.session.execute(
        select(Case.started_by_id, Case.subject_key).where(Case.number == number)
    ).one()
    heads = ctx.session.scalars(
        select(Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(Person.identity_hash == case.subject_key, Account.active)
    )
    return [person for person in (case.started_by_id, *heads) if person is not None]


def _link(number: object, item: WorkItem | None) -> str | None:
    if item is not None:
        return f"/items/{item.id}"
    return f"/cases/{number}" if number else None
