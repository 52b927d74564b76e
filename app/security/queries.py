"""Reads of security: who a token speaks for, and what the audit says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import String, and_, bindparam, cast, func, literal, or_, select

from app.organisation import queries as organisation
from app.organisation.models import Absence, Account, Unit
from app.security.commands import token_hash
from app.security.models import SignInRule, Token, WebSession
from workflows import seals, withholding
from workflows.audit import AuditEntry
from workflows.cases import Case
from workflows.commands import division_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.orm import Session

    from workflows.commands import Actor

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class EntryView:
    """An audit entry as its reader sees it."""

    stream: str
    seq: int
    at: datetime
    command: str
    actor: dict[str, Any]
    facts: dict[str, Any]
    hash: str

    @property
    def refused(self) -> bool:
        """Whether the entry tells of something that was not done."""
        return self.stream == "refused" or self.facts.get("opened") is False

    @property
    def turned(self) -> str:
        """What happened to the key that seals the trail, where the entry is of that."""
        if self.stream != seals.STREAM or "key" not in self.facts:
            return ""
        return "原封存密钥遗失，换用新密钥" if seals.LOST in self.facts else "更换封存密钥"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which entries are asked for; what is None does not narrow."""

    case: str | None = None
    person_id: int | None = None
    since: datetime | None = None
    stream: str | None = None
    until: datetime | None = None
    """The first instant that no longer counts."""
    division: str | None = None
    procedure: str | None = None
    step: str | None = None
    """The key of a step in its diagram."""
    command: str | None = None


ABOUT_A_CASE = ("case:", "reveal:", "file:", "print:")
"""How the streams about one case begin: what was done, uncovered, opened, and taken along on paper."""

Cursor = tuple[datetime, str, int]


# Asked with every request of a program, so over plain tables and built once.
_token, _account = Token.__table__, Account.__table__
_OF_TOKEN = (
    select(_token.c.account_id)
    .join(_account, _account.c.id == _token.c.account_id)
    .where(
        _token.c.hash == bindparam("hash"),
        _token.c.expires_at > bindparam("now"),
        _token.c.epoch == _account.c.session_epoch,
        _account.c.active,
        _account.c.barred_at.is_(None),
    )
)


def actor_of_token(session: Session, token: str, now: datetime, device: str = "") -> Actor | None:
    """Whom a bearer token speaks for at ``now`` (the machine's time); None when void, ended or unknown."""
    row = session.execute(_OF_TOKEN, {"hash": token_hash(token), "now": now}).one_or_none()
    return organisation.actor_of(session, row.account_id, device) if row else None


_web, _rule = WebSession.__table__, SignInRule.__table__
_STANDING = select(
    _web.c.ended_at,
    # The rules come along: asked for with every request, they are in force from the next one on.
    select(_rule.c.said).order_by(_rule.c.id.desc()).limit(1).scalar_subquery().label("said"),
).where(_web.c.id == bindparam("of"), _web.c.account_id == bindparam("account"), _web.c.ended_at.is_(None))


def session_standing(session: Session, of: int, account_id: int) -> Row[*tuple[Any, ...]] | None:
    """The open session of that number and account, with the rules in force as they were set."""
    return session.execute(_STANDING, {"of": of, "account": account_id}).one_or_none()


def audit_entries(
    session: Session,
    actor: Actor,
    wanted: AuditFilter | None = None,
    *,
    after: Cursor | None = None,
    limit: int = PAGE_ROWS,
) -> list[EntryView]:
    """Entries ``actor`` may read, newest first; ``limit + 1`` at most, the last telling that more follow.

    The audit officer reads everything; a supervisor what concerns cases of their divisions; others nothing.
    """
    reach = _reach(actor)
    if reach is None:
        return []
    query = select(AuditEntry).where(*reach, *_narrowed(wanted or AuditFilter()))
    if after is not None:
        query = query.where(_older_than(after))
    query = query.order_by(AuditEntry.at.desc(), AuditEntry.stream.desc(), AuditEntry.seq.desc())
    return [_entry(row) for row in session.scalars(query.limit(limit + 1))]


