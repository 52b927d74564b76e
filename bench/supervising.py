"""What a supervisor's first page costs when a million cases have been counted."""

import re
from datetime import timedelta
from itertools import islice, product

from sqlalchemy import func, insert, select, text

from app import create_app
from app.organisation.models import Division
from app.security import demo
from app.supervision.counting import FIGURES
from app.supervision.measures import A_DAY, BANDS
from app.supervision.models import DayCount, OpenCount
from bench.office import Office
from bench.rows import held, said, timed
from workflows.clock import end_of_day, local_date

CASES, OPEN = 1_000_000, 100_000
DAYS, PROCEDURES, STEPS = 360, 20, 6
DUE_FROM, DUE_UNTIL = -5, 15
"""Limits of what is open run out on these days from today."""

SUPERVISOR, COUNTY = "dongsheng-supervisor1", "150602"
ROUNDS, WARMING, AT_ONCE = 20, 3, 20_000
BUDGET_MS = 1_000


def measure(databases, folder):
    """Rows for one database: the page as the server makes it, from counts as many cases leave them."""
    url = databases.fresh("supervised")
    office = Office(url, folder)
    places = _places(office)
    with office.database.engine.begin() as connection:
        for table, rows in ((DayCount, _days(office, places)), (OpenCount, _open(office, places))):
            while some := list(islice(rows, AT_ONCE)):
                connection.execute(insert(table.__table__), some)
    with office.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in ("day_count", "open_count"):
            connection.execute(text(f"ANALYZE {name}"))
    _tell(databases.kind, office)
    office.database.dispose()
    databases.drop(url)


def _places(office):
    """How large a part of the county's cases each area holds: the county, its townships, their villages."""
    with office.database.reading() as session:
        asked = select(Division.code).where(Division.code.startswith(COUNTY))
        codes = set(session.scalars(asked))
    townships = [code for code in codes if code.endswith("000") and not code.endswith("000000")]
    parts = {f"{COUNTY}000000": 1.0}
    for township in townships:
        parts[township] = 1 / len(townships)
        villages = [code for code in codes if code[:9] == township[:9] and code != township]
        parts |= dict.fromkeys(villages, parts[township] / len(villages) if villages else 0)
    return parts


def _versions():
    return product((f"measured_{n}" for n in range(PROCEDURES)), (f"step_{n}" for n in range(STEPS)))


def _days(office, places):
    """Every step of every case, opened and done on one of the days."""
    today = local_date(office.clock.now())
    for (area, part), (key, step), back in product(places.items(), _versions(), range(DAYS)):
        number = round(CASES * part / PROCEDURES / DAYS) or 1
        figures = dict.fromkeys(FIGURES, 0) | {
            "opened": number,
            "done": number,
            "late": number // 20,
            "returned": number // 10,
            "refused": number // 50,
            "minutes": number * A_DAY,
            "limited": number,
            "limit_minutes": number * 3 * A_DAY,
            f"b{back % BANDS}": number,
        }
        yield _of(area, key, step) | {"day": today - timedelta(days=back)} | figures


def _open(office, places):
    """What is open, by the days on which its limits run out."""
    today, spread = local_date(office.clock.now()), DUE_UNTIL - DUE_FROM
    for (area, part), (key, step), day in product(places.items(), _versions(), range(DUE_FROM, DUE_UNTIL)):
        number = round(OPEN * part / PROCEDURES / STEPS / spread) or 1
        yield _of(area, key, step) | {"due_at": end_of_day(today + timedelta(days=day)), "number": number}


def _of(area, key, step):
    return {"area": area, "procedure_key": key, "version_id": 1, "step": step}


def _tell(kind, office):
    client = create_app(office.settings, office.clock).test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    sent = {"username": SUPERVISOR, "password": demo.PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=sent).status_code == 303
    times = [timed(lambda: _expect(client.get("/supervision"))) for _ in range(WARMING + ROUNDS)]
    with office.database.reading() as session:
        rows = session.scalar(select(func.count()).select_from(DayCount))
    held("supervision, counts kept", kind, rows, unit="rows", cases=CASES)
    said("supervisor's first page, cold", kind, times[:1], budget=BUDGET_MS, cases=CASES)
    said("supervisor's first page", kind, times[WARMING:], budget=BUDGET_MS, cases=CASES)


def _expect(answer):
    assert answer.status_code == 200, answer.text
