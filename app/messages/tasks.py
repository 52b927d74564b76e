"""Telling people: the operation a diagram may call, and how a promised message becomes rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.messages.commands import write
from app.organisation.models import Account, Person
from app.organisation.queries import people_holding
from app.organisation.roles import ROLES
from workflows import outbox, withholding
from workflows.cases import Case
from workflows.errors import Conflict
from workflows.work_items import WorkItem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workflows.commands import Context
    from workflows.ports import OperationCall

MESSAGE = "message"
"""The kind of effect that becomes messages."""

ABOUT = {
    "transferred": "{who}把一件待办转交给您办理：{step}，{subject}（{number}）。",
    "delegated": "{who}委派您办理，办好后交回：{step}，{subject}（{number}）。",
    "reminded": "请尽快办理：{step}，{subject}（{number}）。",
    "returned": "办件已退回：{step}，{subject}（{number}）。",
    "signer_asked": "{who}请您加签：{step}，{subject}（{number}）。",
    "aside_done": "{who}已办完您委派或请加签的事项：{step}，{subject}（{number}）。",
    "signer_refused": "{who}加签不同意，请您重新作出决定：{step}，{subject}（{number}）。",
    "case_cancelled": "办件已终止：{number}。",
    "case_suspended": "办件已挂起，暂停办理：{number}。",
    "case_resumed": "办件已恢复办理：{step}，{subject}（{number}）。",
    "copied": "{who}将办件抄送给您：{number}。",
    "circulated": "{who}请您传阅办件，阅后请反馈：{number}。",
}
"""The sentence of a message that names its occasion instead of bringing its own text."""


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


def deliver(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Keep a promised message.

    ``payload`` says to whom (``person_id``; ``role`` with ``unit_id``; or ``applicant``), what (``text``, or
    ``about`` an ``item``), and of which ``case``; ``link`` leads elsewhere than to the item or the case.
    Raises KeyError for an occasion nobody has words for, so that the promise stays open and visible.
    """
    number = payload.get("case")
    item = ctx.session.get(WorkItem, payload["item"]) if payload.get("item") else None
    link = payload.get("link") or _link(number, item)
    write(
        ctx,
        _told(ctx, number, _people(ctx, payload)),
        payload.get("text") or _words(payload, item),
        link=link,
        case_number=number,
    )


OPERATIONS: dict[str, Callable[[Context, OperationCall], Mapping[str, Any]]] = {"notify.send": send}
"""The operations of this folder by the name a diagram calls them."""


def _listed(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(role) for role in value]
    return [str(value)] if value else []


def _told(ctx: Context, number: object, people: list[int]) -> list[int]:
    """Those of the people who may learn of the case: never whom it complains of, save who handed it in."""
    case = ctx.session.execute(select(Case.id, Case.started_by_id).where(Case.number == number, Case.kept))
    kept = case.one_or_none()
    if kept is None:
        return people
    withheld = withholding.people(ctx.session, kept.id) - {kept.started_by_id}
    return [person for person in people if person not in withheld]


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


def _words(payload: Mapping[str, Any], item: WorkItem | None) -> str:
    sentence = ABOUT[payload["about"]]
    return sentence.format(
        who=payload.get("by") or "同事",
        step=item.name if item else "",
        subject=f"{item.subject_name}·{item.division_name}" if item else "",
        number=payload.get("case") or "",
    )
