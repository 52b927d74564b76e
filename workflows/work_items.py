"""Work items (待办): what an office must do next for a case; offered, claimed, done or withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    select,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column

from workflows.acting import acting_pairs, in_own_right, may_hold, standing, takers
from workflows.cases import SUSPENDED, Case
from workflows.clock import LOCAL
from workflows.db import Base, BigId, JsonText, UtcDateTime, only_where
from workflows.errors import Conflict, NotAllowed, NotFound

if TYPE_CHECKING:
    from workflows.commands import Actor

__all__ = ["acting_pairs", "may_hold", "takers"]

OFFERED, CLAIMED, DONE, WITHDRAWN = "offered", "claimed", "done", "withdrawn"
HELD, PLANNED, TAKEN_BACK = "held", "planned", "taken_back"
OPEN = (OFFERED, CLAIMED, HELD, PLANNED)

MOVES = {
    OFFERED: {CLAIMED, DONE, WITHDRAWN},
    CLAIMED: {OFFERED, CLAIMED, HELD, DONE, WITHDRAWN},
    HELD: {CLAIMED, DONE, WITHDRAWN},
    PLANNED: {CLAIMED, WITHDRAWN},
    DONE: {TAKEN_BACK},
    TAKEN_BACK: set[str](),
    WITHDRAWN: set[str](),
}
"""From each state, the states an item may move to; claimed → claimed is a transfer (转办).

Held: decided, but signers added behind it (后加签) have not signed yet. Planned: such a signer's item before
the decision. Taken back: done, then undone by whoever did it (撤回).
"""

STEP, DELEGATED, BEFORE, AFTER = "step", "delegated", "before", "after"
ASIDES = (DELEGATED, BEFORE, AFTER)
"""Kinds of items that no diagram draws: asked for by whoever holds the step's own item, their host."""

NO_LIMIT = datetime(9999, 1, 1, tzinfo=UTC)
"""Where items without a time limit sort: behind all that have one, on both databases."""


class UnknownItem(NotFound):
    """No such item, or none the person may know of."""

    code = "work_item.unknown"
    sentence = "没有找到该待办，可能编号有误。"


class NotYours(NotAllowed):
    """The item belongs to another unit, role or person."""

    code = "work_item.not_yours"
    sentence = "此待办由{whose}办理，您没有办理权限。"


class AlreadyDone(Conflict):
    """Someone was faster."""

    code = "work_item.already_done"
    sentence = "此待办已由{who}于{when}办结，无需重复办理。"


class Withdrawn(Conflict):
    """The case moved on without this item."""

    code = "work_item.withdrawn"
    sentence = "此待办已撤销：办件已转到其他环节，请在办件页查看现状。"


class Held(Conflict):
    """It was decided, and stands once the signers behind it have signed."""

    code = "work_item.held"
    sentence = "“{name}”已作出决定，正等待后加签人签署；要改决定，请先撤回。"


class NotYet(Conflict):
    """A signer behind a decision signs once it is made."""

    code = "work_item.not_yet"
    sentence = "“{name}”须等{who}作出决定后才能办理，届时会通知您。"


class Stale(Conflict):
    """The page shows an older state of the item."""

    code = "work_item.stale"
    sentence = "页面打开后此待办已有变化（{change}），请刷新后核对再提交；您填写的内容仍保留在页面上。"


class IllegalMove(Conflict):
    """That change of state is not in the table."""

    code = "work_item.illegal_move"
    sentence = "待办现在的状态不允许此操作，请刷新查看。"


