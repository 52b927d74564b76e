"""Lists ask the database as often for many rows as for two; a page never shows more than twenty."""

import pytest
from sqlalchemy import event

from app.organisation import queries as people
from app.security.demo import identity_number
from tests.journeys.town import CADRE, COUNTY, LEDGER, TOWNSHIP
from workflows.copies import SendCopies
from workflows.handling import SuspendCase

ADMIN = "dongsheng-admin1"

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


def rest_of(town, who, address):
    """How many rows stand on the page after the first."""
    person = town.person(who)
    first = person.open(address)
    following = person.open(first.link("下一页"))
    assert not set(first.all(".cell-what")) & set(following.all(".cell-what"))
    return len(following.rows)


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


@pytest.mark.seconds(120)
def test_what_is_sent_round_asks_as_often_for_many_rows_as_for_two(town):
    reader = town.read(people.account_named, TOWNSHIP).person_id

    def send(number):
        town.perform(SendCopies(number=number, kind="circulate", to_person_ids=(reader,)), CADRE)

    compare(town, "household_check", [(TOWNSHIP, "/copies"), (TOWNSHIP, "/copies?show=all")], send)
    assert rest_of(town, TOWNSHIP, "/copies") == MANY - 20


@pytest.mark.seconds(120)
def test_cases_at_rest_ask_as_often_for_many_rows_as_for_two(town):
    def rest(number):
        town.perform(SuspendCase(number=number, reason="等批复"), ADMIN)

    compare(town, "household_check", [(ADMIN, "/handling"), (CADRE, "/")], rest)
    assert rest_of(town, ADMIN, "/handling") == MANY - 20


@pytest.mark.seconds(120)
def test_steps_that_stand_long_ask_as_often_for_many_rows_as_for_two(town):
    def wait(_number):
        town.clock.advance(days=31)

    compare(town, "household_check", [(ADMIN, "/handling?show=standing")], wait)
    assert rest_of(town, ADMIN, "/handling?show=standing") == MANY - 20
