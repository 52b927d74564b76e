"""The one long-running loop: due timers and promised effects; any number of workers may run at once.

What reaches outside is sent beside it, on threads of its own: see `workflows.sending`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from workflows import campaigns, outbox, reminding, sending, timers
from workflows.commands import SYSTEM, Command, Context, Executor
from workflows.designing import effective, migrating, migration_rows
from workflows.errors import Refusal, Unavailable
from workflows.waking import WakeCase

if TYPE_CHECKING:
    from collections.abc import Hashable

    from workflows.ports import Chore, Effect

IDLE_SECONDS = 1.0
"""How long a worker with nothing to do waits before it looks again."""

PAGE = 50
"""So many due cases are looked up at a time."""

_FIRST_ASIDE, _LONGEST_ASIDE = timedelta(minutes=1), timedelta(hours=1)

log = structlog.get_logger("worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverNext(Command["Effect | None"]):
    """Deliver the oldest due effect that stays inside, if any; deliverer and mark share one transaction."""

    recorded = False

    def authorise(self, ctx: Context) -> None:
        """Only the system delivers."""
        ctx.require(ctx.actor.kind == "system")

    def run(self, ctx: Context) -> Effect | None:
        """Lock one, deliver it, mark it."""
        effect = outbox.due(ctx, outside=ctx.host.deliverers.outside)
        if effect is None:
            return None
        ctx.memory["effect"] = effect
        try:
            ctx.host.deliverers.deliver(ctx, effect)
        except Exception as fault:
            raise DeliveryFailed(effect.id, str(fault)) from fault
        outbox.delivered(ctx, effect)
        return effect


class DeliveryFailed(Exception):
    """A deliverer could not do it now."""

    def __init__(self, effect_id: int, fault: str) -> None:
        super().__init__(fault)
        self.effect_id = effect_id
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class CountFailure(Command[None]):
    """Note a failed delivery and when to try again."""

    recorded = False

    effect_id: int
    fault: str

    def authorise(self, ctx: Context) -> None:
        """Only the system counts."""
        ctx.require(ctx.actor.kind == "system")

    def run(self, ctx: Context) -> None:
        """Raise the count and the waiting time."""
        outbox.failed(ctx, self.effect_id, self.fault)


class Aside:
    """Cases that could not be woken or begun, left alone for a while, longer each time; the log named them.

    Only this worker's courtesy: a case stays due, and whoever mends it may wake it at once.
    """

    def __init__(self) -> None:
        self._tries: dict[Hashable, tuple[int, datetime]] = {}

    def put(self, case_id: Hashable, now: datetime) -> None:
        """Leave the case alone from now on: a minute, two, four ... at most an hour."""
        tries, _ = self._tries.get(case_id, (0, now))
        rest = min(_LONGEST_ASIDE, _FIRST_ASIDE * 2**tries)
        self._tries[case_id] = (tries + 1, now + rest)

    def rests(self, case_id: Hashable, now: datetime) -> bool:
        """Whether it is still to be left alone."""
        return case_id in self._tries and now < self._tries[case_id][1]

    def forget(self, case_id: Hashable) -> None:
        """It could be woken after all."""
        self._tries.pop(case_id, None)


def drain(executor: Executor, aside: Aside | None = None, *, page: int = PAGE) -> int:
    """Fire every timer and deliver every inside effect that is due now; gives how many things were done."""
    resting = aside or Aside()
    done = 0
    while (
        batch := _put_in_force(executor, resting)
        + _start_campaigns(executor, resting, page)
        + _wake_all(executor, resting, page)
        + _remind_all(executor, resting, page)
        + _move_cases(executor, page)
        + _deliver_batch(executor)
    ) or _do_chores(executor):
        done += batch
    return done


def _do_chores(executor: Executor) -> int:
    """A little of what the office keeps up; it counts as nothing fired or delivered."""
    return sum(_chore(chore, executor) for chore in executor.host.chores)


def _chore(chore: Chore, executor: Executor) -> int:
    try:
        return chore(executor)
    except Unavailable:
        raise
    except Exception:
        # What is kept up beside the cases must not stop them; it is named in the log each round.
        log.exception("chore broken", chore=getattr(chore, "__qualname__", str(chore)))
        return 0


def _put_in_force(executor: Executor, aside: Aside) -> int:
    """Every version whose time has come; gives how many came into force."""
    with executor.database.reading() as session:
        keys = effective.procedures_due(session, executor.clock.now())
    return sum(
        _trying(executor, effective.TakeEffect(procedure=key), aside, ("version", key)) or 0 for key in keys
    )


def _start_campaigns(executor: Executor, aside: Aside, page: int) -> int:
    """Write down what has begun, then give each unit's period its case; gives how many cases began."""
    now = executor.clock.now()
    with executor.database.reading() as session:
        keys = campaigns.procedures_due(session, now)
    for key in keys:
        _trying(executor, campaigns.OpenPeriods(procedure=key), aside, key)
    begun = 0
    behind: campaigns.Due | None = None
    while True:
        with executor.database.reading() as session:
            due = campaigns.starts_due(session, page, behind=behind)
        if not due:
            return begun
        for each in due:
            command = campaigns.StartCampaign(
                procedure=each.procedure_key, division=each.division, begins_at=each.begins_at
            )
            begun += _trying(executor, command, aside, each) is not None
        behind = due[-1]


