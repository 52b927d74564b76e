"""离岗委托: one's own appointments in both directions, a new one, an early end."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from app import door, policy
from app.absences import queries
from app.absences.commands import (
    AppointDeputy,
    EndAbsence,
    NoCasework,
    NotInForce,
    OnlyOneself,
    Overlapping,
)
from app.absences.queries import UnknownAbsence
from app.api import asking, shapes
from app.api.answering import Answer, performed, said
from app.api.asking import Unfit
from app.api.calls import ROW, Call
from app.organisation import queries as people
from workflows.errors import Invalid

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from app.absences.queries import AbsenceView


@Call(
    "GET",
    "/absences",
    policy.handles_work,
    summary="我的离岗委托：我委托他人的，和他人委托我的，新的在前",
    gives="Absences",
)
def absences() -> ResponseReturnValue:
    """Both directions."""
    found = queries.of_person(door.reading(), _me(), door.now())
    return said({"items": [_shape(one) for one in found]})


@Call(
    "POST",
    "/absences",
    policy.handles_work,
    summary="委托本单位一位同事在离岗期间代办",
    body="AppointDeputy",
    gives="Absence",
    status=201,
    refusals=(OnlyOneself, NoCasework, Overlapping, Invalid),
)
def appoint() -> ResponseReturnValue:
    """Appoint a deputy."""
    given = asking.body("AppointDeputy")
    days, errors = {}, {}
    for field, name in (("from", "first_day"), ("until", "last_day")):
        try:
            days[name] = date.fromisoformat(given[field])
        except ValueError:
            errors[field] = "应为日期，如 2026-03-20。"
    if errors:
        raise Unfit(errors)
    command = AppointDeputy(
        person_id=_me(),
        deputy_id=_deputy(given["deputy"]),
        unit_id=given.get("unit"),
        procedures=tuple(given.get("procedures") or ()),
        reason=given["reason"],
        **days,
    )
    return performed(command, lambda session, found: Answer.of(_one(session, found), 201))


@Call(
    "POST",
    f"/absences/<{ROW}:absence_id>/end",
    policy.handles_work,
    summary="提前结束我的一项离岗委托，即时生效",
    body="EndAbsence",
    gives="Absence",
    refusals=(UnknownAbsence, NotInForce),
)
def end_absence(absence_id: int) -> ResponseReturnValue:
    """End it early."""
    command = EndAbsence(absence_id=absence_id, reason=asking.body("EndAbsence").get("reason") or "")
    return performed(command, lambda session, found: Answer.of(_one(session, found)))


def _me() -> int:
    return door.current_actor().person_id or 0


def _deputy(wanted: int | str) -> int:
    """A person by number or user name; 0, which nobody is, for an unknown name."""
    if isinstance(wanted, int):
        return wanted
    named = people.account_named(door.reading(), wanted)
    return named.person_id if named else 0


def _one(session: Session, absence_id: int) -> dict[str, Any]:
    return _shape(queries.absence(session, _me(), absence_id, door.now()))


def _shape(one: AbsenceView) -> dict[str, Any]:
    return {
        "id": one.id,
        "person": {"id": one.person_id, "name": one.person},
        "deputy": {"id": one.deputy_id, "name": one.deputy},
        "unit": {"id": one.unit_id, "name": one.unit},
        "procedures": None if one.procedures is None else [key for key, _ in one.procedures],
        "from": one.first_day.isoformat(),
        "until": one.last_day.isoformat(),
        "reason": one.reason,
        "state": one.state,
        "made_at": shapes.instant(one.made_at),
        "ended_at": shapes.instant(one.ended_at),
        "end_reason": one.end_reason,
    }
