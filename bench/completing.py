"""One completed work item and one started case at executor level, against the floor."""

import statistics

from app import plugs
from bench import floor
from bench.office import Office
from bench.rows import said
from bench.stock import StockStep
from bench.traffic import STRAIGHT, MeasuredDesks
from workflows.running import CompleteWorkItem, StartCase

CASES, WARMING, PEER_STEPS = 60, 4, 5
BUDGETS = {
    "sqlite": {CompleteWorkItem: 3, StartCase: 6},
    "postgresql": {CompleteWorkItem: 6, StartCase: 6},
}
NAMES = {CompleteWorkItem: "complete one work item", StartCase: "start a case"}


def measure(databases, folder):
    """Forms, sealing, engine, journal and audit included: what `Executor.execute` does."""
    url = databases.fresh("office")
    office = Office(url, folder)
    desks = MeasuredDesks(office, first=1_000_000)
    for _ in range(WARMING):
        desks.begun(STRAIGHT)
    plugs.set_aside()
    desks.forget()
    peer = StockStep()
    for _ in range(CASES):
        desks.begun(STRAIGHT)
        for _ in range(PEER_STEPS):
            peer.take()
    floors = _floors(databases, office, url)
    said("stock SpiffWorkflow: load, complete, dump", databases.kind, peer.times, state_bytes=peer.bytes)
    stock = statistics.median(peer.times)
    for kind, budget in BUDGETS[databases.kind].items():
        median, cpu = statistics.median(desks.times[kind]), statistics.median(desks.cpu[kind])
        more = {"cpu_ms": cpu, "stock_ms": stock, "ratio_to_stock": median / stock}
        said(NAMES[kind], databases.kind, desks.times[kind], budget=budget, floor=floors[kind], **more)
    databases.drop(url)


def _floors(databases, office, url):
    """The same work once more to see what it writes, then those rows by the driver on a copy from before."""
    desks = MeasuredDesks(office, first=1_100_000)
    office.database.dispose()
    before = databases.copied(url, "floor")
    desks.writes = floor.Writes(office.database)
    for _ in range(CASES):
        desks.begun(STRAIGHT)
    office.database.dispose()
    times = floor.played_back(before, desks.writes.commands)
    databases.drop(before)
    return {kind: statistics.median(each) for kind, each in times.items()}
