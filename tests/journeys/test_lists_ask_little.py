"""Lists ask the database as often for many rows as for two; a page never shows more than twenty."""

import pytest
from sqlalchemy import event

from app.security.demo import identity_number
from tests.journeys.town import CADRE, COUNTY, LEDGER, TOWNSHIP

FEW, MANY = 2, 23


def asked(town, who, address):
    """How many statements a page takes, and how many rows it shows."""
    person = town.person(who) if who else town.stranger()
    counted = []

    def count(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("PRAGMA", "BEGIN")):
            counted.append(statement)

    # The first time also fetches what is kept for later.
    person.open(address)
    event.listen(town.executor.database.reader, "before_cursor_execute", count)
    try:
        page = person.open(address)
    finally:
        event.remove(town.executor.database.reader, "before_cursor_execute", count)
    assert page.status == 200
    return len(counted), len(page.rows)


def compare(town, step, pages, afterwards=lambda _number: None):
    """Each page asks as often with many cases that came to `step` as with few."""
    seen = []
    for first, last in ((0, FEW), (FEW, MANY)):
        for serial in range(first, last):
            identity = identity_number("150602", "19700101", serial)
            afterwards(town.up_to(step, by=CADRE, head_identity=identity))
        town.work()
        seen.append({page: asked(town, *page) for page in pages})
    few, many = seen
    for page in pages:
        assert FEW <= few[page][1] < 20, page
        assert many[page][1] == 20, page
        assert few[page][0] == many[page][0], f"{page}: {few[page]} {many[page]}"


@pytest.mark.seconds(120)
def test_lists_of_work_ask_as_often_for_many_rows_as_for_two(town):
    pages = [(CADRE, "/"), (CADRE, "/done"), (CADRE, "/started"), (CADRE, "/cases"), (COUNTY, "/cases")]

    compare(town, "village_review", pages)


@pytest.mark.seconds(120)
def test_registers_and_notices_ask_as_often_for_many_rows_as_for_two(town):
    pages = [(COUNTY, f"/registers/{LEDGER}"), (None, "/notices?when=past"), (TOWNSHIP, "/done")]

    compare(town, "county_decision", pages, lambda number: town.brief(number, "county_decision"))


@pytest.mark.seconds(120)
def test_notices_in_their_period_ask_as_often_for_many_rows_as_for_two(town):
    pages = [(None, "/notices"), (CADRE, "/notices")]

    compare(town, "publicity", pages, lambda number: town.brief(number, "publicity"))
