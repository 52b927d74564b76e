"""The one door and the one commit: every change is a command, run whole or not at all, and recorded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import orjson
import structlog
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from workflows import audit
from workflows.errors import Conflict, NotAllowed, Refusal, Unavailable, refusal_of_constraint
from workflows.once import Once, Replayed, answered, keep_answer, refuse_replay

if TYPE_CHECKING:
    from workflows.clock import Clock
    from workflows.db import Database
    from workflows.ports import Host

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

ATTEMPTS = 4
"""A deadlock, a serialisation failure or a lost race for a key is tried again; a rule's refusal never is."""

LONGEST_ASKED, LONGEST_SENTENCE = 60, 300
"""So many characters of what was aimed at, and of the answer, enter the record of a refusal."""

_TRANSIENT_STATES = {"40001", "40P01", "55P03"}

log = structlog.get_logger("command")

COUNTY_PREFIX, TOWNSHIP_PREFIX, VILLAGE_PREFIX = 6, 9, 12


def division_prefix(code: str) -> str:
    """The part of a 12-digit division code that all divisions below it share."""
    if code.endswith("000000"):
        return code[:COUNTY_PREFIX]
    if code.endswith("000"):
        return code[:TOWNSHIP_PREFIX]
    return code


def division_span(code: str) -> tuple[str, str]:
    """First and last 12-digit code at or below ``code``: lets an index answer a scope question."""
    prefix = division_prefix(code)
    return prefix.ljust(VILLAGE_PREFIX, "0"), prefix.ljust(VILLAGE_PREFIX, "9")


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held in a unit: what an actor's powers are made of."""

    role: str
    unit_id: int
    unit_name: str
    level: str
    division: str

    def reaches(self, division: str) -> bool:
        """Whether ``division`` is the unit's own or below it."""
        return division.startswith(division_prefix(self.division))


@dataclass(frozen=True, slots=True)
class StandIn:
    """A person on leave (离岗) for whom an actor acts: in one unit, for some procedures or all, for a time.

    ``grants`` are those of the absent person that count; ``units`` every unit that person acts for.
    """

    absence_id: int
    person_id: int
    name: str
    grants: tuple[Grant, ...]
    units: tuple[int, ...]
    procedures: frozenset[str] | None
    since: datetime
    until: datetime

    def covers(self, procedure: str) -> bool:
        """Whether the appointment names the procedure, or all."""
        return self.procedures is None or procedure in self.procedures

    def grant_in(self, role: str, unit_id: int) -> Grant | None:
        """The absent person's grant of ``role`` in that unit."""
        return next((g for g in self.grants if g.role == role and g.unit_id == unit_id), None)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person with grants, the public, the system itself, or the console of the machine."""

    kind: str
    name: str
    person_id: int | None = None
    account_id: int | None = None
    grants: tuple[Grant, ...] = ()
    device: str = ""
    standing_for: tuple[StandIn, ...] = ()
    """Who appointed them, whether or not it is time; ``at`` leaves those whose time it is."""
    identity: str | None = field(default=None, repr=False)
    """The keyed hash of their identity number, by which a case may be about them."""
    has_relatives: bool = False
    """Whether they have declared relatives (亲属申报), whose cases they must keep away from."""

    @property
    def units(self) -> tuple[int, ...]:
        """The units they act for; a household is not the committee of its village."""
        return tuple(g.unit_id for g in self.grants if g.role != "household")

    def at(self, now: datetime) -> Actor:
        """The same, standing in only for those whose leave ``now`` falls into."""
        if not self.standing_for:
            return self
        in_force = tuple(one for one in self.standing_for if one.since <= now < one.until)
        return replace(self, standing_for=in_force)

    def holds(self, role: str, unit_id: int | None = None) -> bool:
        """Whether the actor holds ``role``, in ``unit_id`` when given."""
        return any(g.role == role and unit_id in (None, g.unit_id) for g in self.grants)

    def grant_in(self, role: str, unit_id: int) -> Grant | None:
        """The grant of ``role`` in that unit, if held."""
        return next((g for g in self.grants if g.role == role and g.unit_id == unit_id), None)

    def covers(self, division: str) -> bool:
        """Whether any grant's division is ``division`` or above it."""
        return any(grant.reaches(division) for grant in self.grants)


SYSTEM = Actor(kind="system", name="系统")
CONSOLE = Actor(kind="console", name="管理控制台")


@dataclass(slots=True)
class Context:
    """What a running command may use: the transaction, who asks, the instant, the host."""

    session: Session
    actor: Actor
    now: datetime
    host: Host
    command: str
    stream: str = "office"
    facts: dict[str, Any] = field(default_factory=dict)
    memory: dict[Any, Any] = field(default_factory=dict)
    on_record: bool = False
    standing: StandIn | None = None
    """For whom the actor acts in this command, where not for themselves."""
    batch: int | None = None
    """Of which batch (批量办理) this is a part: its chain and its journal say so."""

    def require(self, allowed: bool, refusal: type[Refusal] = NotAllowed, **facts: object) -> None:  # noqa: FBT001 (a verdict reads as require(x))
        """Refuse unless ``allowed``."""
        if not allowed:
            raise refusal(**facts)

    def record(self, stream: str, **facts: Any) -> None:
        """Say into which audit stream this command goes, and which facts its entry carries."""
        self.stream = stream
        self.facts.update(facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Generic[T_co]):
    """A request to change something: its fields are what was asked."""

    recorded: ClassVar[bool] = True

    def authorise(self, ctx: Context) -> None:
        """Raise a Refusal unless the actor may do this."""
        raise NotImplementedError

    def run(self, ctx: Context) -> T_co:
        """Do it, inside the executor's transaction."""
        raise NotImplementedError


