"""亲属申报: declare a relative, or that there is none; end a declaration; look behind a mask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.organisation.models import NO_RELATIVES, RELATIONS, Account, Person, Relative
from app.registers import on_file
from app.registers.models import RegisterSubject
from app.relatives import queries
from app.relatives.queries import UnknownRelative
from app.security import sealing
from forms import validators
from workflows import outbox
from workflows.clock import local_date
from workflows.commands import Command
from workflows.errors import Conflict, Invalid, NotAllowed

if TYPE_CHECKING:
    from workflows.commands import Context

DECLARED = "relative.declared"
"""The effect that lets supervision look at what was decided before the declaration."""

LEAST_REASON, MOST_REASON = 4, 300
LONGEST_NAME = 60


class OnlyStaff(NotAllowed):
    """Who handles no case has nothing to keep away from."""

    code = "relative.only_staff"
    sentence = "亲属申报只适用于承担业务角色的工作人员，并且只能由本人申报。"


class AlreadyDeclared(Conflict):
    """The same relative, or household, or that there is none, is declared already."""

    code = "relative.declared_already"
    sentence = "这一申报已在，无需重复申报；内容有变化的，请先结束原申报再重新申报。"


class StillRelatives(Conflict):
    """There are relatives declared; they end one by one, each with its reason."""

    code = "relative.still_some"
    sentence = "您已申报亲属，不能再申报“没有需要申报的亲属”；情况有变化的，请先逐项结束原申报。"


class EndedAlready(Conflict):
    """It was ended before."""

    code = "relative.ended"
    sentence = "这项申报已结束，无需再结束。"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareRelative(Command[int]):
    """Declare a relative: by identity number, by the household on file they live in, or both. Gives the id.

    ``household`` is the number of a register's row that the actor may read.
    """

    relation: str
    name: str
    identity: str = field(default="", repr=False)
    household: str = ""

    def authorise(self, ctx: Context) -> None:
        """Who works here, for themselves."""
        _require_staff(ctx)

    def run(self, ctx: Context) -> int:
        """Check, seal, write down; that there was none to declare ends with it."""
        errors: dict[str, str] = {}
        if self.relation not in RELATIONS:
            errors["relation"] = "请选择与您的关系。"
        name = self.name.strip()
        if not 0 < len(name) <= LONGEST_NAME:
            errors["name"] = f"请填写亲属的姓名（{LONGEST_NAME} 字以内）。"
        identity = self._identity(ctx, errors)
        home = self._home(ctx, errors)
        if not self.identity.strip() and not self.household:
            errors["identity"] = "请填写身份证号码，或选择亲属所在的在册户：至少有一项，才能据以回避。"
        if errors:
            raise Invalid(errors)
        for one in queries.standing(ctx.session, ctx.actor.person_id or 0):
            if one.relation == NO_RELATIVES:
                one.ended_at, one.end_reason = ctx.now, "已申报亲属"
            elif (identity and one.identity_hash == identity["hash"]) or (
                home and not identity and one.household_key == home.subject.key
            ):
                raise AlreadyDeclared
        row = _add(ctx, self.relation, name, identity, home)
        outbox.promise(ctx, DECLARED, relative=row.id)
        return row.id

    def _identity(self, ctx: Context, errors: dict[str, str]) -> dict[str, str] | None:
        if not self.identity.strip():
            return None
        try:
            plain = validators.identity(self.identity, local_date(ctx.now).isoformat())
        except validators.Wrong as error:
            errors["identity"] = str(error)
            return None
        sealed = sealing.seal("identity", plain)
        own = ctx.session.scalar(select(Person.identity_hash).where(Person.id == ctx.actor.person_id))
        if sealed["hash"] == own:
            errors["identity"] = "这是您本人的身份证号码，请填写亲属的。"
        return sealed

    def _home(self, ctx: Context, errors: dict[str, str]) -> _Home | None:
        if not self.household:
            return None
        row = on_file.row_numbered(ctx.session, ctx.actor, self.household)
        subject = ctx.session.get(RegisterSubject, row.subject_id) if row and row.subject_id else None
        if row is None or subject is None or not subject.identity:
            errors["household"] = (
                "没有找到这一在册户，或者它没有登记身份证号；请重新选择，或填写亲属的身份证号码。"
            )
            return None
        return _Home(row.number, f"{row.subject_name}（{row.division_name}）", subject)


@dataclass(frozen=True, slots=True)
class _Home:
    number: str
    name: str
    subject: RegisterSubject


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareNone(Command[int]):
    """Declare that there is no relative to declare. Gives the declaration's id."""

    def authorise(self, ctx: Context) -> None:
        """Who works here, for themselves."""
        _require_staff(ctx)

    def run(self, ctx: Context) -> int:
        """Write it down, unless it stands there or is not so."""
        standing = queries.standing(ctx.session, ctx.actor.person_id or 0)
        ctx.require(all(one.relation == NO_RELATIVES for one in standing), StillRelatives)
        ctx.require(not standing, AlreadyDeclared)
        return _add(ctx, NO_RELATIVES, "", None, None).id


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRelative(Command[int]):
    """End one's own declaration, with the reason; it stays on record. Gives its id."""

    relative_id: int
    reason: str

    def authorise(self, ctx: Context) -> None:
        """Whose it is; to anybody else it does not exist."""
        row = ctx.session.get(Relative, self.relative_id, with_for_update=True)
        ctx.require(row is not None and row.person_id == ctx.actor.person_id, UnknownRelative)

    def run(self, ctx: Context) -> int:
        """Say when and why."""
        row = ctx.session.get_one(Relative, self.relative_id)
        ctx.require(row.ended_at is None, EndedAlready)
        row.end_reason, row.ended_at = _reason(self.reason), ctx.now
        _record(ctx, row, reason=row.end_reason)
        return row.id


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealRelative(Command[tuple[str, str]]):
    """Name and identity number of a declared relative, for a supervisor with a reason; gives both, plain."""

    relative_id: int
    reason: str

    def authorise(self, ctx: Context) -> None:
        """A supervisor of where the person works."""
        row = ctx.session.get(Relative, self.relative_id)
        seen = row is not None and queries.supervises(ctx.session, ctx.actor, row.person_id)
        ctx.require(seen, UnknownRelative)

    def run(self, ctx: Context) -> tuple[str, str]:
        """The entry says who looked, at which declaration and why, never what was seen."""
        row, reason = ctx.session.get_one(Relative, self.relative_id), _reason(self.reason)
        ctx.record(_stream(row), relative=row.id, reason=reason)
        return row.name, sealing.unseal(row.identity) if row.identity else ""


