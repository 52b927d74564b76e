"""Operations on registers that a diagram may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select

from app.registers.models import RegisterEvent, RegisterRow
from workflows.cases import next_number
from workflows.errors import Refusal

if TYPE_CHECKING:
    from workflows.commands import Context
    from workflows.ports import OperationCall

EVENTS = ("识别", "人口自然增加", "人口自然减少", "措施落实", "跟踪", "成效", "风险消除")
"""What may happen to a row: 「监测对象识别、人口自然增减、落实和跟踪帮扶措施、成效及风险消除」."""


SERIES = {"warning_ledger": "yjtz"}
"""What a register's numbers begin with: 预警台账 as offices abbreviate it."""


class UnknownEvent(Refusal):
    """A diagram names an event that the register does not know."""

    code = "register.unknown_event"
    sentence = "台账没有“{event}”这一类事件，办件未变动；请管理员检查流程图。"


def enter(ctx: Context, call: OperationCall) -> Mapping[str, Any]:
    """``register.enter``: the subject's row, new or changed, and a line of its history."""
    inputs = call.inputs
    _require_event(inputs["event"])
    row = _standing(ctx, call)
    fields = {name: value for name, value in (inputs.get("fields") or {}).items() if value is not None}
    seq = 1 if row is None else _next_event(ctx, row)
    if row is None:
        row = _open(ctx, call)
    row.status, row.changed_at, row.case_number = str(inputs["status"]), ctx.now, call.case_number
    row.fields = {**row.fields, **fields}
    ctx.session.flush()
    _add_event(ctx, row, seq, str(inputs["event"]), fields, None)
    return {"register": row.register, "row": row.id, "number": row.number, "status": row.status}


def close(ctx: Context, call: OperationCall) -> Mapping[str, Any]:
    """``register.close``: end the subject's row with a status; nothing where there is none."""
    inputs = call.inputs
    _require_event(inputs["event"])
    row = _standing(ctx, call)
    if row is None:
        return {"register": inputs["register"], "row": None, "status": None}
    row.status, row.changed_at, row.ended_at = str(inputs["status"]), ctx.now, ctx.now
    row.case_number = call.case_number
    _add_event(ctx, row, _next_event(ctx, row), str(inputs["event"]), {}, inputs.get("reason"))
    return {"register": row.register, "row": row.id, "number": row.number, "status": row.status}


def _require_event(event: object) -> None:
    if event not in EVENTS:
        raise UnknownEvent(event=event)


def _standing(ctx: Context, call: OperationCall) -> RegisterRow | None:
    query = select(RegisterRow).where(
        RegisterRow.register == call.inputs["register"], RegisterRow.ended_at.is_(None)
    )
    key = call.subject.get("key")
    # A household without a valid number is known only by its case.
    query = (
        query.where(RegisterRow.subject_key == key)
        if key
        else query.where(RegisterRow.case_number == call.case_number)
    )
    return ctx.session.scalars(query.with_for_update()).one_or_none()


def _open(ctx: Context, call: OperationCall) -> RegisterRow:
    name = ctx.host.directory.division_name(ctx.session, call.division) or call.division
    row = RegisterRow(
        register=str(call.inputs["register"]),
        register_name=str(call.inputs.get("register_name") or call.inputs["register"]),
        number=next_number(ctx, SERIES.get(str(call.inputs["register"]), str(call.inputs["register"]))),
        division=call.division,
        division_name=name,
        subject_key=call.subject.get("key"),
        subject_name=str(call.subject.get("name") or ""),
        identity=call.subject.get("identity"),
        status="",
        fields={},
        case_number=call.case_number,
        entered_at=ctx.now,
        changed_at=ctx.now,
    )
    ctx.session.add(row)
    return row


_event = RegisterEvent.__table__
_EVENTS = select(func.max(_event.c.seq)).where(_event.c.row_id == bindparam("row"))
_ADD_EVENT = insert(_event)  # type: ignore[arg-type]


def _next_event(ctx: Context, row: RegisterRow) -> int:
    return int(ctx.session.scalar(_EVENTS, {"row": row.id}) or 0) + 1


def _add_event(
    ctx: Context, row: RegisterRow, seq: int, event: str, fields: dict[str, Any], reason: str | None
) -> None:
    ctx.session.execute(
        _ADD_EVENT,
        {
            "row_id": row.id,
            "seq": seq,
            "event": event,
            "status": row.status,
            "fields": fields,
            "case_number": row.case_number,
            "reason": reason,
            "at": ctx.now,
        },
    )


OPERATIONS: dict[str, Callable[[Context, OperationCall], Mapping[str, Any]]] = {
    "register.enter": enter,
    "register.close": close,
}
