"""How long a seal takes over many changed heads, and how long it holds up whoever writes meanwhile."""

import time
from datetime import timedelta

from sqlalchemy import insert

from app.security.signatures import Ed25519Sealer
from bench.office import Office
from bench.rows import held
from workflows import seals
from workflows.audit import AuditEntry
from workflows.commands import CONSOLE
from workflows.seals import SealTrail

HEADS, AT_ONCE, BUDGET_SECONDS = 200_000, 5_000, 60


def measure(databases, folder):
    """One seal over streams that all grew, after one over none of them."""
    url = databases.fresh("seal")
    office = Office(url, folder)
    executor = office.executor
    object.__setattr__(executor.host, "sealer", Ed25519Sealer(bytes(32), folder / "seals"))
    seals.seal(executor, by=CONSOLE)
    _grown(office, executor.clock.now() + timedelta(minutes=1))
    began = time.perf_counter()
    leaves = None
    if databases.kind == "sqlite":
        with office.database.reading() as session:
            leaves = seals.gathered(session, executor.clock.now())
    locked = time.perf_counter()
    made = executor.execute(SealTrail(leaves=leaves), by=CONSOLE)
    ended = time.perf_counter()
    assert made.leaves >= HEADS
    more = {"budget": BUDGET_SECONDS, "writing_s": ended - locked}
    held(f"seal over {HEADS} heads", databases.kind, ended - began, unit="seconds", **more)
    office.database.dispose()
    databases.drop(url)


def _grown(office, at):
    with office.database.engine.begin() as connection:
        for start in range(0, HEADS, AT_ONCE):
            rows = [
                {
                    "stream": f"case:BENCH-{number:07d}",
                    "seq": 1,
                    "at": at,
                    "command": "StartCase",
                    "actor_id": None,
                    "body": "{}",
                    "hash": f"{number:064x}",
                }
                for number in range(start, start + AT_ONCE)
            ]
            connection.execute(insert(AuditEntry.__table__), rows)
