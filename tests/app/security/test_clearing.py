"""Rows of sessions that are over go by night, by the application's clock; nobody is signed out by it."""

from sqlalchemy import func, select

from app.security import clearing
from app.security.clearing import clear_sessions
from app.security.models import WebSession
from app.security.queries import AuditFilter, audit_entries
from tests.clock import START, TurnableClock
from workflows import worker
from workflows.commands import CONSOLE

CADRE, BUREAU = "zhejialiang-cadre1", "dongsheng-rvb1"
NIGHT = START.replace(hour=2)


def rows(app):
    with app.extensions["executor"].database.reading() as session:
        return session.scalar(select(func.count()).select_from(WebSession))


def entries(app):
    with app.extensions["executor"].database.reading() as session:
        return audit_entries(session, CONSOLE, AuditFilter(stream=clearing.STREAM))


def test_what_is_over_goes_by_night_and_who_is_signed_in_stays(app, browser, another, clock):
    executor = app.extensions["executor"]
    browser.sign_in(CADRE)
    clock.advance(hours=25)
    assert clear_sessions(executor, clock) == 0, "by day nothing goes"
    clock.set(NIGHT)
    clock.advance(days=2)
    another.sign_in(BUREAU)

    assert clear_sessions(executor, clock) == 1

    assert rows(app) == 1
    assert another.get("/me").status_code == 200
    assert browser.get("/me").status_code == 303
    assert clear_sessions(executor, clock) == 0
    [entry] = entries(app)
    assert (entry.command, entry.facts["cleared"]) == ("ClearSessions", 1)


def test_the_longest_session_that_rules_allow_is_left_alone(app, browser, clock):
    executor = app.extensions["executor"]
    clock.set(NIGHT)
    browser.sign_in(CADRE)
    clock.advance(days=1)

    assert clear_sessions(executor, clock) == 0
    clock.advance(seconds=1)
    assert clear_sessions(executor, clock) == 1


def test_a_clock_turned_ahead_of_the_machines_signs_nobody_out(app, browser, clock):
    machine = TurnableClock(clock.now())
    browser.sign_in(CADRE)
    clock.set(NIGHT)
    clock.advance(days=400)

    assert clear_sessions(app.extensions["executor"], machine) == 0
    assert rows(app) == 1


def test_many_go_in_several_transactions(app, browser, clock, monkeypatch):
    monkeypatch.setattr(clearing, "AT_ONCE", 2)
    for _ in range(3):
        browser.sign_in(CADRE)
        browser.post("/sign-out", "/me")
    clock.set(NIGHT)
    clock.advance(days=3)

    assert [clear_sessions(app.extensions["executor"], clock) for _ in range(3)] == [2, 1, 0]


def test_the_worker_does_it(app, browser, clock):
    assert clear_sessions in app.extensions["executor"].host.chores
    browser.sign_in(CADRE)
    clock.set(NIGHT)
    clock.advance(days=2)

    worker.drain(app.extensions["executor"])

    assert rows(app) == 0
