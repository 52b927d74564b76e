"""Cases (办件): engine state, variables, lock, revision, number, and the journal of every step taken."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    bindparam,
    false,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from workflows import acting, audit, calendars, facts, numbering, parameters
from workflows.db import Base, BigId, JsonText, UtcDateTime, only_where
from workflows.errors import Conflict, NotFound, constraint
from workflows.journal import BLANK, StepRecord

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from workflows.catalogue import Release
    from workflows.commands import Context
    from workflows.ports import Parent

RUNNING, ENDED, CANCELLED, SUSPENDED = "running", "ended", "cancelled", "suspended"

_RUNNING_ALREADY = (
    "case.already_running",
    "该对象在本事项已有正在办理的办件，不能重复发起；请在“我发起”或按姓名（名称）查找原办件。",
)
_ONE_PER_SUBJECT = constraint("uq_cases_running_subject", *_RUNNING_ALREADY)
# SQLite names the columns of a broken key, not the key.
constraint("UNIQUE constraint failed: cases.procedure_key, cases.subject_key", *_RUNNING_ALREADY)


class UnknownCase(NotFound):
    """No such case, or none the person may know of."""

    code = "case.unknown"
    sentence = "没有找到该办件，请核对编号。"


class CaseNotRunning(Conflict):
    """The case has ended, was cancelled or is suspended."""

    code = "case.not_running"
    sentence = "办件 {number} 当前为“{state}”，不能继续办理。"


BATCHED = "批量办理（第 {} 批）"
"""What the journal says of a person's act that was one of many at once."""

STATE_WORDS = {RUNNING: "办理中", ENDED: "已办结", CANCELLED: "已终止", SUSPENDED: "已挂起"}


