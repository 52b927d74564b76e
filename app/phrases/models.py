"""The table of a person's own phrases."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.db import Base, BigId
from workflows.errors import constraint

LONGEST = 200

constraint("uq_phrase_person_id_text", "phrase.twice", "这条意见已经在您的常用意见里了。")


class Phrase(Base):
    """One phrase of one person, in the place they gave it."""

    __tablename__ = "phrase"
    __table_args__ = (UniqueConstraint("person_id", "text", name="uq_phrase_person_id_text"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(String(LONGEST))
    place: Mapped[int] = mapped_column(Integer)