class WorkItem(Base):
    """One task for one unit: who may do it, by when, what was typed so far, and how it ended."""

    __tablename__ = "work_item"
    __table_args__ = (
        Index("ix_work_item_inbox", "unit_id", "role", "state", "due_sort", "id"),
        Index("ix_work_item_assignee", "assignee_id", "state", "due_sort", "id"),
        Index("ix_work_item_done", "done_by_id", "done_at", "id"),
        Index("ix_work_item_case", "case_id", "state"),
        Index("ix_work_item_host", "host_id"),
        Index("ix_work_item_remind", "remind_at", "id", **only_where("remind_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    case_number: Mapped[str] = mapped_column(String(40))
    procedure_key: Mapped[str] = mapped_column(String(60))
    procedure_name: Mapped[str] = mapped_column(String(120))
    division: Mapped[str] = mapped_column(String(12))
    division_name: Mapped[str] = mapped_column(String(120))
    subject_name: Mapped[str] = mapped_column(String(60))
    task_id: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    form: Mapped[str | None] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[int] = mapped_column(Integer)
    unit: Mapped[str] = mapped_column(String(120))
    assignee_id: Mapped[int | None] = mapped_column(Integer)
    assignee: Mapped[str | None] = mapped_column(String(60))
    round: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(12))
    revision: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_sort: Mapped[datetime] = mapped_column(UtcDateTime)
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When people are reminded of it next, at the stage ``remind_stage``; see reminding."""
    remind_stage: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    place: Mapped[int | None] = mapped_column(Integer)
    """Which of several that do the same step it is, from 0."""
    member: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    """What only this one sees: the element of the list it is for, under the diagram's name for it."""
    draft: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(Integer)
    done_by: Mapped[str | None] = mapped_column(String(60))
    conclusion: Mapped[str | None] = mapped_column(String(60))
    opinion: Mapped[str | None] = mapped_column(Text)
    done_for_id: Mapped[int | None] = mapped_column(Integer)
    """For whom on leave who did it, or decided it, stood in."""
    done_for: Mapped[str | None] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(12), default=STEP, server_default=STEP)
    host_id: Mapped[int | None] = mapped_column(ForeignKey("work_item.id"))
    """Of an aside: the item it was asked for."""
    asked_by_id: Mapped[int | None] = mapped_column(Integer)
    asked_by: Mapped[str | None] = mapped_column(String(60))
    asked_why: Mapped[str | None] = mapped_column(Text)
    return_to: Mapped[str | None] = mapped_column(String(80))
    """The step a returned item goes straight back to (直送退回人) once it is done."""
    case_state: Mapped[str] = column_property(
        select(Case.state).where(Case.id == case_id).correlate_except(Case).scalar_subquery()
    )
    """Where its case stands, read along with it."""

    @property
    def at_rest(self) -> bool:
        """Whether its case is suspended, so that nobody acts on it and its limit does not run."""
        return self.case_state == SUSPENDED


@dataclass(slots=True)
class OpenItem:
    """An open item of a locked case, as plain values."""

    id: int
    case_id: int
    task_id: str
    step: str
    name: str
    form: str | None
    role: str
    unit_id: int
    unit: str
    assignee_id: int | None
    assignee: str | None
    round: int
    state: str
    revision: int
    created_at: datetime
    due_at: datetime | None
    place: int | None
    member: dict[str, Any] | None
    draft: dict[str, Any] | None
    done_at: datetime | None
    done_by: str | None
    procedure_key: str
    kind: str = STEP
    host_id: int | None = None
    asked_by_id: int | None = None
    asked_by: str | None = None
    return_to: str | None = None
    done_by_id: int | None = None
    opinion: str | None = None
    done_for_id: int | None = None
    done_for: str | None = None

    def may(self, actor: Actor) -> bool:
        """Whether ``actor`` may act: in their own right, or for somebody on leave."""
        return in_own_right(self, actor) or standing(self, actor) is not None

    def require(self, actor: Actor) -> None:
        """Refuse unless the item is open and ``actor`` may act on it."""
        if not self.may(actor):
            raise NotYours(whose=self.assignee or self.unit)
        self.require_open()
        if self.state == HELD:
            raise Held(name=self.name)
        if self.state == PLANNED:
            raise NotYet(name=self.name, who=self.asked_by)

    def require_open(self) -> None:
        """Refuse unless the item still waits to be done."""
        if self.state in {DONE, TAKEN_BACK}:
            raise AlreadyDone(who=self.done_by, when=moment(self.done_at))
        if self.state == WITHDRAWN:
            raise Withdrawn

    def require_revision(self, seen: int) -> None:
        """Refuse when the person saw another revision than the stored one."""
        if seen != self.revision:
            raise Stale(change=f"第{seen}版变为第{self.revision}版")


def moment(instant: datetime | None) -> str:
    """An instant as people read it: Beijing time to the minute."""
    return instant.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if instant else ""


def until(instant: datetime) -> str:
    """A limit as people say it: midnight is 24:00 of the day before."""
    local = instant.astimezone(LOCAL)
    return moment(instant) if local.time() != time() else f"{local.date() - timedelta(days=1)} 24:00"


def may_act(item: WorkItem, actor: Actor) -> bool:
    """Whether the actor may act on the item now: it is open, and theirs or their unit's to take."""
    return item.state in {OFFERED, CLAIMED} and (
        in_own_right(item, actor) or standing(item, actor) is not None
    )


def require_move(item: OpenItem, to: str) -> None:
    """Refuse a change of state that the table does not allow."""
    if to not in MOVES[item.state]:
        raise IllegalMove
