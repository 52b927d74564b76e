"""What reaches outside: leased in one transaction, sent in none, marked in another.

A mail server that answers slowly therefore holds no lock, and one that is away delays nothing but its own
letters: each kind has a thread of its own. Nothing is sent twice unless a sender dies between sending and
marking; then it is sent once more, under the same key.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from workflows import outbox
from workflows.clock import SystemClock
from workflows.commands import SYSTEM, Command, Context
from workflows.ports import Unsent

if TYPE_CHECKING:
    from workflows.clock import Clock
    from workflows.commands import Executor
    from workflows.ports import Effect, Noting

LEASE = timedelta(minutes=5)
"""Longer than any attempt lasts: each has to end by itself after a minute."""

IDLE_SECONDS = 1.0
"""How long a sender with nothing to do, or with a server that is away, waits before it looks again."""

LAST_WORDS = 45.0
"""How long a worker that is told to stop lets a sender finish."""

BROKEN = "发送时程序出错，原因已记入运行日志。"

log = structlog.get_logger("sending")


@dataclass(frozen=True, slots=True)
class Leased:
    """An effect that is one sender's alone for a while."""

    effect: Effect
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseNext(Command["Leased | None"]):
    """Take the oldest due effect of a kind to oneself; ``machine`` is the machine's time."""

    recorded = False

    kind: str
    machine: datetime

    def authorise(self, ctx: Context) -> None:
        """Only the system sends."""
        ctx.require(ctx.actor.kind == "system")

    def run(self, ctx: Context) -> Leased | None:
        """Lock one, write down whose it is."""
        word = secrets.token_hex(16)
        effect = outbox.lease(ctx, self.kind, word, machine=self.machine, until=self.machine + LEASE)
        return Leased(effect, word) if effect else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkSent(Command[bool]):
    """Note that a leased effect was sent; False when another sender had taken it over."""

    recorded = False

    leased: Leased
    noting: Noting | None = None

    def authorise(self, ctx: Context) -> None:
        """Only the system sends."""
        ctx.require(ctx.actor.kind == "system")

    def run(self, ctx: Context) -> bool:
        """It is delivered now; what came of it is written down by whoever still holds the lease."""
        held = outbox.sent(ctx, self.leased.effect.id, self.leased.word)
        if held and self.noting is not None:
            self.noting(ctx)
        return held


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkUnsent(Command[bool]):
    """Note why a leased effect could not be sent, and when to try again."""

    recorded = False

    leased: Leased
    fault: str
    final: bool = False

    def authorise(self, ctx: Context) -> None:
        """Only the system sends."""
        ctx.require(ctx.actor.kind == "system")

    def run(self, ctx: Context) -> bool:
        """It waits longer after each attempt; after a final no it waits for the administrator."""
        return outbox.unsent(ctx, self.leased.effect.id, self.leased.word, self.fault, final=self.final)


def send_due(
    executor: Executor, kind: str, machine: Clock | None = None, stop: threading.Event | None = None
) -> int:
    """Send what is due of one kind, until nothing is or one could not be sent; gives how many were sent."""
    clock, count = machine or SystemClock(), 0
    while not (stop and stop.is_set()):
        leased = _lease(executor, kind, clock.now())
        if leased is None or not _send(executor, leased):
            break
        count += 1
    return count


def drain(executor: Executor, machine: Clock | None = None) -> int:
    """Send what is due of every kind that has a way out; gives how many were sent."""
    return sum(send_due(executor, kind, machine) for kind in sorted(executor.host.deliverers.ways))


def _lease(executor: Executor, kind: str, machine: datetime) -> Leased | None:
    with executor.database.reading() as session:
        if not outbox.anything_to_send(session, kind, executor.clock.now(), machine):
            return None
    return executor.execute(LeaseNext(kind=kind, machine=machine), by=SYSTEM)


def _send(executor: Executor, leased: Leased) -> bool:
    """Send one and mark it; False when it could not be sent."""
    effect = leased.effect
    try:
        with executor.database.reading() as session:
            send = executor.host.deliverers.prepare(session, effect)
        # From here to the mark nothing is held: no transaction, no connection, no lock.
        noting = send() if send is not None else None
    except Unsent as refused:
        log.warning("not sent", effect_id=effect.id, kind=effect.kind, fault=str(refused))
        executor.execute(MarkUnsent(leased=leased, fault=str(refused), final=refused.final), by=SYSTEM)
        return False
    except Exception:
        log.exception("sending broken", effect_id=effect.id, kind=effect.kind)
        executor.execute(MarkUnsent(leased=leased, fault=BROKEN), by=SYSTEM)
        return False
    if not executor.execute(MarkSent(leased=leased, noting=noting), by=SYSTEM):
        log.warning("sent by two", effect_id=effect.id, kind=effect.kind)
    return True


def start(executor: Executor, stop: threading.Event) -> list[threading.Thread]:
    """One thread for each kind that has a way out; they end when ``stop`` is set."""
    threads = [
        threading.Thread(target=_run, args=(executor, kind, stop), name=f"sending {kind}", daemon=True)
        for kind in sorted(executor.host.deliverers.ways)
    ]
    for thread in threads:
        thread.start()
    return threads


def _run(executor: Executor, kind: str, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            done = send_due(executor, kind, stop=stop)
        except Exception:
            log.exception("sending round failed", kind=kind)
            done = 0
        if not done:
            stop.wait(IDLE_SECONDS)
