"""Whatever byte of a chain is changed by hand, verification says where and never breaks down over it."""

import hashlib

import orjson
import pytest
from sqlalchemy import text

from tests.app.notices.office import Office, furnished
from tests.tampering import open_up
from workflows import audit, cases


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request, copied, clock):
    found = Office(copied(request.param, furnished), clock)
    yield found
    found.close()


@pytest.fixture
def on_sqlite(copied, clock):
    found = Office(copied("sqlite", furnished), clock)
    yield found
    found.close()


def verified(office):
    return office.read(lambda session: audit.verify(session, heads=cases.heads(session)))


def spoilt(office, statement, **values):
    with office.database.engine.begin() as connection:
        open_up(connection)
        assert connection.execute(text(statement), values).rowcount == 1


def only(office, stream):
    found = verified(office)
    assert {each.stream for each in found.breaks} == {stream}
    return found.breaks[0]


def test_an_untouched_record_verifies(office):
    office.posted()

    assert verified(office).sound


@pytest.mark.parametrize("column", ["body", "command", "hash", "at"])
def test_a_byte_that_is_no_longer_text_is_named(on_sqlite, column):
    case = on_sqlite.start()
    stream = f"case:{case.number}"
    with on_sqlite.database.engine.begin() as connection:
        open_up(connection)
        [(stored,)] = connection.exec_driver_sql(
            f"SELECT CAST({column} AS BLOB) FROM audit_entry WHERE stream = ? AND seq = 1", (stream,)
        )
        wrong = bytes(stored)[:3] + b"\xff" + bytes(stored)[4:]
        connection.exec_driver_sql(
            f"UPDATE audit_entry SET {column} = CAST(? AS TEXT) WHERE stream = ? AND seq = 1", (wrong, stream)
        )

    assert only(on_sqlite, stream).seq == 1


@pytest.mark.parametrize("body", [[], {}, {"stream": 1}, {"actor": "nobody"}, None])
def test_an_entry_rewritten_into_something_else_is_named(office, body):
    case = office.start()
    stream, content = f"case:{case.number}", orjson.dumps(body).decode()

    spoilt(
        office,
        "UPDATE audit_entry SET body = :body, hash = :hash WHERE stream = :stream AND seq = 1",
        body=content,
        hash=hashlib.sha256(content.encode()).hexdigest(),
        stream=stream,
    )

    assert only(office, stream).seq == 1


def test_an_entry_cut_off_the_end_is_named(office):
    case = office.posted()
    stream = f"case:{case.number}"
    last = office.case(case.number).revision

    spoilt(office, "DELETE FROM audit_entry WHERE stream = :stream AND seq = :seq", stream=stream, seq=last)

    assert only(office, stream).seq == last


def test_a_chain_written_anew_as_a_whole_does_not_fit_its_case(office):
    case = office.start()
    stream = f"case:{case.number}"
    with office.database.engine.begin() as connection:
        open_up(connection)
        forged = None
        rows = connection.execute(
            text("SELECT seq, body FROM audit_entry WHERE stream = :stream ORDER BY seq"), {"stream": stream}
        )
        for seq, body in rows.all():
            said = orjson.loads(body)
            said["actor"]["name"] = "别人"
            said["prev"] = forged or said["prev"]
            written = orjson.dumps(said)
            forged = hashlib.sha256(written).hexdigest()
            connection.execute(
                text("UPDATE audit_entry SET body = :b, hash = :h WHERE stream = :s AND seq = :q"),
                {"b": written.decode(), "h": forged, "s": stream, "q": seq},
            )

    assert only(office, stream).sentence.startswith("最后一条记录与办件留存的散列值不符")
