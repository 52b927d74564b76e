"""Keeping one's own phrases: add, change, put in order, delete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.phrases.models import LONGEST, Phrase
from workflows.commands import Command
from workflows.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from workflows.commands import Context

MOST_PHRASES = 50


class UnknownPhrase(NotFound):
    """No such phrase, or somebody else's."""

    code = "phrase.unknown"
    sentence = "没有找到这条常用意见，可能已经删除。"


class TooManyPhrases(Conflict):
    """The person keeps as many as may be kept."""

    code = "phrase.too_many"
    sentence = f"常用意见最多 {MOST_PHRASES} 条，请先删去不用的。"


class KeptAlready(Conflict):
    """The person has this very phrase."""

    code = "phrase.twice"
    sentence = "这条意见已经在您的常用意见里了。"


def _mine(ctx: Context) -> list[Phrase]:
    """The actor's phrases in their order, locked, so that two devices do not give one place twice."""
    query = select(Phrase).where(Phrase.person_id == ctx.actor.person_id).order_by(Phrase.place, Phrase.id)
    return list(ctx.session.scalars(query.with_for_update()))


def _one(ctx: Context, phrase_id: int) -> Phrase:
    found: Phrase | None = next((phrase for phrase in ctx.memory["mine"] if phrase.id == phrase_id), None)
    if found is None:
        raise UnknownPhrase
    return found


def _clean(text: str, others: list[Phrase]) -> str:
    """The words without blanks around them; raises Invalid for none or too many, KeptAlready."""
    words = "\n".join(line.strip() for line in text.strip().splitlines() if line.strip())
    if not words:
        raise Invalid({"text": "请写下意见的内容。"})
    if len(words) > LONGEST:
        raise Invalid({"text": f"一条意见最多 {LONGEST} 个字，现有 {len(words)} 个字，请精简。"})
    if any(phrase.text == words for phrase in others):
        raise KeptAlready
    return words


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseCommand(Command[int]):
    """A change among one's own phrases; gives the id of the phrase it was about."""

    def authorise(self, ctx: Context) -> None:
        """Whoever is signed in, and only among their own."""
        ctx.require(ctx.actor.person_id is not None)
        ctx.memory["mine"] = _mine(ctx)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPhrase(PhraseCommand):
    """存为常用意见, behind those there are."""

    text: str

    def run(self, ctx: Context) -> int:
        mine: list[Phrase] = ctx.memory["mine"]
        words = _clean(self.text, mine)
        ctx.require(len(mine) < MOST_PHRASES, TooManyPhrases)
        row = Phrase(
            person_id=ctx.actor.person_id or 0, text=words, place=max((p.place for p in mine), default=0) + 1
        )
        ctx.session.add(row)
        ctx.session.flush()
        ctx.record(f"person:{ctx.actor.person_id}", phrase=row.id)
        return row.id


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePhrase(PhraseCommand):
    """改常用意见."""

    phrase_id: int
    text: str

    def run(self, ctx: Context) -> int:
        row = _one(ctx, self.phrase_id)
        row.text = _clean(self.text, [phrase for phrase in ctx.memory["mine"] if phrase is not row])
        ctx.record(f"person:{ctx.actor.person_id}", phrase=row.id)
        return row.id


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePhrase(PhraseCommand):
    """Put a phrase one place up (-1) or down (1) among one's own; at the end it stays."""

    phrase_id: int
    by: int

    def run(self, ctx: Context) -> int:
        mine: list[Phrase] = ctx.memory["mine"]
        row = _one(ctx, self.phrase_id)
        old = mine.index(row)
        new = min(max(old + (1 if self.by > 0 else -1), 0), len(mine) - 1)
        mine.insert(new, mine.pop(old))
        for place, phrase in enumerate(mine, start=1):
            phrase.place = place
        ctx.record(f"person:{ctx.actor.person_id}", phrase=row.id, place=new + 1)
        return row.id


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletePhrase(PhraseCommand):
    """删常用意见."""

    phrase_id: int

    def run(self, ctx: Context) -> int:
        row = _one(ctx, self.phrase_id)
        ctx.session.delete(row)
        ctx.record(f"person:{ctx.actor.person_id}", phrase=row.id)
        return row.id