def _require_staff(ctx: Context) -> None:
    ctx.require(queries.is_staff(ctx.actor), OnlyStaff)
    # Two requests of one person meet here, and the second sees what the first wrote.
    mine = select(Account.id).where(Account.person_id == ctx.actor.person_id).with_for_update()
    ctx.require(ctx.session.execute(mine).first() is not None, OnlyStaff)


def _add(
    ctx: Context, relation: str, name: str, identity: dict[str, str] | None, home: _Home | None
) -> Relative:
    row = Relative(
        person_id=ctx.actor.person_id or 0,
        relation=relation,
        name=name,
        identity=identity,
        identity_hash=identity["hash"] if identity else None,
        household=home.number if home else None,
        household_name=home.name[:200] if home else "",
        household_key=home.subject.key if home else None,
        made_at=ctx.now,
    )
    ctx.session.add(row)
    ctx.session.flush()
    _record(ctx, row, by_number=identity is not None, household=row.household)
    return row


def _record(ctx: Context, row: Relative, **facts: object) -> None:
    ctx.record(_stream(row), relative=row.id, person=row.person_id, relation=row.relation, **facts)


def _stream(row: Relative) -> str:
    return f"relatives:{row.person_id}"


def _reason(reason: str) -> str:
    said = reason.strip()
    if not LEAST_REASON <= len(said) <= MOST_REASON:
        raise Invalid({"reason": f"请写明原因（{LEAST_REASON} 至 {MOST_REASON} 字）。"})
    return said
