"""A database that has grown: the rows the engine wrote for real cases, copied until there are enough.

Only for measuring. The copies are other households' cases with numbers of their own; their audit chains are
chained and hashed anew, so that the whole record still verifies.
"""

import hashlib
from itertools import groupby

import orjson
from sqlalchemy import func, insert, select, text

from app.demo.cases import seed_cases
from bench.office import Office
from bench.traffic import MeasuredDesks
from migrations.tables import all_tables
from workflows.audit import GENESIS, AuditEntry

WAITING, VARIED = 90, 20
"""A block: so many cases at the very first desk, so many of varied course."""

BLOCK = WAITING + VARIED
COPIED = ("cases", "step_record", "work_item", "timer", "notice")
AT_ONCE = 200

_KEEP_HEADS = (
    "UPDATE cases SET head = coalesce((SELECT hash FROM audit_entry WHERE stream = 'case:' || cases.number"
    " ORDER BY seq DESC LIMIT 1), :genesis)"
)
KEY_LENGTH = 48

RENAMED = {
    "number": "number || '-' || g.n",
    "case_number": "case_number || '-' || g.n",
    "subject_key": f"substr(subject_key, 1, {KEY_LENGTH}) || '-' || g.n",
}
"""What must be a copy's own, as the database works it out."""


def block(url, folder):
    """An office with one block of real cases; give its address to `grown`."""
    office = Office(url, folder)
    seed_cases(office.executor, VARIED, data_dir=folder, until=office.clock.now())
    desks = MeasuredDesks(office, first=500_000)
    for _ in range(WAITING):
        desks.begun(("apply",))
    office.database.dispose()


def grown(url, folder, cases):
    """The office at ``url``, which holds one block, with as many cases as wanted."""
    office = Office(url, folder, fresh=False)
    copies = max(0, round(cases / BLOCK) - 1)
    with office.database.engine.begin() as connection:
        span = 1 + max(_most(connection, table, "id") for table in ("cases", "work_item", "notice"))
        for name in COPIED:
            connection.execute(text(_copying(connection, name, span, copies)))
        _copy_chains(connection, copies)
    with office.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in (*COPIED, "audit_entry"):
            _count_on(connection, name)
            connection.execute(text(f"ANALYZE {name}"))
    return office


def _most(connection, table, column):
    return connection.execute(select(func.max(text(column))).select_from(text(table))).scalar_one() or 0


def _copying(connection, name, span, copies):
    """INSERT ... SELECT of every row, once for each copy, ids moved on by a whole span."""
    columns = [column.name for column in all_tables().tables[name].columns]
    moved = {"id": f"id + g.n * {span}", "case_id": f"case_id + g.n * {span}"}
    moved["item_id"] = f"item_id + g.n * {span}"
    words = [moved.get(column) or RENAMED.get(column) or column for column in columns]
    if connection.dialect.name == "sqlite":
        numbers = f"WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < {copies}) "
        source = f"{name}, g"
    else:
        numbers, source = "", f"{name}, generate_series(1, {copies}) AS g(n)"
    listed = ", ".join(f'"{column}"' for column in columns)
    return (
        f"INSERT INTO {name} ({listed}) {numbers}SELECT {', '.join(words)} FROM {source} WHERE {copies} > 0"
    )


def _copy_chains(connection, copies):
    table = AuditEntry.__table__
    query = select(table).where(table.c.stream.like("case:%")).order_by(table.c.stream, table.c.seq)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    chains = [list(chain) for _, chain in groupby(rows, key=lambda row: row["stream"])]
    for first in range(1, copies + 1, AT_ONCE):
        numbers = range(first, min(copies + 1, first + AT_ONCE))
        entries = [entry for n in numbers for chain in chains for entry in _copied(chain, f"-{n}")]
        connection.execute(insert(table), entries)
    connection.execute(text(_KEEP_HEADS), {"genesis": GENESIS})


def _copied(chain, ending):
    previous = GENESIS
    for row in chain:
        said = orjson.loads(row["body"])
        said["stream"] += ending
        said["prev"] = previous
        body = orjson.dumps(said)
        previous = hashlib.sha256(body).hexdigest()
        yield {**row, "stream": said["stream"], "body": body.decode(), "hash": previous}


def _count_on(connection, name):
    """PostgreSQL counts ids by itself and has to be told of those it did not give."""
    if connection.dialect.name == "postgresql" and "id" in all_tables().tables[name].columns:
        connection.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))")
        )
