"""Whatever is done at the console of an installation leaves an entry; what touches none has none to leave."""

import click
from sqlalchemy import select

from app.cli import xiangshen as program
from workflows.audit import AuditEntry
from workflows.db import Database

TOOLS = {"layout", "feel", "decide", "lint", "simulate"}
"""Commands that read and write files alone."""

LASTING = {"serve", "worker"}
"""Commands that run until they are stopped: the second is opened like all others, and the first starts it."""

ELSEWHERE = {"db upgrade", "restore"}
"""The first is called in a test of its own, the second in the drill of a restore."""

CALLS = {
    "backup": ("{folder}/kept",),
    "demo seed": (),
    "audit verify": (),
    "audit bundle": ("X-1", "-o", "{folder}/x.zip"),
    "audit erase": ("X-1", "--officer", "security-officer", "--basis", "法律", "--reason", "原因"),
    "audit rebuild": (),
    "audit seal": (),
    "audit key": (),
    "demo accounts": (),
    "procedures import": ("--folder", "{folder}"),
    "procedures list": (),
    "procedures export": ("fp_01_ds", "{folder}"),
    "search rebuild": (),
    "supervision rebuild": (),
    "users list": (),
    "users add": ("new-clerk", "新来的", "--division", "150602101000", "--role", "township_gov"),
    "users passwd": ("dongsheng-rvb1",),
    "users lock": ("dongsheng-rvb1",),
    "users remove-totp": ("security-officer",),
    "users grant": ("dongsheng-rvb1", "township_gov", "150602100000"),
    "users absence": ("dongsheng-rvb1",),
    "users hand-over": ("dongsheng-rvb1", "nobody", "--dry-run"),
}
"""How each command is called; what it then says is another test's."""


def leaves(group, above=""):
    for name, command in group.commands.items():
        path = f"{above} {name}".strip()
        if isinstance(command, click.Group):
            yield from leaves(command, path)
        else:
            yield path


def test_every_command_of_the_console_is_a_tool_or_called_below():
    assert set(leaves(program)) - TOOLS - LASTING - ELSEWHERE == CALLS.keys()


def said(url):
    database = Database(url)
    with database.reading() as session:
        query = select(AuditEntry.body).where(AuditEntry.stream == "console").order_by(AuditEntry.seq)
        found = list(session.scalars(query))
    database.dispose()
    return found


def test_each_leaves_an_entry_with_its_words_and_nothing_typed(installed, xiangshen, database_url, tmp_path):
    (tmp_path / "empty").mkdir()
    for call, typed in CALLS.items():
        before = len(said(database_url))

        xiangshen(*call.split(), *(word.format(folder=tmp_path / "empty") for word in typed))

        assert any(f'"words":"{call}"' in body for body in said(database_url)[before:]), call
    assert all("new-clerk" not in body for body in said(database_url))


def test_bringing_the_tables_up_to_date_is_the_first_entry(
    empty_database_url, xiangshen, monkeypatch, tmp_path
):
    monkeypatch.setenv("XIANGSHEN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("XIANGSHEN_DATABASE_URL", empty_database_url)

    assert xiangshen("db", "upgrade").code == 0

    [body] = said(empty_database_url)
    assert '"words":"db upgrade"' in body
