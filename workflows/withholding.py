"""From whom a case is kept: the persons and units a petition complains of, whatever office they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Integer, Select, String, and_, delete, insert, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from workflows.cases import Case
from workflows.db import Base

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from workflows.commands import Actor, Context, StandIn

PERSON, UNIT = "person", "unit"


class CaseWithheld(Base):
    """One person or unit that must not learn of a case."""

    __tablename__ = "case_withheld"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    who: Mapped[int] = mapped_column(Integer, primary_key=True)


def withhold(ctx: Context, number: str, people: Iterable[int], units: Iterable[int]) -> None:
    """Keep the case of that number from these, instead of those before; only who handles it still sees it."""
    case_id = ctx.session.execute(select(Case.id).where(Case.number == number)).scalar_one()
    rows = [{"case_id": case_id, "kind": PERSON, "who": who} for who in people]
    rows += [{"case_id": case_id, "kind": UNIT, "who": who} for who in units]
    ctx.session.execute(delete(CaseWithheld).where(CaseWithheld.case_id == case_id))
    ctx.session.execute(update(Case).where(Case.id == case_id).values(kept=True))
    if rows:
        ctx.session.execute(insert(CaseWithheld), rows)


def kept_from(actor: Actor | StandIn) -> Select[Any]:
    """The ids of the cases kept from ``actor``; a household is not the committee of its village."""
    return select(CaseWithheld.case_id).where(
        or_(
            and_(CaseWithheld.kind == PERSON, CaseWithheld.who == (actor.person_id or 0)),
            and_(CaseWithheld.kind == UNIT, CaseWithheld.who.in_(actor.units)),
        )
    )


def is_kept(session: Session, actor: Actor | StandIn, case_id: int) -> bool:
    """Whether the case is kept from ``actor``."""
    return session.scalar(kept_from(actor).where(CaseWithheld.case_id == case_id).limit(1)) is not None


def people(session: Session, case_id: int) -> set[int]:
    """The persons a case is kept from."""
    asked = select(CaseWithheld.who).where(CaseWithheld.case_id == case_id, CaseWithheld.kind == PERSON)
    return set(session.scalars(asked))