class Case(Base):
    """One application travelling through one version of one procedure."""

    __tablename__ = "cases"
    __table_args__ = (
        Index(
            _ONE_PER_SUBJECT,
            "procedure_key",
            "subject_key",
            unique=True,
            **only_where("state IN ('running', 'suspended') AND subject_key IS NOT NULL"),
        ),
        Index("ix_cases_division_created", "division", "id"),
        Index("ix_cases_started_by", "started_by_id", "id"),
        Index("ix_cases_subject_key", "subject_key"),
        Index(
            "ix_cases_suspended",
            "suspended_at",
            **only_where("suspended_at IS NOT NULL"),
        ),
        Index(
            "uq_cases_parent",
            "parent_number",
            "parent_element",
            "parent_round",
            unique=True,
            **only_where("parent_number IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    procedure_key: Mapped[str] = mapped_column(ForeignKey("procedure.key"))
    procedure_name: Mapped[str] = mapped_column(String(120))
    version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"))
    division: Mapped[str] = mapped_column(String(12))
    division_name: Mapped[str] = mapped_column(String(120))
    subject: Mapped[dict[str, Any]] = mapped_column(JsonText)
    subject_name: Mapped[str] = mapped_column(String(60))
    subject_key: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[str | None] = mapped_column(String(60))
    engine_state: Mapped[bytes] = mapped_column(LargeBinary)
    variables: Mapped[dict[str, Any]] = mapped_column(JsonText)
    rounds: Mapped[dict[str, int]] = mapped_column(JsonText)
    waiting: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)
    standing: Mapped[str] = mapped_column(String(200), default="")
    steps: Mapped[int] = mapped_column(Integer, default=0)
    revision: Mapped[int] = mapped_column(Integer, default=0)
    head: Mapped[str] = mapped_column(String(64), default=audit.GENESIS)
    kept: Mapped[bool] = mapped_column(default=False, server_default=false())
    started_by_id: Mapped[int | None] = mapped_column(Integer)
    started_by: Mapped[str] = mapped_column(String(60))
    parent_number: Mapped[str | None] = mapped_column(String(40))
    parent_element: Mapped[str | None] = mapped_column(String(80))
    parent_round: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undo: Mapped[list[dict[str, Any]]] = mapped_column(JsonText, default=list, server_default="[]")
    """What the steps taken last need to be taken back: see ``workflows.undoing``."""
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when its clock stands still; see pausing."""


@dataclass(slots=True)
class OpenCase:
    """A case row locked by this transaction, as plain values: what a command reads and writes."""

    id: int
    number: str
    procedure_key: str
    procedure_name: str
    version_id: int
    division: str
    division_name: str
    subject: dict[str, Any]
    subject_name: str
    state: str
    outcome: str | None
    engine_state: bytes
    variables: dict[str, Any]
    rounds: dict[str, int]
    waiting: list[dict[str, Any]]
    standing: str
    steps: int
    revision: int
    head: str
    started_by_id: int | None
    parent_number: str | None
    created_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    suspended_at: datetime | None = None
    undo: list[dict[str, Any]] = field(default_factory=list)
    kept: bool = False
    paused_at: datetime | None = None
    ruled: int = 0
    """The revision of all parameters as read with the row."""
    dated: int | None = None
    """The revision of the calendar as read with the row; None for a case that was never read."""
    journal: list[dict[str, Any]] = field(default_factory=list)
    moves: list[dict[str, Any]] = field(default_factory=list)
    """What moved its engine in this command, so that it can be moved the same way once more."""

    @property
    def stream(self) -> str:
        """The case's audit stream."""
        return f"case:{self.number}"

    @property
    def words(self) -> str:
        """Its state as people say it."""
        return STATE_WORDS[self.state]

    def require_running(self) -> None:
        """Refuse unless the case is running."""
        if self.state != RUNNING:
            raise CaseNotRunning(number=self.number, state=self.words)

    def next_round(self, step: str) -> int:
        """Count another opening of ``step`` and give its number, from 1."""
        self.rounds[step] = self.rounds.get(step, 0) + 1
        return self.rounds[step]

    def take_down(self, ctx: Context, **entry: Any) -> dict[str, Any]:
        """Add a row to the journal; it is written with the case."""
        self.steps += 1
        row = {**BLANK, **entry, "case_id": self.id, "seq": self.steps, "at": ctx.now}
        if "for_id" not in entry and ctx.standing is not None and row["actor_id"] == ctx.actor.person_id:
            row["for_id"], row["for_name"] = ctx.standing.person_id, ctx.standing.name
            row["why"] = row["why"] or acting.mandate(ctx.standing.name)
        if any(row[words] for words in ("answers", "opinion", "late_reason")) or row["answers"] is not None:
            row["salt"] = secrets.token_hex(16)
        if ctx.batch is not None and row["actor_id"] is not None:
            row["why"] = "；".join(filter(None, (row["why"], BATCHED.format(ctx.batch))))
        self.journal.append(row)
        return row


_UNSTORED = {"ruled", "dated", "journal", "moves"}
LOADED = tuple(each.name for each in fields(OpenCase) if each.name not in _UNSTORED)
"""What of a case is read with its lock."""

_STORED = tuple(
    "version_id state outcome engine_state variables rounds waiting standing steps revision head due_at "
    "ended_at suspended_at undo paused_at".split()
)

_table = Case.__table__


def locking(which: ColumnElement[int], *, skip_locked: bool = False) -> Select[Any]:
    """The statement that locks and reads the case with that id; build it once, run it by ``locked``."""
    columns = (_table.c[name] for name in LOADED)
    return (
        select(*columns, parameters.REVISION, calendars.REVISION)
        .where(_table.c.id == which)
        .with_for_update(skip_locked=skip_locked, of=_table)
    )


def locking_numbered() -> Select[Any]:
    """The statement that locks the case of a ``number``."""
    return locking(select(_table.c.id).where(_table.c.number == bindparam("number")).scalar_subquery())


_LOCK = locking(bindparam("case_id"))
_LOCK_FREE = locking(bindparam("case_id"), skip_locked=True)
_STORE = (
    update(_table)  # type: ignore[arg-type]
    .where(_table.c.id == bindparam("b_id"))
    .values({name: bindparam("b_" + name) for name in _STORED})
)
_WRITE_JOURNAL = insert(StepRecord.__table__)  # type: ignore[arg-type]


def lock(ctx: Context, case_id: int, *, skip_locked: bool = False) -> OpenCase | None:
    """Lock the case row and give it; None when there is none or, with ``skip_locked``, another holds it.

    The case is locked, never the item: two items of one parallel branch share one engine state.
    """
    return locked(ctx, _LOCK_FREE if skip_locked else _LOCK, case_id=case_id)


def locked(ctx: Context, statement: Select[Any], **which: int | str) -> OpenCase | None:
    """The case that a statement made by ``locking`` finds; None when there is none to be had."""
    row = ctx.session.execute(statement, which).one_or_none()
    return OpenCase(*row) if row else None


def store(ctx: Context, case: OpenCase, **said: Any) -> None:
    """Write the case and its new journal rows, and add an entry with the facts to the case's audit chain.

    The case keeps the hash of its last entry, so that under its lock the next one follows without asking
    and a chain written anew as a whole does not fit it. The entry carries a salted digest of each row's
    answers, never the words: those live in the journal, where the law may require them to be masked or
    erased.
    """
    case.revision += 1
    entry = {
        "case": case.number,
        "revision": case.revision,
        "state": case.state,
        "steps": [facts.of_row(row) for row in case.journal],
        "row": facts.of_case(case),
        **({"moves": case.moves} if case.moves else {}),
        **({} if ctx.batch is None else {"batch": ctx.batch}),
        **said,
    }
    case.head = audit.follow(ctx, case.stream, entry, seq=case.revision, previous=case.head)
    ctx.on_record = True
    values = {"b_" + name: getattr(case, name) for name in _STORED}
    ctx.session.execute(_STORE, {"b_id": case.id, **values})
    if case.journal:
        ctx.session.execute(_WRITE_JOURNAL, case.journal)
    case.journal, case.moves = [], []


_ORPHAN = (None, None, None)
_CREATE = insert(_table).returning(_table.c.id)  # type: ignore[arg-type]


def create(
    ctx: Context,
    release: Release,
    *,
    division: str,
    division_name: str,
    subject: dict[str, Any],
    parent: Parent | None = None,
) -> OpenCase:
    """A new running case with the next number of its procedure and year; its state is stored by ``store``."""
    values: dict[str, Any] = {
        "number": numbering.next_number(ctx, release.key),
        "procedure_key": release.key,
        "procedure_name": release.name,
        "version_id": release.version_id,
        "division": division,
        "division_name": division_name,
        "subject": subject,
        "subject_name": str(subject.get("name") or ""),
        "subject_key": subject.get("key"),
        "state": RUNNING,
        "outcome": None,
        "engine_state": b"",
        "variables": {},
        "rounds": {},
        "waiting": [],
        "standing": "",
        **dict.fromkeys(("steps", "revision"), 0),
        "head": audit.GENESIS,
        "started_by_id": ctx.actor.person_id,
        "started_by": ctx.actor.name,
        **dict(zip(("parent_number", "parent_element", "parent_round"), parent or _ORPHAN, strict=True)),
        "created_at": ctx.now,
        "due_at": None,
        "ended_at": None,
    }
    case_id = ctx.session.execute(_CREATE, values).scalar_one()
    return OpenCase(id=case_id, **{name: values[name] for name in LOADED if name in values})


def by_number(session: Session, number: str) -> Case:
    """The case of that number, for reading; raises UnknownCase."""
    case = session.scalars(select(Case).where(Case.number == number)).one_or_none()
    if case is None:
        raise UnknownCase
    return case


def journal(session: Session, case_id: int) -> list[StepRecord]:
    """Every step of the case, oldest first."""
    return list(
        session.scalars(select(StepRecord).where(StepRecord.case_id == case_id).order_by(StepRecord.seq))
    )


def heads(session: Session) -> dict[str, audit.Head]:
    """Where each case's audit stream must end: one entry per revision, and the hash the case keeps."""
    rows = session.execute(select(Case.number, Case.revision, Case.head))
    return {f"case:{row.number}": audit.Head(row.revision, row.head) for row in rows}
