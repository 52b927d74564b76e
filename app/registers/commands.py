"""Changes of the registers by hand; taking a register out of the system; looking behind a mask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.organisation.models import Division
from app.registers import queries, reach, removing, rows
from app.registers.definition import CORRECTED, ENTERED, Definition, UnknownRegister, named
from app.registers.export import workbook
from app.registers.finding import Whom
from app.registers.importing import Line, Report, judged, write
from app.registers.models import RegisterRow
from app.registers.queries import Narrowed
from app.registers.rows import Deed
from app.security import sealing
from app.security.commands import LEAST_REASON
from forms import validators
from workflows.clock import local_date
from workflows.commands import Command, Context
from workflows.errors import Conflict, Invalid

if TYPE_CHECKING:
    from app.registers.models import RegisterEvent


class AlreadyEntered(Conflict):
    """Somebody entered the same before; it is corrected, not entered twice."""

    code = "register.already_entered"
    sentence = "台账里已有“{name}”的记录（{number}），请打开该记录更正。"


class NothingSealed(Conflict):
    """There is nothing behind that column."""

    code = "register.nothing_sealed"
    sentence = "这一栏没有隐藏的号码。"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRegister(Command[bytes]):
    """The register as an XLSX workbook; who took how many rows of what is on record."""

    register: str
    narrowed: Narrowed = field(default_factory=Narrowed)

    def authorise(self, ctx: Context) -> None:
        """Someone with a division to look after; the rows are cut to it."""
        ctx.require(bool(reach.areas(ctx.actor, named(self.register))))

    def run(self, ctx: Context) -> bytes:
        """Write the rows of the actor's scope."""
        found = queries.every_row(ctx.session, ctx.actor, self.register, self.narrowed)
        ctx.record(
            "exports",
            register=self.register,
            rows=len(found),
            q=self.narrowed.q,
            division=self.narrowed.division,
        )
        return workbook(named(self.register), found, taken_by=ctx.actor.name, at=ctx.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterByHand(Command[int]):
    """A new row, entered by a person with a reason; gives its id.

    Raises Invalid with one sentence per column, AlreadyEntered where such a row is open.
    """

    register: str
    division: str
    name: str = ""
    identity: str = field(default="", repr=False)
    status: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)
    reason: str

    def authorise(self, ctx: Context) -> None:
        of = named(self.register)
        ctx.require(reach.writes(ctx.actor, of))
        # Who left the division out is told so, beside its field.
        ctx.require(not self.division or reach.may_write(ctx.actor, of, self.division))

    def run(self, ctx: Context) -> int:
        of = named(self.register)
        identity = self._checked(ctx, of)
        deed = Deed(
            event=ENTERED, status=self.status or None, fields=self.fields, reason=_reason(self.reason)
        )
        whom = Whom(
            division=self.division,
            key=identity["hash"] if identity else None,
            name=self.name.strip()[:120],
            identity=identity,
            origin=f"hand:{ctx.now.isoformat()}:{ctx.actor.person_id}",
        )
        row = rows.enter(ctx, of, whom, deed)
        if row.revision > 1:
            raise AlreadyEntered(name=row.subject_name, number=row.number)
        ctx.record(f"register:{of.key}", row=row.number, event=ENTERED, columns=sorted(self.fields))
        return row.id

    def _checked(self, ctx: Context, of: Definition) -> dict[str, str] | None:
        """The sealed identity number; raises Invalid for what is missing or wrong."""
        wrong: dict[str, str] = {}
        known = ctx.session.scalar(select(Division.code).where(Division.code == self.division))
        if known is None or not of.holds(self.division):
            wrong["division"] = "请选择本台账范围内的村（嘎查）。"
        if of.is_personal and not self.name.strip():
            wrong["name"] = "请填写户主或本人姓名。"
        sealed = None
        if of.is_personal and self.identity.strip():
            try:
                today = local_date(ctx.now).isoformat()
                sealed = sealing.seal("identity", validators.identity(self.identity, today))
            except validators.Wrong as error:
                wrong["identity"] = str(error)
        if wrong:
            raise Invalid(wrong)
        return sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectRow(Command[int]):
    """Columns or state of a row put right by hand, with a reason; what stood there stays in its history.

    ``seen`` is the revision the person looked at: raises RowMoved when someone else was faster.
    """

    register: str
    row_id: int
    seen: int
    status: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)
    reason: str

    def authorise(self, ctx: Context) -> None:
        _writable(ctx, self.register, self.row_id)

    def run(self, ctx: Context) -> int:
        row = _writable(ctx, self.register, self.row_id)
        if row.revision != self.seen:
            raise rows.RowMoved
        deed = Deed(
            event=CORRECTED, status=self.status or None, fields=self.fields, reason=_reason(self.reason)
        )
        rows.change(ctx, row, deed)
        ctx.record(f"register:{row.register}", row=row.number, event=CORRECTED, columns=sorted(self.fields))
        return row.id


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFromList(Command[int]):
    """销号 of one row by someone else than who put it right."""

    register: str
    row_id: int
    reason: str

    def authorise(self, ctx: Context) -> None:
        _writable(ctx, self.register, self.row_id)

    def run(self, ctx: Context) -> int:
        row = _writable(ctx, self.register, self.row_id)
        deed = Deed(event=CORRECTED, reason=_reason(self.reason))
        removing.remove_row(ctx, named(self.register), row, deed)
        ctx.record(f"register:{row.register}", row=row.number, event="销号")
        return row.id


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealColumn(Command[str]):
    """The number behind a mask, for someone who may read the row, with a reason; gives the plain text.

    ``column`` is a column's name, or ``identity`` for the subject's own number.
    """

    register: str
    row_id: int
    column: str
    reason: str

    def authorise(self, ctx: Context) -> None:
        _readable(ctx, self.register, self.row_id)

    def run(self, ctx: Context) -> str:
        row = _readable(ctx, self.register, self.row_id)
        reason = _reason(self.reason)
        value = row.identity if self.column == "identity" else row.fields.get(self.column)
        if not isinstance(value, dict) or not sealing.is_sealed(value):
            raise NothingSealed
        ctx.record(f"reveal:{row.number}", row=row.number, field=self.column, reason=reason)
        return sealing.unseal(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRows(Command[Report]):
    """The lines of a workbook that pass, all in one; what is on file already is left as it is."""

    register: str
    lines: tuple[Line, ...] = field(repr=False)
    digest: str

    def authorise(self, ctx: Context) -> None:
        ctx.require(reach.writes(ctx.actor, named(self.register)))

    def run(self, ctx: Context) -> Report:
        of = named(self.register)
        report = write(ctx, of, judged(ctx.session, ctx.actor, of, self.lines, ctx.now))
        ctx.record(f"register:{of.key}", file=self.digest, **report.counts)
        return report


def _reason(text: str) -> str:
    reason = text.strip()
    if len(reason) < LEAST_REASON:
        raise Invalid({"reason": f"请写明原因，至少 {LEAST_REASON} 个字。"})
    return reason[:300]


def _readable(ctx: Context, register: str, row_id: int) -> RegisterRow:
    """The row if the actor may read it; raises UnknownRegister."""
    found: tuple[RegisterRow, list[RegisterEvent]] = queries.row(ctx.session, ctx.actor, register, row_id)
    return found[0]


def _writable(ctx: Context, register: str, row_id: int) -> RegisterRow:
    """The row, locked, if the actor may read and correct it."""
    of = named(register)
    row = ctx.session.scalars(
        select(RegisterRow)
        .where(RegisterRow.id == row_id, RegisterRow.register == register, reach.within(ctx.actor, of))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise UnknownRegister
    ctx.require(reach.may_write(ctx.actor, of, row.division))
    return row
