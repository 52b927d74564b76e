"""A row of the report: what was measured, the figure, what it is held against."""

import json
import statistics
import time

DIGITS = 3


def timed(act):
    """Milliseconds that ``act`` took."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def p95(times):
    """The value that 95 of 100 stay below."""
    return sorted(times)[int(len(times) * 0.95)]


def said(bench, database, times, *, budget=None, floor=None, **more):
    """Print the row of a measured time; gives its median."""
    median = statistics.median(times)
    row = {"bench": bench, "database": database, "median_ms": median, "p95_ms": p95(times)}
    if floor:
        row |= {"floor_ms": floor, "ratio": median / floor}
    if budget is not None:
        row |= {"budget": budget, "met": median <= budget}
    tell({**row, "n": len(times), **more})
    return median


def held(bench, database, value, *, unit, budget=None, least=False, **more):
    """Print the row of a figure that is no time; with ``least`` the budget is what it must reach."""
    row = {"bench": bench, "database": database, unit: value}
    if budget is not None:
        row |= {"budget": budget, "met": value >= budget if least else value <= budget}
    tell({**row, **more})


def tell(row):
    """One JSON object on one line."""
    shown = {key: round(value, DIGITS) if isinstance(value, float) else value for key, value in row.items()}
    print(json.dumps(shown, ensure_ascii=False), flush=True)
