"""Operations on registers that a diagram may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.registers import comparing, finding, listing, removing, rows
from app.registers.definition import LINKED, REMOVED, Definition, named
from app.registers.finding import Whom
from app.registers.models import RegisterRow, RegisterSubject
from app.registers.rows import Deed
from workflows.errors import Conflict

if TYPE_CHECKING:
    from workflows.commands import Context
    from workflows.ports import OperationCall


class NoSuchRow(Conflict):
    """A diagram means to change a row that is not there."""

    code = "register.no_such_row"
    sentence = "台账“{register}”里没有要变动的记录，办件未变动。"


class NotFromHere(Conflict):
    """A row outside the divisions of the case."""

    code = "register.not_from_here"
    sentence = "台账“{register}”的“{number}”不在本办件的区划内，办件未变动。"


class Unfit(Conflict):
    """What a diagram writes does not fit the register: no fault of the form just filled in."""

    code = "register.unfit"
    sentence = "{why}办件未变动；请按提示修改填写的内容，或请管理员检查流程图。"


def enter(ctx: Context, call: OperationCall) -> Mapping[str, Any]:
    """``register.enter``: the subject's row, new or changed, and a line of its history."""
    definition = named(call.inputs["register"])
    row = _by_number(ctx, call, definition)
    if row is not None:
        return _gives(rows.change(ctx, row, _deed(call)))
    return _gives(rows.enter(ctx, definition, _whom(ctx, call, definition), _deed(call)))


def close(ctx: Context, call: OperationCall) -> Mapping[str, Any]:
    """``register.close``: end the row with a status; nothing where there is none."""
    row = _meant(ctx, call, named(call.inputs["register"]))
    if row is None:
        return {"register": call.inputs["register"], "row": None, "number": None, "status": None}
    return _gives(rows.change(ctx, row, _deed(call), end=True))


def change(ctx: Context, call: OperationCall) -> Mapping[str, Any]:
    """``register.change``: a legal move of a row that is there, with columns and reason."""
    definition = named(call.inputs["register"])
    row = _meant(ctx, call, definition)
    if row is None:
        raise NoSuchRow(register=definition.name)
    return _gives(rows.change(ctx, row, _deed(call)))


def read(ctx: Context, call: OperationCall) -> Mapping[str, Any]:
    """``register.read``: the row's columns; ``row`` is null where there is none."""
    definition = named(call.inputs["register"])
    row = _meant(ctx, call, definition, ended=call.inputs.get("ended") is True)
    if row is None:
        nothing = dict.fromkeys(("row", "number", "subject", "name", "division", "status", "since"))
        return {
            "register": definition.key,
            "found": False,
            **nothing,
            "fields": {},
            "identity": None,
            "links": {},
        }
    joined = listing.links(ctx.session, row)
    return {"found": True, **listing.context(row), "identity": row.identity, "links": joined}


def list_rows(ctx: Context, call: OperationCall) -> Mapping[str, Any]:
    """``register.list``: rows of the case's division, narrowed, each as a context; for loops."""
    wanted = listing.Wanted.of(call.inputs, call.division)
    return listing.listed(ctx.session, wanted)


def link(ctx: Context, call: OperationCall) -> Mapping[str, Any]:
    """``register.link``: join two rows; joined already, nothing happens."""
    definition, other = named(call.inputs["register"]), named(call.inputs["to_register"])
    row, partner = _meant(ctx, call, definition), _numbered(ctx, call, other, call.inputs.get("to"))
    if row is None or partner is None:
        raise NoSuchRow(register=(definition if row is None else other).name)
    name = str(call.inputs.get("name") or other.name)[:40]
    deed = Deed(event=LINKED, case_number=call.case_number, step=call.name, clause=call.basis or None)
    linked = rows.link(ctx, row, partner, name, deed)
    return {**_gives(row), "to": partner.id, "to_number": partner.number, "linked": linked}


def remove(ctx: Context, call: OperationCall) -> Mapping[str, Any]:
    """``register.remove``: 销号 of exactly one row, by someone else than who put it right."""
    definition = named(call.inputs["register"])
    asked = call.inputs.get("row")
    if isinstance(asked, list):
        raise removing.OneByOne(register=definition.name)
    row = _numbered(ctx, call, definition, asked)
    if row is None:
        raise NoSuchRow(register=definition.name)
    return _gives(removing.remove_row(ctx, definition, row, _deed(call, REMOVED)))