class Executor:
    """Runs commands, each in one transaction with its audit entry. The only place that begins one."""

    def __init__(self, database: Database, clock: Clock, host: Host) -> None:
        self.database = database
        self.clock = clock
        self.host = host

    def execute(self, command: Command[T], *, by: Actor, once: Once | None = None) -> T:
        """Run ``command`` for ``by``; raises its Refusal, Replayed for a repeated key, or Unavailable."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._attempt(command, by, once)
            except Refusal as refusal:
                self._replay_if_overtaken(by, once)
                self._record_refusal(command, by, refusal)
                raise
            except IntegrityError as error:
                self._replay_if_overtaken(by, once)
                refused = refusal_of_constraint(str(error.orig)) or (
                    Conflict() if attempt == ATTEMPTS else None
                )
                if refused is not None:
                    self._record_refusal(command, by, refused)
                    raise refused from error
            except OperationalError as error:
                if attempt == ATTEMPTS or not _worth_retrying(error):
                    log.warning("database unavailable", command=type(command).__name__, error=str(error.orig))
                    raise Unavailable from error
        raise AssertionError("unreachable")  # pragma: no cover

    def _attempt(self, command: Command[T], by: Actor, once: Once | None) -> T:
        with self.database.writing.begin() as session:
            ctx = self._context(session, command, by)
            if once is not None:
                refuse_replay(ctx, once)
            result = _carry_out(ctx, command)
            if once is not None:
                keep_answer(ctx, once, result)
        return result

    def _context(self, session: Session, command: Command[Any], by: Actor) -> Context:
        now = self.clock.now()
        return Context(session, actor=by.at(now), now=now, host=self.host, command=type(command).__name__)

    def _replay_if_overtaken(self, by: Actor, once: Once | None) -> None:
        """A repetition that had to wait for the first one's locks finds its answer only now."""
        if once is None:
            return
        with self.database.reading() as session:
            row = answered(session, by, once)
        if row is not None and row.fingerprint == once.fingerprint:
            raise Replayed(row.answer)

    def _record_refusal(self, command: Command[Any], by: Actor, refusal: Refusal) -> None:
        """A refusal is a fact: the work rolled back, who tried what is kept in a transaction of its own."""
        try:
            with self.database.writing.begin() as session:
                _put_on_record(self._context(session, command, by), refusal, _identifiers(command))
        except OperationalError as error:
            log.warning("refusal not recorded", command=type(command).__name__, error=str(error.orig))


def _carry_out(ctx: Context, command: Command[T]) -> T:
    """Verdict, deed and entry."""
    command.authorise(ctx)
    result = command.run(ctx)
    # A case that was stored has its entry already, in its own chain.
    if command.recorded and (ctx.facts or not ctx.on_record):
        audit.append(ctx)
    return result


def _put_on_record(ctx: Context, refusal: Refusal, asked: dict[str, Any]) -> None:
    """The entry of a refusal: its code, its sentence, what was aimed at."""
    ctx.record("refused", code=refusal.code, sentence=str(refusal)[:LONGEST_SENTENCE], asked=asked)
    audit.append(ctx)


@dataclass(frozen=True, slots=True)
class Part:
    """A command inside a running one, of a batch of work or not: by whom, under its own verdict and name."""

    ctx: Context
    by: Actor
    batch: int | None
    command: str

    def _own(self) -> Context:
        ctx = self.ctx
        return Context(
            ctx.session, actor=self.by, now=ctx.now, host=ctx.host, command=self.command, batch=self.batch
        )

    def carry_out(self, command: Command[T]) -> T:
        """Run ``command``; its refusal undoes what it did and nothing else, and is raised."""
        try:
            with self.ctx.session.begin_nested():
                return _carry_out(self._own(), command)
        except IntegrityError as error:
            named = refusal_of_constraint(str(error.orig))
            if named is None:
                raise
            raise named from error

    def put_on_record(self, refusal: Refusal, **asked: object) -> None:
        """A refusal is a fact here too, with what was aimed at; it stands or falls with the command."""
        _put_on_record(self._own(), refusal, asked)


def _identifiers(command: Command[Any]) -> dict[str, Any]:
    """Which object was aimed at: plain numbers and keys only, never what was typed."""
    names = (
        "item_id",
        "case_id",
        "number",
        "procedure",
        "division",
        "notice_id",
        "account_id",
        "attachment_id",
        "username",
        "endpoint",
    )
    asked = {name: getattr(command, name) for name in names if hasattr(command, name)}
    return {name: value[:LONGEST_ASKED] if isinstance(value, str) else value for name, value in asked.items()}


def _worth_retrying(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", None) in _TRANSIENT_STATES - {"55P03"}


def digest_of(value: object, salt: str = "") -> str:
    """Salted SHA-256 of a JSON value: how answers enter the audit chain without their words."""
    return hashlib.sha256(salt.encode() + text_of(value)).hexdigest()


def text_of(value: object) -> bytes:
    """The one text of a JSON value that its digest is of."""
    return orjson.dumps(value, default=float, option=orjson.OPT_SORT_KEYS)
