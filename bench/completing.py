"""One completed work item and one started case at executor level, against the floor."""

import statistics

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
    desk = MeasuredDesks(office, first=1_000_000)
    for _ in range(WARMING):
        desk.begun(STRAIGHT)
    office.database.dispose()
    before = databases.copied(url, "floor")
    desk.forget()
    desk.writes = floor.Writes(office.database)
    peer = StockStep()
    for _ in range(CASES):
        desk.begun(STRAIGHT)
        for _ in range(PEER_STEPS):
            peer.take()
    floors = floor.played_back(before, desk.writes.commands)
    said("stock SpiffWorkflow: load, complete, dump", databases.kind, peer.times, state_bytes=peer.bytes)
    stock = statistics.median(peer.times)
    for kind, budget in BUDGETS[databases.kind].items():
        least, median = statistics.median(floors[kind]), statistics.median(desk.times[kind])
        cpu = statistics.median(desk.cpu[kind])
        more = {"cpu_ms": cpu, "stock_ms": stock, "ratio_to_stock": median / stock}
        said(NAMES[kind], databases.kind, desk.times[kind], budget=budget, floor=least, **more)
    office.database.dispose()
