"""What the engine room asks of the office, answered: directory, form shelf, operations, deliverers, clock."""

from __future__ import annotations

import gc
from functools import partial
from typing import TYPE_CHECKING, Any

from app import logs
from app.attachments.shelf import Shelf
from app.cases import tasks as case_tasks
from app.comparing.working import keep_trying
from app.copies.queries import count_unread as count_copies
from app.delivery import DELIVERERS
from app.demo.clock import DemoClock
from app.designer import trying
from app.evidence.nightly import rebuild
from app.inbox.queries import count_open
from app.messages import sending
from app.messages import tasks as message_tasks
from app.messages.channels import Channels, opened
from app.messages.queries import count_unread
from app.messages.undelivered import count_failing
from app.notices import tasks as notice_tasks
from app.orders import tasks as order_tasks
from app.organisation.directory import Directory
from app.papers import filling, issuing
from app.papers import tasks as paper_tasks
from app.registers import on_file
from app.registers import tasks as register_tasks
from app.searching.keeping import keep_up
from app.security import sealing, signatures
from app.security.clearing import clear_sessions
from app.supervision.alerts.finding import count_broken
from app.supervision.keeping import keep_counts
from workflows.clock import SystemClock
from workflows.commands import Executor
from workflows.db import Database
from workflows.errors import Refusal
from workflows.opening import FILLED_PAPER
from workflows.ports import Host
from workflows.seals import nightly

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.settings import Settings
    from workflows.clock import Clock
    from workflows.commands import Context
    from workflows.ports import Effect, Noting, OperationCall

OPERATIONS: dict[str, Callable[[Context, OperationCall], Mapping[str, Any]]] = {
    **case_tasks.OPERATIONS,
    **notice_tasks.OPERATIONS,
    **paper_tasks.OPERATIONS,
    **message_tasks.OPERATIONS,
    **register_tasks.OPERATIONS,
    **order_tasks.OPERATIONS,
}
"""Every operation a diagram may name."""

ON_CASES = notice_tasks.ON_CASES
"""What else is done when somebody ends a case, or lets it rest and go on."""


COUNTS = {
    "inbox": count_open,
    "copies": count_copies,
    "messages": count_unread,
    "undelivered": count_failing,
    "broken": count_broken,
}
"""What the menu counts, each asked with the reading session and the actor."""


YOUNG, MIDDLE, OLD = 10_000, 20, 50
"""How many new objects, and how many rounds over them, before the next older ones are looked through."""


def set_aside() -> None:
    """Leave what was loaded at the start out of the garbage collector's rounds: it stays anyway.

    Parsed diagrams and forms are hundreds of thousands of objects; going through them again and again
    costs a request more than its own work.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)


class UnknownOperation(Refusal):
    """A diagram names an operation that no one performs."""

    code = "operation.unknown"
    sentence = "流程图要求的操作“{operation}”没有登记，办件未变动；请管理员检查流程图。"


class RegisteredOperations:
    """Answers ports.Operations from the table above."""

    def perform(self, ctx: Context, call: OperationCall) -> Mapping[str, Any]:
        """Do it; raises UnknownOperation."""
        task = OPERATIONS.get(call.operation) or ON_CASES.get(call.operation)
        if task is None:
            raise UnknownOperation(operation=call.operation)
        return task(ctx, call)


class RegisteredDeliverers:
    """Answers ports.Deliverers: an effect of unknown kind fails loudly and stays visible."""

    outside = frozenset({*sending.KINDS.values(), issuing.PDF})

    def __init__(self, folder: Path, channels: Channels | None = None) -> None:
        self._folder = folder
        self._channels = channels or Channels()
        self.ways = frozenset({*(sending.KINDS[name] for name in self._channels.open), issuing.PDF})
        self._deliverers: dict[str, Callable[[Context, Mapping[str, Any]], None]] = {
            **DELIVERERS,
            message_tasks.MESSAGE: partial(message_tasks.deliver, channels=self._channels.open),
            FILLED_PAPER: filling.keep,
        }

    def deliver(self, ctx: Context, effect: Effect) -> None:
        """Hand the effect to the deliverer of its kind."""
        self._deliverers[effect.kind](ctx, effect.payload)

    def prepare(self, session: Session, effect: Effect) -> Callable[[], Noting | None] | None:
        """What sets the paper, or sends the letter: every other outside effect is one."""
        if effect.kind == issuing.PDF:
            return issuing.prepare(self._folder, session, effect.payload)
        return sending.prepare(session, self._channels, effect)


def executor(settings: Settings, clock: Clock | None = None) -> Executor:
    """Everything plugged together over the configured database."""
    # Whoever runs commands logs them; an unconfigured logger would print a form's contents with a fault.
    logs.configure(settings.log_folder)
    sealing.configure(settings.data_key)
    database = Database(settings.database_url)
    deliverers = RegisteredDeliverers(settings.data_dir, opened(settings.outside))
    host = Host(
        Directory(),
        Shelf(on_file.found),
        RegisteredOperations(),
        deliverers,
        chores=(keep_up, keep_counts, keep_trying, nightly, rebuild, clear_sessions),
        sealer=signatures.opened(settings),
        office=trying.OFFICE,
    )
    chosen = clock or (DemoClock(database) if settings.demo else SystemClock())
    return Executor(database, chosen, host)
