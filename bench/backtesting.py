"""How long a draft takes to be tried on a thousand real cases: journals read, replayed, compared."""

import time
from dataclasses import replace

from app.comparing.working import A_FEW, tried
from bench.office import ROOT, Office
from bench.rows import held
from bench.traffic import STRAIGHT, MeasuredDesks
from workflows import calendars, catalogue
from workflows.designing import backtesting, folders
from workflows.designing.comparing.wording import Words

PLAYED, CASES, BUDGET_SECONDS = 25, 1_000, 60
KEY, OLD, NEW = "fp_01_ds", '"审核通过"</bpmn', '"审核通过" and 1 = 1</bpmn'


def measure(databases, folder):
    """A few cases played to their end, and read and replayed until a thousand are."""
    url = databases.fresh("backtest")
    office = Office(url, folder)
    desks = MeasuredDesks(office, first=1_200_000)
    for _ in range(PLAYED):
        desks.begun(STRAIGHT)
    bundle = folders.read(ROOT / "bpmn", ROOT / "forms" / "definitions", KEY)
    changed = bundle.diagrams["process.bpmn"].replace(OLD, NEW)
    release = catalogue.prepare(replace(bundle, diagrams={"process.bpmn": changed}), version_id=-1)
    assert changed != bundle.diagrams["process.bpmn"]
    words, kinds, began = Words.of(release, {}), set(), time.perf_counter()
    for start in range(0, CASES, A_FEW):
        with office.database.reading() as session:
            days = calendars.of(session)
            for past in backtesting.read(session, [1 + (start + n) % PLAYED for n in range(A_FEW)]):
                kinds.add(tried(session, past, release, words, days, assume=True)["kind"])
    seconds = time.perf_counter() - began
    assert kinds == {"same"}, kinds
    budget = {"budget": BUDGET_SECONDS, "ratio": seconds / BUDGET_SECONDS}
    held(f"backtest of {CASES} cases", databases.kind, seconds, unit="seconds", **budget)
    databases.drop(url)
