"""One completed work item and one started case at executor level, against the floor."""

import statistics

from bench import floor
from bench.office import Office
from bench.rows import said
from bench.traffic import STRAIGHT, MeasuredDesks
from workflows.running import CompleteWorkItem, StartCase

CASES, WARMING = 60, 4
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
    desk.times, desk.writes = {}, floor.Writes(office.database)
    for _ in range(CASES):
        desk.begun(STRAIGHT)
    floors = floor.played_back(before, desk.writes.commands)
    for kind, budget in BUDGETS[databases.kind].items():
        least = statistics.median(floors[kind])
        said(NAMES[kind], databases.kind, desk.times[kind], budget=budget, floor=least)
    office.database.dispose()
