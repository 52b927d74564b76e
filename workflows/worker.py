"""The one long-running loop: due timers and promised effects; any number of workers may run at once."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from workflows import outbox, timers
from workflows.commands import SYSTEM, Command, Context, Executor
from workflows.errors import Refusal
from workflows.waking import WakeCase

if TYPE_CHECKING:
    from workflows.ports import Effect

IDLE_SECONDS = 1.0
"""How long a worker with nothing to do waits before it looks again."""

log = structlog.get_logger("worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverNext(Command["Effect | None"]):
    """Deliver the oldest due effect, if any; deliverer and mark share one transaction."""

    recorded = False

    def authorise(self, ctx: Context) -> None:
        """Only the system delivers."""
        ctx.require(ctx.actor.kind == "system")

    def run(self, ctx: Context) -> Effect | None:
        """Lock one, deliver it, mark it."""
        effect = outbox.due(ctx)
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


def drain(executor: Executor) -> int:
    """Fire every timer and deliver every effect that is due now; gives how many things were done."""
    done = 0
    while batch := _wake_batch(executor) + _deliver_batch(executor):
        done += batch
    return done


def _wake_batch(executor: Executor) -> int:
    with executor.database.reading() as session:
        due = timers.cases_due(session, executor.clock.now())
    return sum(_wake(executor, case_id) for case_id in due)


def _wake(executor: Executor, case_id: int) -> bool:
    try:
        return executor.execute(WakeCase(case_id=case_id), by=SYSTEM)
    except Refusal as refusal:
        log.warning("case not woken", case_id=case_id, code=refusal.code, sentence=str(refusal))
    except Exception:
        # One broken case must not stop the others; it stays due and is named in the log each time.
        log.exception("case broken", case_id=case_id)
    return False


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
    """Drain until ``stop`` is set; survives a database that comes and goes."""
    log.info("worker started")
    while not stop.is_set():
        try:
            done = drain(executor)
        except Exception:
            log.exception("worker round failed")
            done = 0
        if not done:
            stop.wait(IDLE_SECONDS)
    log.info("worker stopped")
