"""Writing registers: every change of a row goes through here and leaves a line of history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, or_, select

from app.registers import values
from app.registers.definition import Definition, State, named
from app.registers.finding import Whom, division_name, known, related, row_key, standing, subject_of
from app.registers.models import (
    RegisterEvent,
    RegisterLink,
    RegisterRow,
    RegisterSubject,
    RegisterValue,
    RegisterWithheld,
)
from workflows.clock import local_date
from workflows.errors import Conflict, Invalid
from workflows.numbering import next_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.commands import Context


class UnknownEvent(Conflict):
    """A kind of event that the register does not know."""

    code = "register.unknown_event"
    sentence = "台账“{register}”没有“{event}”这一类事件，台账未变动；请管理员检查流程图。"


class UnknownState(Conflict):
    """A state that the register does not know."""

    code = "register.unknown_state"
    sentence = "台账“{register}”没有“{status}”这一状态，台账未变动；请管理员检查流程图。"


class IllegalMove(Conflict):
    """A state that cannot follow the one the row is in."""

    code = "register.illegal_move"
    sentence = "台账“{register}”中“{name}”的状态是“{before}”，不能改为“{status}”。"


class WrongColumns(Invalid):
    """Values that do not fit their columns: one sentence each."""

    code = "register.wrong_columns"
    sentence = "台账“{register}”：{why}"


class ForeignDivision(Conflict):
    """A register of another locality."""

    code = "register.foreign_division"
    sentence = "“{division}”不在台账“{register}”的范围内，台账未变动。"


class NoSuchLink(Conflict):
    """A column names a row of another register that is not there."""

    code = "register.no_such_link"
    sentence = "台账“{register}”的“{column}”：没有编号为“{number}”的记录，请核对。"


class RowMoved(Conflict):
    """Someone changed the row since the person looked."""

    code = "register.row_moved"
    sentence = "该记录已被他人更新，请刷新后再改。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What happened to a row, and on which ground."""

    event: str
    status: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    case_number: str | None = None
    step: str | None = None
    clause: str | None = None


def enter(ctx: Context, definition: Definition, whom: Whom, deed: Deed) -> RegisterRow:
    """The entry, new or changed, with one more line of history; raises one of this module's refusals."""
    _require_event(definition, deed.event)
    fit = _fit(ctx, definition, deed.fields)
    subject = _subject(ctx, definition, whom)
    key = row_key(definition, subject.id if subject else None, whom, fit)
    row = standing(ctx, definition, key) or known(ctx, definition, subject, deed.case_number, fit)
    if row is not None:
        row.subject_id = row.subject_id or (subject.id if subject else None)
        return change(ctx, row, deed)
    status = deed.status or definition.initial
    _state(definition, status)
    _require_complete(definition, status, fit)
    row = _open(ctx, definition, whom, subject, key)
    _write(ctx, definition, row, status, fit, deed)
    return row


def change(
    ctx: Context, row: RegisterRow, deed: Deed, *, end: bool = False, removing: bool = False
) -> RegisterRow:
    """Write columns and move the state of a row that is there; ``end`` takes it out of the register.

    Only ``removing`` (销号, with its own rules) reaches the state behind it.
    """
    definition = named(row.register)
    _require_event(definition, deed.event)
    fit = _fit(ctx, definition, deed.fields)
    status, kept = _moved(definition, row, deed.status)
    if definition.removal and status == definition.removal[1] != row.status and not removing:
        raise IllegalMove(register=definition.name, name=row.subject_name, before=row.status, status=status)
    if status != row.status:
        _require_complete(definition, status, {**row.fields, **fit})
    _write(ctx, definition, row, status, fit, deed, end=end and not kept)
    return row


def _fit(ctx: Context, definition: Definition, given: Mapping[str, Any]) -> dict[str, Any]:
    fit, wrong = values.checked(definition, given, local_date(ctx.now))
    if wrong:
        raise WrongColumns(wrong, register=definition.name, why="".join(wrong.values()))
    return fit


def _require_complete(definition: Definition, status: str, fields: Mapping[str, Any]) -> None:
    wrong = values.missing(definition, status, fields)
    if wrong:
        raise WrongColumns(wrong, register=definition.name, why="".join(wrong.values()))


def _require_event(definition: Definition, event: object) -> None:
    if not definition.knows(event):
        raise UnknownEvent(register=definition.name, event=event)


def _state(definition: Definition, status: str) -> State:
    state = definition.state(status)
    if state is None:
        raise UnknownState(register=definition.name, status=status)
    return state


def _moved(definition: Definition, row: RegisterRow, status: str | None) -> tuple[str, bool]:
    """The state the row comes to, and whether it kept its own against a weaker one."""
    if status is None or status == row.status:
        return row.status, False
    if row.status in _state(definition, status).yields_to:
        return row.status, True
    now = definition.state(row.status)
    # A state of an older definition has no moves of its own any more; it may be left for any other.
    if row.ended_at is None and (now is None or status in now.moves):
        return status, False
    raise IllegalMove(register=definition.name, name=row.subject_name, before=row.status, status=status)


# A new row


def _subject(ctx: Context, definition: Definition, whom: Whom) -> RegisterSubject | None:
    if not definition.is_personal and whom.key is None and whom.subject_id is None:
        return None
    found = subject_of(ctx, whom, definition.subject)
    if found is None:
        found = RegisterSubject(
            kind=definition.subject,
            key=whom.key or whom.origin,
            name=whom.name,
            division=whom.division,
            division_name=division_name(ctx, whom.division),
            identity=whom.identity,
            created_at=ctx.now,
        )
        ctx.session.add(found)
        ctx.session.flush()
    return found