def _trying(executor: Executor, command: Command[int | None], aside: Aside, what: Hashable) -> int | None:
    """What the command gives; None where it was refused, after which it rests for a while."""
    now = executor.clock.now()
    if aside.rests(what, now):
        return None
    try:
        found = executor.execute(command, by=SYSTEM)
        aside.forget(what)
        return found
    except Unavailable:
        raise
    except Refusal as refusal:
        log.warning("not begun", what=str(what), code=refusal.code, sentence=str(refusal))
    except Exception:
        # One broken one must not stop the others; it stays due and is named in the log each time.
        log.exception("beginning broken", what=str(what))
    aside.put(what, now)
    return None


def _wake_all(executor: Executor, aside: Aside, page: int) -> int:
    """Every case that is due, once; page by page, so that cases which stay due are in nobody's way."""
    now, woken = executor.clock.now(), 0
    behind: timers.DueCase | None = None
    while True:
        with executor.database.reading() as session:
            due = timers.cases_due(session, now, page, behind=behind)
        if not due:
            return woken
        woken += sum(_wake(executor, each.case_id, aside, now) for each in due)
        behind = due[-1]


def _wake(executor: Executor, case_id: int, aside: Aside, now: datetime) -> bool:
    if aside.rests(case_id, now):
        return False
    try:
        woken = executor.execute(WakeCase(case_id=case_id), by=SYSTEM)
        aside.forget(case_id)
        return woken
    except Unavailable:
        raise
    except Refusal as refusal:
        log.warning("case not woken", case_id=case_id, code=refusal.code, sentence=str(refusal))
    except Exception:
        # One broken case must not stop the others; it stays due and is named in the log each time.
        log.exception("case broken", case_id=case_id)
    aside.put(case_id, now)
    return False


def _remind_all(executor: Executor, aside: Aside, page: int) -> int:
    """Every reminder that is due, page by page; none by night or on a day off."""
    now, told = executor.clock.now(), 0
    behind: reminding.DueItem | None = None
    while True:
        with executor.database.reading() as session:
            due = reminding.items_due(session, now, page, behind=behind)
        if not due:
            return told
        told += sum(_remind(executor, each.item_id, aside, now) for each in due)
        behind = due[-1]


def _remind(executor: Executor, item_id: int, aside: Aside, now: datetime) -> bool:
    what = ("remind", item_id)
    if aside.rests(what, now):
        return False
    try:
        return executor.execute(reminding.RemindItem(item_id=item_id), by=SYSTEM)
    except Unavailable:
        raise
    except Exception:
        # One broken case must not stop the others; its reminder stays due and is named in the log each time.
        log.exception("reminder broken", item_id=item_id)
    aside.put(what, now)
    return False


def _move_cases(executor: Executor, page: int) -> int:
    """Judge and move cases of migrations, each by its own command; a refusal is noted with its reason."""
    with executor.database.reading() as session:
        rows = migration_rows.rows_due(session, page)
    return sum(_move_case(executor, row_id, moving) for row_id, moving in rows)


def _move_case(executor: Executor, row_id: int, moving: bool) -> bool:  # noqa: FBT001 (as the row says)
    command = migrating.MigrateCase(row_id=row_id) if moving else migrating.JudgeCase(row_id=row_id)
    try:
        return executor.execute(command, by=SYSTEM)
    except Unavailable:
        raise
    except Refusal as refusal:
        code, sentence = refusal.code, str(refusal)
    except Exception:
        # One broken case must not stop the others; the log names it, the report says that it stayed.
        log.exception("case not moved", row_id=row_id)
        code, sentence = "migration.broken", "迁移时发生意外，办件没有变动；请联系系统管理员查看日志。"
    return executor.execute(migrating.SettleCase(row_id=row_id, code=code, sentence=sentence), by=SYSTEM)


def _deliver_batch(executor: Executor, most: int = 200) -> int:
    for count in range(most):
        try:
            if executor.execute(DeliverNext(), by=SYSTEM) is None:
                return count
        except DeliveryFailed as failed:
            log.warning("effect not delivered", effect_id=failed.effect_id, fault=failed.fault)
            executor.execute(CountFailure(effect_id=failed.effect_id, fault=failed.fault), by=SYSTEM)
    return most


def run(executor: Executor, stop: threading.Event) -> None:
    """Drain until ``stop`` is set, sending beside it; survives a database that comes and goes."""
    log.info("worker started")
    aside = Aside()
    senders = sending.start(executor, stop)
    while not stop.is_set():
        try:
            done = drain(executor, aside)
        except Exception:
            log.exception("worker round failed")
            done = 0
        if not done:
            stop.wait(IDLE_SECONDS)
    for sender in senders:
        sender.join(sending.LAST_WORDS)
    log.info("worker stopped")
