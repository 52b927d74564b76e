"""An office whose registers are filled by operations, as diagrams ask for them, on either database."""

import itertools
from dataclasses import dataclass

import pytest

from app.organisation import queries as people
from app.organisation.directory import Directory
from app.registers.tasks import OPERATIONS
from app.security import sealing
from tests.peopled import KEY, postgresql_template, sqlite_template
from workflows.commands import SYSTEM, Command, Executor
from workflows.db import Database
from workflows.ports import Host, OperationCall

__all__ = ["postgresql_template", "sqlite_template"]

VILLAGE, OTHER_VILLAGE, TOWNSHIP, COUNTY = (
    "150602100202",
    "150602100208",
    "150602100000",
    "150602000000",
)
CASES = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operate(Command[dict]):
    """One operation by itself, in a transaction of its own."""

    call: OperationCall

    def authorise(self, ctx):
        ctx.require(True)

    def run(self, ctx):
        ctx.record("office", operation=self.call.operation)
        return dict(OPERATIONS[self.call.operation](ctx, self.call))


def number(serial, birth="19700101", region="150602"):
    from app.security.demo import identity_number

    return identity_number(region, birth, serial)


def household(serial, name="王秀兰"):
    """A case's subject, as the start form gives it."""
    identity = sealing.seal("identity", number(serial))
    return {"kind": "household", "name": name, "identity": identity, "key": identity["hash"]}


class Registry:
    """Asks for operations as cases do."""

    def __init__(self, url, clock):
        sealing.configure(KEY)
        self.clock = clock
        self.database = Database(url)
        self.executor = Executor(self.database, clock, Host(Directory(), None, None, None))

    def actor(self, username):
        with self.database.reading() as session:
            return people.account_named(session, username).actor()

    def do(self, command, by=SYSTEM):
        if isinstance(by, str):
            by = self.actor(by)
        return self.executor.execute(command, by=by)

    def ask(self, operation, *, actor=SYSTEM, subject=None, case=None, division=VILLAGE, basis="", **given):
        """`ask("enter", register=..., event=...)` in a case about `subject`; ``inputs`` may name any."""
        inputs = {**given, **given.pop("inputs", {})}
        call = OperationCall(
            operation=f"register.{operation}",
            element="step",
            name="更新台账",
            inputs=inputs,
            case_id=1,
            case_number=case or f"CASE-{next(CASES):06d}",
            procedure="fp_01_ds",
            division=division,
            subject=subject or {},
            variables={},
            parameters={},
            basis=basis,
        )
        return self.do(Operate(call=call), actor)

    def read(self, query, *given, **named):
        with self.database.reading() as session:
            return query(session, *given, **named)


@pytest.fixture
def registry(database_url, clock):
    found = Registry(database_url, clock)
    yield found
    found.database.dispose()


@pytest.fixture
def one_registry(sqlite_url, clock):
    """The same on SQLite alone, for rules that know no database."""
    found = Registry(sqlite_url, clock)
    yield found
    found.database.dispose()
