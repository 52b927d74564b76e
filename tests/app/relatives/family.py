"""Declaring relatives in a test office: the household of a case, and a member its application names."""

from contextlib import contextmanager

from sqlalchemy import event, select

from app.organisation.models import Relative
from app.relatives.commands import DeclareNone, DeclareRelative, EndRelative
from app.security import demo
from forms.validators import identity_check_digit
from tests.app.office import ANSWERS, CADRE

BORN = "15060219880808001"
OTHERS = f"{BORN}{identity_check_digit(BORN)}"
"""An identity number of nobody in the town."""


def head(number=0):
    """The identity number of a householder of 折家梁村."""
    return demo.households()[number].identity


def member():
    """The identity number of a member whom every application written down for tests names."""
    return ANSWERS["apply"]["members"][0]["identity"]


def declare(office, who=CADRE, identity="", relation="兄弟姐妹", name="折海明", household=""):
    command = DeclareRelative(relation=relation, name=name, identity=identity, household=household)
    return office.executor.execute(command, by=office.actor(who))


def declare_none(office, who=CADRE):
    return office.executor.execute(DeclareNone(), by=office.actor(who))


def end(office, relative, who=CADRE, reason="申报有误，已核对"):
    command = EndRelative(relative_id=relative, reason=reason)
    return office.executor.execute(command, by=office.actor(who))


def rows(office):
    with office.executor.database.reading() as session:
        return list(session.scalars(select(Relative).order_by(Relative.id)))


@contextmanager
def asked(office):
    """The statements the database is asked meanwhile."""
    found, engine = [], office.executor.database.engine

    def note(connection, cursor, statement, *more):
        found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