def _gives(row: RegisterRow) -> dict[str, Any]:
    return {
        "register": row.register,
        "row": row.id,
        "number": row.number,
        "subject": row.subject_id,
        "status": row.status,
    }


def _deed(call: OperationCall, event: str | None = None) -> Deed:
    inputs = call.inputs
    status, reason = inputs.get("status"), inputs.get("reason")
    return Deed(
        event=event or str(inputs.get("event")),
        status=None if status in (None, "") else str(status),
        fields=inputs.get("fields") or {},
        reason=None if reason in (None, "") else str(reason),
        case_number=call.case_number,
        step=call.name or call.element,
        clause=call.basis or None,
    )


# Which row is meant


def _meant(
    ctx: Context, call: OperationCall, definition: Definition, *, ended: bool = False
) -> RegisterRow | None:
    """The row named by number, else the subject's, else the one this case entered; locked."""
    row = _by_number(ctx, call, definition)
    if row is not None or call.inputs.get("row") is not None:
        return row
    query = select(RegisterRow).where(RegisterRow.register == definition.key)
    if not ended:
        query = query.where(RegisterRow.ended_at.is_(None))
    key = call.inputs.get("key")
    subject = finding.subject_of(ctx, _whom(ctx, call, definition), definition.subject)
    if subject is None and definition.is_personal:
        return None
    if isinstance(key, dict):
        query = listing.narrowed(query, definition, key)
    if subject is not None:
        query = query.where(RegisterRow.subject_id == subject.id)
    elif isinstance(key, dict):
        query = query.where(RegisterRow.division == call.division)
    else:
        query = query.where(RegisterRow.case_number == call.case_number)
    return ctx.session.scalars(query.order_by(RegisterRow.id.desc()).limit(1).with_for_update()).first()


def _by_number(ctx: Context, call: OperationCall, definition: Definition) -> RegisterRow | None:
    return _numbered(ctx, call, definition, call.inputs.get("row"))


def _numbered(ctx: Context, call: OperationCall, definition: Definition, asked: Any) -> RegisterRow | None:
    """The row with that id or number, or of that context; raises NotFromHere for one out of reach."""
    which = asked.get("row") if isinstance(asked, dict) else asked
    if isinstance(which, bool) or not isinstance(which, int | str):
        return None
    row = finding.locked(ctx, definition.key, which)
    if row is not None and not finding.related(row.division, call.division):
        raise NotFromHere(register=definition.name, number=row.number)
    return row


def _whom(ctx: Context, call: OperationCall, definition: Definition) -> Whom:
    """Whom the operation is about: the subject given, else the case's own."""
    given = call.inputs.get("subject")
    subject_id = given.get("subject") if isinstance(given, dict) else given
    name = call.inputs.get("name")
    if isinstance(subject_id, int) and not isinstance(subject_id, bool):
        subject = ctx.session.get(RegisterSubject, subject_id)
        if subject is None or not finding.related(subject.division, call.division):
            raise NoSuchRow(register=definition.name)
        return Whom(division=subject.division, subject_id=subject.id, name=subject.name)
    # A case about a household tells nothing of the child or the project a row may be about.
    own = call.subject.get("kind") in (definition.subject, "", None)
    return Whom(
        division=call.division,
        key=call.subject.get("key") if own else None,
        name=str(name or call.subject.get("name") or "")[:120],
        identity=call.subject.get("identity") if own else None,
        origin=f"case:{call.case_number}",
    )


Operation = Callable[["Context", "OperationCall"], Mapping[str, Any]]


def _writing(operation: Operation) -> Operation:
    """The same, saying what does not fit where the case stands and not beside a field of some form."""

    def written(ctx: Context, call: OperationCall) -> Mapping[str, Any]:
        try:
            return operation(ctx, call)
        except rows.WrongColumns as refusal:
            raise Unfit(why=str(refusal)) from refusal

    return written


OPERATIONS: dict[str, Operation] = {
    "register.enter": _writing(enter),
    "register.close": _writing(close),
    "register.change": _writing(change),
    "register.remove": _writing(remove),
    "register.read": read,
    "register.list": list_rows,
    "register.link": link,
    "register.count": comparing.count,
    "register.reconcile": comparing.reconcile,
}
