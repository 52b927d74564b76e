"""Operations on cases that a diagram may name: one case begins another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.cases.withholding import withhold
from app.registers import finding
from workflows import catalogue, opening, parameters
from workflows.cases import RUNNING, Case
from workflows.ports import Parent

if TYPE_CHECKING:
    from workflows.commands import Context
    from workflows.ports import OperationCall


def begin(ctx: Context, call: OperationCall) -> Mapping[str, Any]:
    """``case.start``: a case of another procedure, linked to this one; in the same transaction.

    Where the subject has one running already, or this element in this round has begun one, it is that one.
    """
    inputs = call.inputs
    key, reason = str(inputs["procedure"]), str(inputs.get("reason") or "")
    parent = Parent(call.case_number, call.element, call.round)
    division = str(inputs.get("division") or call.division)
    subject = _subject(ctx, call)
    if division == call.division:
        # What one case begins is begun for the unit that began the first: it is asked, not just any.
        subject["from"] = call.subject.get("from")
    standing = _standing(ctx, key, subject.get("key"), parent)
    if standing is not None:
        why = f"{subject.get('name') or '该对象'}已有正在办理的办件 {standing}，不再另行发起"
        return {"case": standing, "procedure": key, "existed": True, "why": why}
    current = catalogue.current(ctx.session, key, ctx.now)
    release = parameters.ruled(ctx.session, current, ctx.now)
    asked = opening.Opening(
        division=division,
        answers=inputs.get("answers"),
        subject=subject,
        why=f"由办件 {call.case_number}{f'“{call.name}”' if call.name else ''}发起"
        + (f"：{reason}" if reason else ""),
        parent=parent,
    )
    case = opening.begin_another(ctx, release, asked)
    return {
        "case": case.number,
        "procedure": key,
        "existed": False,
        "why": f"发起“{release.name}”，办件编号 {case.number}",
    }


def _subject(ctx: Context, call: OperationCall) -> dict[str, Any]:
    """Whom the new case is about: as the diagram says, else as this one.

    A row that a register gave stands for its subject, number and all.
    """
    given = call.inputs.get("subject")
    if isinstance(given, str):
        return {"name": given}
    if not isinstance(given, Mapping):
        return {**call.subject, "self": False}
    known = finding.named(ctx, given["subject"], call.division) if _numbered(given) else None
    return known or dict(given)


def _numbered(given: Mapping[str, Any]) -> bool:
    number = given.get("subject")
    return isinstance(number, int) and not isinstance(number, bool)


def _standing(ctx: Context, key: str, subject_key: object, parent: Parent) -> str | None:
    begun = ctx.session.scalar(
        select(Case.number).where(
            Case.parent_number == parent.number,
            Case.parent_element == parent.element,
            Case.parent_round == parent.round,
        )
    )
    if begun is not None or not subject_key:
        return begun
    return ctx.session.scalar(
        select(Case.number).where(
            Case.procedure_key == key, Case.subject_key == str(subject_key), Case.state == RUNNING
        )
    )


OPERATIONS: dict[str, Callable[[Context, OperationCall], Mapping[str, Any]]] = {
    "case.start": begin,
    "case.withhold": withhold,
}
