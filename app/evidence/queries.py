"""What the security officer is shown of a case whose personal data are to be erased: nothing about people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from workflows import proving
from workflows.cases import CANCELLED, ENDED, STATE_WORDS, Case

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class ErasableCase:
    """A case by its number, its procedure and how it stands."""

    number: str
    procedure: str
    state: str
    over: bool
    erased_by: int | None
    """The entry of its chain that erased it already."""


def erasable(session: Session, number: str) -> ErasableCase | None:
    """The case of that number; None where there is none."""
    query = select(Case.number, Case.procedure_name, Case.state).where(Case.number == number)
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    erased = dict(proving.erasures(session, number)).get(number)
    over = row.state in {ENDED, CANCELLED}
    return ErasableCase(row.number, row.procedure_name, STATE_WORDS[row.state], over, erased)