def _open(
    ctx: Context, definition: Definition, whom: Whom, subject: RegisterSubject | None, key: str
) -> RegisterRow:
    division, place = whom.division, division_name(ctx, whom.division)
    if not definition.holds(division):
        raise ForeignDivision(division=place, register=definition.name)
    row = RegisterRow(
        register=definition.key,
        number=next_number(ctx, definition.series),
        row_key=key,
        division=division,
        division_name=place,
        subject_id=subject.id if subject else None,
        subject_name=subject.name if subject else whom.name,
        identity=subject.identity if subject else None,
        status="",
        fields={},
        case_number=None,
        revision=0,
        entered_at=ctx.now,
        changed_at=ctx.now,
    )
    ctx.session.add(row)
    return row


# Writing it down


def _write(
    ctx: Context,
    definition: Definition,
    row: RegisterRow,
    status: str,
    fit: dict[str, Any],
    deed: Deed,
    *,
    end: bool = False,
) -> None:
    before = {name: row.fields.get(name) for name in fit}
    status_before = row.status or None
    row.fields = {**row.fields, **fit}
    row.status, row.changed_at, row.revision = status, ctx.now, row.revision + 1
    row.case_number = deed.case_number or row.case_number
    if definition.title and row.fields.get(definition.title):
        row.subject_name = str(row.fields[definition.title])[:120]
    if row.ended_at is None and (end or _state(definition, status).ends):
        row.ended_at = ctx.now
    row.due_on = None if row.ended_at else values.due_on(definition, row.fields)
    ctx.session.flush()
    _sort_out(ctx, definition, row)
    _link_columns(ctx, definition, row, fit)
    note(ctx, row, deed, status_before=status_before, fields=fit, before=before)


def _sort_out(ctx: Context, definition: Definition, row: RegisterRow) -> None:
    """Rewrite what the row is found by, and from whom it is kept."""
    if row.revision > 1:
        ctx.session.execute(delete(RegisterValue).where(RegisterValue.row_id == row.id))
        ctx.session.execute(delete(RegisterWithheld).where(RegisterWithheld.row_id == row.id))
    lines = values.sorted_out(definition, row.fields)
    if lines:
        ctx.session.execute(
            insert(RegisterValue),
            [{"row_id": row.id, "name": name, "value": value} for name, value in lines],
        )
    hidden = {
        one
        for column in definition.columns
        if column.withheld and row.fields.get(column.name)
        for one in _names(row.fields[column.name])
    }
    if hidden:
        ctx.session.execute(insert(RegisterWithheld), [{"row_id": row.id, "name": one} for one in hidden])


def _names(value: Any) -> list[str]:
    return [str(one)[:120] for one in (value if isinstance(value, list) else [value])]


def _link_columns(ctx: Context, definition: Definition, row: RegisterRow, fit: Mapping[str, Any]) -> None:
    for name in fit:
        column = definition.column(name)
        if column is None or column.type != "link":
            continue
        found = ctx.session.scalars(
            select(RegisterRow).where(RegisterRow.number == fit[name], RegisterRow.register.in_(column.to))
        ).one_or_none()
        if found is None or not related(found.division, row.division):
            raise NoSuchLink(register=definition.name, column=name, number=fit[name])
        ctx.session.execute(
            delete(RegisterLink).where(RegisterLink.from_id == row.id, RegisterLink.name == name)
        )
        ctx.session.add(RegisterLink(from_id=row.id, to_id=found.id, name=name, at=ctx.now))


def link(ctx: Context, one: RegisterRow, other: RegisterRow, name: str, deed: Deed) -> bool:
    """Join two rows under a name; False when they are joined so already. Both histories say it."""
    query = select(RegisterLink).where(
        RegisterLink.name == name,
        or_(
            (RegisterLink.from_id == one.id) & (RegisterLink.to_id == other.id),
            (RegisterLink.from_id == other.id) & (RegisterLink.to_id == one.id),
        ),
    )
    if ctx.session.scalars(query).first() is not None:
        return False
    ctx.session.add(RegisterLink(from_id=one.id, to_id=other.id, name=name, at=ctx.now))
    for row, partner in ((one, other), (other, one)):
        row.changed_at, row.revision = ctx.now, row.revision + 1
        said = {name: partner.number}
        note(ctx, row, deed, status_before=row.status, fields=said, before={name: None})
    return True


def note(
    ctx: Context,
    row: RegisterRow,
    deed: Deed,
    *,
    status_before: str | None,
    fields: Mapping[str, Any],
    before: Mapping[str, Any],
) -> None:
    """One more line of the row's history."""
    last = ctx.session.scalar(select(func.max(RegisterEvent.seq)).where(RegisterEvent.row_id == row.id)) or 0
    ctx.session.execute(
        insert(RegisterEvent),
        {
            "row_id": row.id,
            "seq": last + 1,
            "event": deed.event,
            "status": row.status,
            "status_before": status_before,
            "fields": dict(fields),
            "before": dict(before),
            "case_number": deed.case_number,
            "step": deed.step,
            "clause": deed.clause,
            "actor_id": ctx.actor.person_id,
            "actor": ctx.actor.name,
            "unit": acting_unit(ctx, row.division),
            "reason": deed.reason,
            "at": ctx.now,
        },
    )


def acting_unit(ctx: Context, division: str) -> str | None:
    """The unit for which the actor acts in a division."""
    for grant in ctx.actor.grants:
        if related(grant.division, division):
            return grant.unit_name
    return None
