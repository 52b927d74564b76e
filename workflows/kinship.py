"""Whom a case is about, and whose relatives: people keep away from both (回避), and declare these (亲属申报).

A case is about the household of its subject: whose identity number it names, and the members its answers
list. A declaration says the identity number of a relative, or the household in which the relative lives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import select

from workflows.cases import Case

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from sqlalchemy.orm import Session

    from workflows.commands import Actor, StandIn
    from workflows.ports import Directory


class Household(Protocol):
    """A case as far as it says whom it is about."""

    @property
    def subject(self) -> Mapping[str, Any]:
        """Whom it is about."""
        ...

    @property
    def variables(self) -> Mapping[str, Any]:
        """What was answered in it, by step."""
        ...


def people_of(case: Household) -> frozenset[str]:
    """The keyed hashes of the subject and of the members of its household; none for what is no household."""
    subject = case.subject
    if not (subject.get("identity") and subject.get("key")):
        return frozenset()
    members = (found for answers in case.variables.values() for found in _listed(answers))
    return frozenset((subject["key"], *members))


def _listed(answers: object) -> Iterator[str]:
    """The sealed identity numbers in the rows of a form's answers: one row a member."""
    if isinstance(answers, dict):
        for rows in answers.values():
            for row in rows if isinstance(rows, list) else ():
                for value in row.values() if isinstance(row, dict) else ():
                    if isinstance(value, dict) and value.get("kind") == "identity" and "hash" in value:
                        yield value["hash"]


class Applied(Protocol):
    """A case as far as it says who applied."""

    @property
    def started_by_id(self) -> int | None:
        """Who started it."""
        ...

    @property
    def subject(self) -> Mapping[str, Any]:
        """Whom it is about, and whether they started it themselves."""
        ...


class OfHousehold(Applied, Household, Protocol):
    """A case that says both."""


def applied(case: Applied, person: Actor) -> bool:
    """Whether the person started the case for themselves."""
    return bool(case.subject.get("self")) and case.started_by_id == person.person_id


def is_own(case: OfHousehold, person: Actor) -> bool:
    """Whether the case is the person's own: they applied, or they are of the household it is about."""
    return applied(case, person) or (person.identity is not None and person.identity in people_of(case))


def owners(session: Session, directory: Directory, case: OfHousehold) -> set[int]:
    """Whose own the case is, of everybody registered."""
    people = people_of(case)
    own = directory.people_with(session, people) if people else set()
    if case.subject.get("self") and case.started_by_id is not None:
        own.add(case.started_by_id)
    return own


def related(
    session: Session, directory: Directory, case: Household, actor: Actor, absent: StandIn | None
) -> str | None:
    """The name of who declared somebody of the household a relative: the actor, or whom they stand in for.

    Asks nothing where the actor has declared nobody; else one question, by index.
    """
    hands = {actor.person_id or 0: actor.name} if actor.has_relatives else {}
    if absent is not None:
        hands[absent.person_id] = absent.name
    people = people_of(case) if hands else frozenset()
    if not people:
        return None
    declared = directory.relatives(session, hands)
    return next((name for person, name in hands.items() if people & declared.get(person, frozenset())), None)


class OfCase(Protocol):
    """An item of a case."""

    @property
    def case_id(self) -> int:
        """Its case."""
        ...


def declared_by(session: Session, directory: Directory, person: Actor) -> frozenset[str]:
    """The keyed hashes of the relatives somebody declared; asks nothing where they declared nobody."""
    if not (person.has_relatives and person.person_id):
        return frozenset()
    return directory.relatives(session, (person.person_id,)).get(person.person_id, frozenset())


def among(session: Session, tasks: Sequence[OfCase], people: AbstractSet[str]) -> set[int]:
    """The cases of these items about a household to which one of these people belongs, by keyed hash."""
    if not (people and tasks):
        return set()
    ids = {task.case_id for task in tasks}
    cases = session.execute(select(Case.id, Case.subject, Case.variables).where(Case.id.in_(ids)))
    return {case.id for case in cases if people & people_of(case)}