def cursor_of(entry: EntryView) -> Cursor:
    """Where a list that ended with ``entry`` goes on."""
    return entry.at, entry.stream, entry.seq


def _reach(actor: Actor) -> Sequence[ColumnElement[bool]] | None:
    """The conditions of what the actor may read at all; None for nothing."""
    if actor.kind == "console":
        return ()
    told = _told(actor)
    if actor.holds("audit_officer"):
        return (told,)
    spans = [division_span(grant.division) for grant in actor.grants if grant.role == "supervisor"]
    if not spans:
        return None
    within = or_(*(Case.division.between(first, last) for first, last in spans))
    cases = [_about_cases(prefix, within) for prefix in ABOUT_A_CASE]
    return (or_(*cases, _about_absences(spans)), told)


def _told(actor: Actor) -> ColumnElement[bool]:
    """Entries about cases kept from the reader are left out, whatever the reader's office."""
    streams = [literal(prefix) + Case.number for prefix in ABOUT_A_CASE]
    kept = Case.id.in_(withholding.kept_from(actor))
    return and_(*(AuditEntry.stream.not_in(select(stream).where(Case.kept, kept)) for stream in streams))


def _about_cases(prefix: str, within: ColumnElement[bool]) -> ColumnElement[bool]:
    number = func.substr(AuditEntry.stream, len(prefix) + 1)
    known = select(Case.id).where(Case.number == number, within).exists()
    return and_(AuditEntry.stream.like(f"{prefix}%"), known)


def _about_absences(spans: Sequence[tuple[str, str]]) -> ColumnElement[bool]:
    """Who on leave appointed whom, in the units of these divisions."""
    within = or_(*(Unit.division.between(first, last) for first, last in spans))
    numbers = select(literal("absence:") + cast(Absence.id, String))
    return AuditEntry.stream.in_(numbers.join(Unit, Unit.id == Absence.unit_id).where(within))


def _narrowed(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.case is not None:
        conditions.append(AuditEntry.stream.in_([f"{prefix}{wanted.case}" for prefix in ABOUT_A_CASE]))
    if wanted.stream is not None:
        conditions.append(AuditEntry.stream == wanted.stream)
    if wanted.person_id is not None:
        conditions.append(AuditEntry.actor_id == wanted.person_id)
    if wanted.since is not None:
        conditions.append(AuditEntry.at >= wanted.since)
    return [*conditions, *_narrowed_more(wanted)]


def _narrowed_more(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.until is not None:
        conditions.append(AuditEntry.at < wanted.until)
    if wanted.command is not None:
        conditions.append(AuditEntry.command == wanted.command)
    if wanted.step is not None:
        # An entry is stored byte for byte as it was hashed, so its text can be asked.
        conditions.append(AuditEntry.body.contains(f'"step":"{wanted.step}"', autoescape=True))
    about: list[ColumnElement[bool]] = []
    if wanted.division is not None:
        about.append(Case.division.between(*division_span(wanted.division)))
    if wanted.procedure is not None:
        about.append(Case.procedure_key == wanted.procedure)
    if about:
        conditions.append(or_(*(_about_cases(prefix, and_(*about)) for prefix in ABOUT_A_CASE)))
    return conditions


def _older_than(after: Cursor) -> ColumnElement[bool]:
    at, stream, seq = after
    return or_(
        AuditEntry.at < at,
        and_(AuditEntry.at == at, AuditEntry.stream < stream),
        and_(AuditEntry.at == at, AuditEntry.stream == stream, AuditEntry.seq < seq),
    )


def _entry(row: AuditEntry) -> EntryView:
    body = orjson.loads(row.body)
    return EntryView(
        stream=row.stream,
        seq=row.seq,
        at=row.at,
        command=row.command,
        actor=body["actor"],
        facts=body["facts"],
        hash=row.hash,
    )
