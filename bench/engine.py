"""The engine's state, what is parsed when, how fast the record verifies."""

import statistics

from sqlalchemy import select

from bench import growth
from bench.office import Office
from bench.rows import held, timed
from bench.traffic import MeasuredDesks
from workflows import audit, cases, catalogue, spiff
from workflows.cases import Case

FIVE_STEPS = ("apply", "check", "review", "post", "end", "approve")
STATE_BYTES, ENTRIES_A_SECOND = 4096, 50_000
CASES_VERIFIED = 20_000


def measure(databases, folder):
    """Rows for one database."""
    url = databases.fresh("engine")
    office = Office(url, folder)
    desks = MeasuredDesks(office, first=2_000_000)
    _state(databases.kind, office, desks)
    _parses(databases.kind, office, desks)
    office.database.dispose()
    databases.drop(url)
    _verification(databases, folder)


def _state(kind, office, desks):
    sizes = []
    for acts in (FIVE_STEPS, (*FIVE_STEPS[:4], "object", *FIVE_STEPS[1:])):
        subject = desks.begun(acts)
        with office.database.reading() as session:
            sizes.append(
                len(session.scalars(select(Case.engine_state).where(Case.id == subject.case_id)).one())
            )
    held("engine state after 5 steps", kind, sizes[0], unit="bytes", budget=STATE_BYTES)
    held("engine state after an objection and 5 more", kind, sizes[1], unit="bytes", budget=STATE_BYTES)


def _parses(kind, office, desks):
    """As the server does it: what is in force is parsed at the start, then requests come."""
    with office.database.reading() as session:
        catalogue.in_force(session)
    counted, parse = [], spiff.parse
    catalogue.spiff.parse = lambda *given: counted.append(given) or parse(*given)
    try:
        for _ in range(5):
            desks.begun(FIVE_STEPS)
    finally:
        catalogue.spiff.parse = parse
    held("diagrams parsed while 5 cases ran", kind, len(counted), unit="count", budget=0)


def _verification(databases, folder):
    base = databases.fresh("record")
    growth.block(base, folder)
    office = growth.grown(base, folder, CASES_VERIFIED)
    rates, entries = [], 0
    for _ in range(3):
        with office.database.reading() as session:
            found = []
            took = timed(lambda s=session, f=found: f.append(audit.verify(s, heads=cases.heads(s))))
        assert found[0].sound
        entries = found[0].entries
        rates.append(entries / took * 1000)
    rate = statistics.median(rates)
    held(
        "audit verification",
        databases.kind,
        rate,
        unit="entries_per_s",
        budget=ENTRIES_A_SECOND,
        least=True,
        entries=entries,
    )
    office.database.dispose()
    databases.drop(base)
