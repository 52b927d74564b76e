"""What the engine room asks of its host: who acts, which forms exist, what an operation does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from sqlalchemy.orm import Session

    from workflows.commands import Context, Executor
    from workflows.designing.findings import Office


class Parent(NamedTuple):
    """The case that asks for another: its number, and which element in which round asks."""

    number: str
    element: str
    round: int


@dataclass(frozen=True, slots=True)
class UnitRef:
    """A unit as the engine needs it: its id, its name, its level and its 12-digit division."""

    id: int
    name: str
    level: str
    division: str


@dataclass(frozen=True, slots=True)
class StaffRef:
    """Somebody who handles casework: where, in which role, at which level."""

    person_id: int
    name: str
    role: str
    unit_id: int
    unit: str
    level: str


class Directory(Protocol):
    """Answers who acts for a case."""

    def unit_for(self, session: Session, role: str, level: str, division: str) -> UnitRef:
        """The unit of ``level`` acting in ``role`` for ``division``; raises a Refusal when there is none."""
        ...

    def unit_called(self, session: Session, name: str, role: str, division: str) -> tuple[str, UnitRef]:
        """The role and unit that a diagram names for a case of ``division``.

        ``name`` is a role, a department's key, or a unit's name in the county, which acts in ``role``.
        Raises a Refusal when there is none.
        """
        ...

    def divisions_with(self, session: Session, level: str, within: str) -> list[str]:
        """The 12-digit divisions at or below ``within`` that have a unit of ``level``, by code."""
        ...

    def division_name(self, session: Session, code: str) -> str | None:
        """The name of a 12-digit division, or None when it is unknown."""
        ...

    def holders(self, session: Session, roles: Iterable[str], unit_id: int) -> Mapping[int, str]:
        """Who holds any of ``roles`` in the unit now: person id → name."""
        ...

    def staff(self, session: Session, people: Iterable[int], within: str) -> Mapping[int, StaffRef]:
        """Those of ``people`` who handle casework at or below the division ``within``, by person id."""
        ...

    def people_with(self, session: Session, hashes: Iterable[str]) -> set[int]:
        """The people registered whose identity number has one of these keyed hashes."""
        ...

    def relatives(self, session: Session, people: Iterable[int]) -> Mapping[int, frozenset[str]]:
        """By person id, the keyed hashes of the relatives, and households of relatives, declared so far."""
        ...

    def declarers(self, session: Session, hashes: Iterable[str]) -> set[int]:
        """Who has declared a relative with one of these keyed hashes, or one living in such a household."""
        ...


@dataclass(frozen=True, slots=True)
class About:
    """Whom or what a form is about, as far as it is known: what is on file of it answers for it.

    ``case`` is the number of the case the form belongs to, none where it starts one; ``parent`` of the case
    that began that one. In ``subject`` may stand, beside what a case has there, ``on_file``: the
    number of the register's row or the case it was picked by.
    """

    division: str
    subject: Mapping[str, Any]
    case: str | None = None
    parent: str | None = None


class FormShelf(Protocol):
    """Checks answers against a form and seals what is personal before anything is stored."""

    def check(
        self,
        ctx: Context,
        form: str,
        answers: Mapping[str, Any],
        *,
        scope: Mapping[str, Any],
        previous: Mapping[str, Any] | None,
        about: About,
    ) -> dict[str, Any]:
        """Canonical, sealed answers; raises Invalid with one sentence per field path."""
        ...

    def keep(
        self,
        ctx: Context,
        form: str,
        answers: Mapping[str, Any],
        previous: Mapping[str, Any] | None,
        *,
        about: About,
    ) -> dict[str, Any]:
        """A draft as typed, personal fields sealed, nothing checked."""
        ...

    def claim_files(self, ctx: Context, form: str, answers: Mapping[str, Any], case_id: int) -> None:
        """Bind the actor's own uploads named in ``answers`` to the case, so that its readers may open them.

        Raises Invalid for a file of another case.
        """
        ...


@dataclass(frozen=True, slots=True)
class OperationCall:
    """One service task reached by a token: which operation, with which inputs, for which case."""

    operation: str
    element: str
    name: str
    inputs: Mapping[str, Any]
    case_id: int
    case_number: str
    procedure: str
    division: str
    subject: Mapping[str, Any]
    variables: Mapping[str, Any]
    parameters: Mapping[str, Any]
    round: int = 1
    basis: str = ""
    """The clause the element implements: source file, ｜, quotation; empty where it is a default."""


class Operations(Protocol):
    """Performs the named operations (``notice.post``, ``register.enter`` ...) inside the same transaction."""

    def perform(self, ctx: Context, call: OperationCall) -> Mapping[str, Any]:
        """Do it and give what the case keeps under the element's id."""
        ...


@dataclass(frozen=True, slots=True)
class Effect:
    """One promised effect, as its deliverer sees it."""

    id: int
    kind: str
    payload: Mapping[str, Any]


class Unsent(Exception):
    """Somebody outside could not be given it now.

    The text is for the administrator: plain words, and never what was sent or to whom. ``final`` says that
    trying again as it is would end the same way: it waits for the administrator at once.
    """

    def __init__(self, fault: str, *, final: bool = False) -> None:
        super().__init__(fault)
        self.final = final


Noting: TypeAlias = "Callable[[Context], None]"
"""What a sending leaves to be written down, in the transaction that marks it as done."""


class Deliverers(Protocol):
    """Delivers promised effects after the commit that promised them."""

    @property
    def outside(self) -> frozenset[str]:
        """The kinds that reach outside, or take long, and are therefore sent while no transaction is open."""
        ...

    @property
    def ways(self) -> frozenset[str]:
        """Those of the outside kinds that have a way out of this installation; the others wait."""
        ...

    def deliver(self, ctx: Context, effect: Effect) -> None:
        """Deliver inside the transaction; any exception means: try again later."""
        ...

    def prepare(self, session: Session, effect: Effect) -> Callable[[], Noting | None] | None:
        """Look up what is needed to send an outside effect; gives what sends it and asks no database.

        None when nobody wants it any more. The sending raises Unsent: try again later; what it gives, if
        anything, is written down with the mark.
        """
        ...


class Chore(Protocol):
    """Something the office keeps up after the commits, a little at a time, whenever a worker looks."""

    def __call__(self, executor: Executor, /) -> int:
        """Do a little of it; gives how much was done, 0 when nothing waits."""
        ...


class SealKey(NamedTuple):
    """A public key that seals are checked with: how it signs, and its bytes in hexadecimal."""

    algorithm: str
    public: str


class Sealer(Protocol):
    """Signs the seals of the trail and checks such signatures; says where the files of seals lie."""

    @property
    def algorithm(self) -> str:
        """How it signs: ``ed25519`` or ``sm2``."""
        ...

    @property
    def public_key(self) -> bytes:
        """What others check its signatures with."""
        ...

    @property
    def folder(self) -> Path:
        """Where seals are written outside the database."""
        ...

    def sign(self, body: bytes) -> bytes:
        """The signature over ``body``."""
        ...

    def holds(self, body: bytes, signature: bytes, by: SealKey) -> bool:
        """Whether the signature over ``body`` is that key's, its own or an earlier one."""
        ...


@dataclass(frozen=True, slots=True)
class Host:
    """Everything the engine room borrows from the office."""

    directory: Directory
    forms: FormShelf
    operations: Operations
    deliverers: Deliverers
    chores: tuple[Chore, ...] = ()
    sealer: Sealer | None = None
    office: Office | None = None
    """What the office offers to diagrams, for the lint: the roles there are, how its forms are read."""
