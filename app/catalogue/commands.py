"""草稿: putting an application away before it is handed in, throwing it away, handing it in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from app.catalogue.models import StartDraft
from app.catalogue.queries import startable
from workflows import catalogue
from workflows.commands import Command
from workflows.errors import Conflict, NotFound
from workflows.opening import TYPED_BEFORE
from workflows.ports import About
from workflows.running import MayNotStart, StartCase, Started

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.catalogue import Release
    from workflows.commands import Context

MOST_DRAFTS = 50
LONGEST_ABOUT, LONGEST_PICKED = 60, 40

PICKED = "_on_file"
"""Where a draft keeps by which number whom it is about was picked."""


class UnknownDraft(NotFound):
    """No such draft, or somebody else's."""

    code = "draft.unknown"
    sentence = "没有找到该草稿：可能已经提交或删除。"


class DraftChanged(Conflict):
    """The same draft was saved elsewhere after this page was opened."""

    code = "draft.changed"
    sentence = (
        "这份草稿在您打开后又在别处保存过。您填写的内容仍在页面上；再按“存为草稿”会另存一份，不会覆盖那一份。"
    )


class TooManyDrafts(Conflict):
    """The person keeps as many as may be kept."""

    code = "draft.too_many"
    sentence = f"草稿最多保存 {MOST_DRAFTS} 份，请先提交或删除不用的草稿。"


def own(ctx: Context, draft_id: int) -> StartDraft:
    """The actor's draft of that number, locked; raises UnknownDraft."""
    row = ctx.session.get(StartDraft, draft_id, with_for_update=True)
    if row is None or ctx.actor.person_id is None or row.person_id != ctx.actor.person_id:
        raise UnknownDraft
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveStartDraft(Command[int]):
    """存草稿: keep a start form as typed, unchecked; over ``draft_id`` where there is one. Gives its id."""

    procedure: str
    division: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    draft_id: int | None = None
    revision: int | None = None
    picked: str = ""
    """The number of the register's row or case by which whom it is about was picked."""

    def authorise(self, ctx: Context) -> None:
        """Whoever may start the procedure somewhere; a draft there is already must be their own."""
        release = catalogue.current(ctx.session, self.procedure, ctx.now)
        ctx.require(startable(ctx.actor, release), MayNotStart, name=release.name)
        ctx.memory["release"] = release
        if self.draft_id is not None:
            row = own(ctx, self.draft_id)
            ctx.require(row.procedure_key == self.procedure, UnknownDraft)
            ctx.require(self.revision in (None, row.revision), DraftChanged)
            ctx.memory["draft"] = row

    def run(self, ctx: Context) -> int:
        """Seal what is personal, keep the rest as typed."""
        release: Release = ctx.memory["release"]
        row: StartDraft = ctx.memory.get("draft") or self._fresh(ctx, release)
        first = release.start_element()
        form = release.forms.get(first.form or "") if first else None
        # Without a form nothing is asked, so nothing that could hold a plain number is kept.
        row.answers = self._kept(ctx, form, row.answers) if form else {}
        row.about = _about(release, row.answers)
        row.division = self.division[:12]
        row.revision += 1
        row.saved_at = ctx.now
        ctx.session.flush()
        ctx.record(f"person:{ctx.actor.person_id}", draft=row.id, procedure=self.procedure)
        return row.id

    def _kept(self, ctx: Context, form: str, before: Mapping[str, Any]) -> dict[str, Any]:
        about = About(self.division, {"on_file": self.picked} if self.picked else {})
        kept = ctx.host.forms.keep(ctx, form, self.answers, before, about=about)
        return {**kept, PICKED: self.picked[:LONGEST_PICKED]} if self.picked else kept

    def _fresh(self, ctx: Context, release: Release) -> StartDraft:
        mine = select(func.count()).where(StartDraft.person_id == ctx.actor.person_id)
        ctx.require((ctx.session.scalar(mine) or 0) < MOST_DRAFTS, TooManyDrafts)
        row = StartDraft(
            person_id=ctx.actor.person_id or 0,
            procedure_key=release.key,
            procedure_name=release.name,
            answers={},
            about="",
            division=self.division[:12],
            revision=0,
            saved_at=ctx.now,
        )
        ctx.session.add(row)
        return row


def _about(release: Release, answers: Mapping[str, Any]) -> str:
    """What was typed where the procedure says whom the case is about."""
    key = str(release.meta.get("subject", {}).get("name") or "").rpartition(".")[2]
    named = answers.get(key)
    return named.strip()[:LONGEST_ABOUT] if isinstance(named, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardStartDraft(Command[None]):
    """删草稿: throw one of one's own drafts away."""

    draft_id: int

    def authorise(self, ctx: Context) -> None:
        """Only whose it is."""
        ctx.memory["draft"] = own(ctx, self.draft_id)

    def run(self, ctx: Context) -> None:
        row: StartDraft = ctx.memory["draft"]
        ctx.session.delete(row)
        ctx.record(f"person:{ctx.actor.person_id}", draft=row.id, procedure=row.procedure_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFromDraft(StartCase):
    """发起 what was put away: the case begins and its draft ends, both or neither."""

    draft_id: int

    def authorise(self, ctx: Context) -> None:
        """Whoever may start the case, from a draft of their own."""
        StartCase.authorise(self, ctx)
        row = own(ctx, self.draft_id)
        ctx.require(row.procedure_key == self.procedure, UnknownDraft)
        ctx.memory["draft"] = row
        # A masked number that comes back stands for the one sealed in the draft.
        ctx.memory[TYPED_BEFORE] = row.answers

    def run(self, ctx: Context) -> Started:
        started = StartCase.run(self, ctx)
        ctx.session.delete(ctx.memory["draft"])
        return started
