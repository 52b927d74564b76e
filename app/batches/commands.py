"""Beginning a batch, dealing with its items one by one, calling off the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import insert, update

from app.batches import handling, judging
from app.batches.judging import COMPLETE, REMIND, TRANSFER, Kin
from app.batches.models import DROPPED, OPEN, WHAT, Batch, BatchItem
from app.organisation import queries as people
from workflows import outbox
from workflows.commands import Command
from workflows.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from workflows.commands import Context

MOST = 200
"""So many items at most in one batch."""

LONGEST = 2000


class UnknownBatch(NotFound):
    """No such batch, or somebody else's."""

    code = "batch.unknown"
    sentence = "没有找到这一批，可能编号有误。"


class BatchOver(Conflict):
    """Nothing is left to call off."""

    code = "batch.over"
    sentence = "这一批已经办完，没有可取消的了。"


@dataclass(frozen=True, slots=True)
class Pick:
    """An item as it was picked: its id, and its revision as the list showed it."""

    item_id: int
    revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginBatch(Command[int]):
    """批量办理: take down what is asked of which items, and promise to deal with each. Gives the batch's id.

    Nothing is decided here about any item: that happens one by one, each by its own command.
    """

    action: str
    picks: tuple[Pick, ...]
    conclusion: str | None = None
    opinion: str | None = None
    to_person_id: int | None = None
    reason: str | None = None

    def authorise(self, ctx: Context) -> None:
        """Anyone with an account; the powers over each item are asked with its own command."""
        ctx.require(ctx.actor.account_id is not None and ctx.actor.person_id is not None)

    def run(self, ctx: Context) -> int:
        """Write it down and promise one effect an item."""
        errors = self._faults()
        if errors:
            raise Invalid(errors)
        kin = self._kin(ctx)
        row = Batch(
            account_id=ctx.actor.account_id,
            person_id=ctx.actor.person_id,
            person=ctx.actor.name,
            device=ctx.actor.device[:160],
            action=self.action,
            conclusion=self.conclusion or None,
            opinion=(self.opinion or "").strip() or None,
            to_id=self.to_person_id,
            to=people.person_name(ctx.session, self.to_person_id) if self.to_person_id else None,
            reason=(self.reason or "").strip() or None,
            kin=kin.key,
            about=kin.about,
            total=len(self.picks),
            created_at=ctx.now,
        )
        ctx.session.add(row)
        ctx.session.flush()
        self._promise(ctx, row.id)
        said = {"action": self.action, "conclusion": row.conclusion, "to": row.to_id, WHAT: row.about}
        facts = {name: value for name, value in said.items() if value}
        ctx.record("batches", batch=row.id, items=[pick.item_id for pick in self.picks], **facts)
        return row.id

    def _faults(self) -> dict[str, str]:
        errors = {}
        if self.action not in judging.ACTIONS:
            errors["action"] = f"只能是 {'、'.join(judging.ACTIONS)} 之一。"
        if not self.picks:
            errors["items"] = "请至少选择一件待办。"
        elif len(self.picks) > MOST:
            errors["items"] = f"一次最多批量办理 {MOST} 件，请分次办理。"
        elif len({pick.item_id for pick in self.picks}) < len(self.picks):
            errors["items"] = "同一件待办选了两次。"
        elif self.action != REMIND and any(pick.revision is None for pick in self.picks):
            errors["items"] = "每件都须带上读取待办时得到的 revision。"
        if self.action == TRANSFER:
            errors |= {} if self.to_person_id else {"to": "请选择本单位的一位同事。"}
            errors |= {} if (self.reason or "").strip() else {"reason": "请写明转办的原因。"}
        spoken = {"conclusion": self.conclusion, "opinion": self.opinion, "reason": self.reason}
        return errors | {
            name: f"最多 {most} 个字。" for name, most in _LONGEST.items() if len(spoken[name] or "") > most
        }

    def _kin(self, ctx: Context) -> Kin:
        """What most of the items that concern the actor have in common."""
        if self.action not in {COMPLETE, TRANSFER}:
            return Kin()
        ids = [pick.item_id for pick in self.picks]
        seen = judging.seen_by(ctx.session, ctx.actor, ids)
        return judging.most_common([judging.kin_of(seen[one], self.action) for one in ids if one in seen])

    def _promise(self, ctx: Context, batch_id: int) -> None:
        rows = [
            {
                "batch_id": batch_id,
                "place": place,
                "item_id": pick.item_id,
                "revision": pick.revision,
                "state": OPEN,
            }
            for place, pick in enumerate(self.picks)
        ]
        statement = insert(BatchItem).returning(BatchItem.id, sort_by_parameter_order=True)
        for row_id in ctx.session.scalars(statement, rows):
            outbox.promise(ctx, handling.EFFECT, row=row_id)


_LONGEST = {"conclusion": 200, "opinion": LONGEST, "reason": LONGEST}


@dataclass(frozen=True, slots=True, kw_only=True)
class HandleBatchItem(Command[None]):
    """Deal with one item of one's batch now; an item that has its result keeps it."""

    recorded: ClassVar[bool] = False

    row_id: int

    def authorise(self, ctx: Context) -> None:
        """Whose batch it is."""
        row = ctx.session.get(BatchItem, self.row_id)
        if row is None:
            raise UnknownBatch
        own(ctx, row.batch_id)

    def run(self, ctx: Context) -> None:
        """The same as the worker does, in a transaction of this item's own."""
        handling.handle(ctx, self.row_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBatch(Command[int]):
    """取消批量办理: what is not done yet stays open in the list. Gives how many items that were."""

    batch_id: int

    def authorise(self, ctx: Context) -> None:
        """Whose batch it is."""
        own(ctx, self.batch_id)

    def run(self, ctx: Context) -> int:
        """Drop the items first and lock the batch last, as whoever deals with an item does."""
        waiting = (BatchItem.batch_id == self.batch_id, BatchItem.state == OPEN)
        found: Any = ctx.session.execute(
            update(BatchItem).where(*waiting).values(state=DROPPED, settled_at=ctx.now)
        )
        if not found.rowcount:
            raise BatchOver
        row = ctx.session.get_one(Batch, self.batch_id, with_for_update=True, populate_existing=True)
        row.cancelled_at = row.finished_at = ctx.now
        ctx.record("batches", batch=self.batch_id, dropped=found.rowcount)
        return int(found.rowcount)


def own(ctx: Context, batch_id: int) -> Batch:
    """The batch of whoever asks; raises UnknownBatch."""
    row = ctx.session.get(Batch, batch_id)
    if row is None or ctx.actor.account_id is None or row.account_id != ctx.actor.account_id:
        raise UnknownBatch
    return row
