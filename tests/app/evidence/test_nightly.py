"""By night cases are rebuilt from their records; an audit officer hears of what differs."""

import orjson
from sqlalchemy import select, text

from app.messages.models import Message
from tests.clock import START
from workflows import worker
from workflows.audit import AuditEntry


def nights(office):
    query = select(AuditEntry.body).where(AuditEntry.stream == "rebuilds:night").order_by(AuditEntry.seq)
    with office.executor.database.reading() as session:
        return [orjson.loads(body)["facts"] for body in session.scalars(query)]


def at_two_o_clock(office, days):
    office.clock.set(START.replace(hour=2))
    office.clock.advance(days=days)
    worker.drain(office.executor)


def test_once_a_night_and_never_by_day(office):
    office.start()
    worker.drain(office.executor)
    assert nights(office) == []

    at_two_o_clock(office, 1)
    at_two_o_clock(office, 1)
    assert [night["checked"] for night in nights(office)] == [1]

    at_two_o_clock(office, 2)
    assert [(night["checked"], night["differing"]) for night in nights(office)] == [(1, 0), (1, 0)]


def test_a_case_that_differs_is_named_to_the_audit_officer(office):
    number = office.start()
    with office.executor.database.engine.begin() as connection:
        connection.execute(text("UPDATE cases SET rounds = '{}'"))

    at_two_o_clock(office, 1)
    worker.drain(office.executor)

    [night] = nights(office)
    assert night["found"][0][0] == number
    with office.executor.database.reading() as session:
        query = select(Message).where(Message.person_id == office.actor("audit-officer").person_id)
        [message] = session.scalars(query)
    assert number in message.text
    assert message.link == "/audit"
