"""Leaving a test office: who hands over to whom, and what stands there afterwards."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from app.handover.commands import HandOver
from app.handover.models import Handover
from app.registers import rows as register_rows
from app.registers.definition import named
from app.registers.finding import Whom
from app.registers.models import RegisterRow
from app.registers.rows import Deed
from tests.app.absences.leave import person
from tests.app.office import CADRE, ELSEWHERE, VILLAGE
from workflows import audit
from workflows.cases import Case
from workflows.commands import CONSOLE, Command
from workflows.work_items import WorkItem

SECURITY = "security-officer"
TEAM = "zhejialiang-team1"


def hand_over(office, leaver=CADRE, heir=ELSEWHERE, *, by=None, **more):
    command = HandOver(
        from_person_id=person(office, leaver),
        to_person_id=person(office, heir),
        **{"reason": "调任旗直单位", **more},
    )
    return office.executor.execute(command, by=by or office.actor(SECURITY))


def report(office, number):
    with office.executor.database.reading() as session:
        return session.get(Handover, number).report


def claimed(office, number, by=CADRE):
    item = office.item(number)["id"]
    assert office.program(by).act(item, "claim").status_code == 200
    return item


def item_of(office, item):
    with office.executor.database.reading() as session:
        return session.get(WorkItem, item)


def roles(office, username):
    return sorted((grant.unit_name, grant.role) for grant in office.actor(username).grants)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairWith(Command[int]):
    """A household's helper is entered, as a procedure would."""

    name: str
    household: int
    fields: dict[str, Any]

    def authorise(self, ctx):
        """Anyone in this test."""

    def run(self, ctx):
        whom = Whom(division=VILLAGE, key=f"household {self.household}", name=f"户{self.household}")
        given = {"帮扶联系人": self.name, "来源": "驻村工作队", "结对日期": "2026-01-05", **self.fields}
        return register_rows.enter(ctx, named("helpers_ds"), whom, Deed(event="结对", fields=given)).id


def pair(office, name, household=1, **fields):
    return office.executor.execute(PairWith(name=name, household=household, fields=fields), by=CONSOLE)


def helper_rows(office):
    with office.executor.database.reading() as session:
        query = select(RegisterRow).where(RegisterRow.register == "helpers_ds").order_by(RegisterRow.id)
        return [
            (row.fields["帮扶联系人"], row.status, row.fields.get("接任人")) for row in session.scalars(query)
        ]


def multiply(office, wanted):
    """More cases like the only one, each with its own chain as far as it goes."""
    with office.executor.database.writing.begin() as session:
        case = session.scalars(select(Case)).one()
        item = session.scalars(select(WorkItem).where(WorkItem.state == "claimed")).one()
        columns = {column.name: getattr(case, column.name) for column in Case.__table__.columns}
        values = {column.name: getattr(item, column.name) for column in WorkItem.__table__.columns}
        for count in range(1, wanted):
            new = {
                **{name: value for name, value in columns.items() if name != "id"},
                "number": f"{case.number[:-6]}{900_000 + count}",
                "subject_key": f"made up {count}",
                "revision": 0,
                "steps": 0,
                "head": audit.GENESIS,
            }
            case_id = session.execute(insert(Case).returning(Case.id), new).scalar_one()
            session.execute(
                insert(WorkItem),
                {
                    **{name: value for name, value in values.items() if name != "id"},
                    "case_id": case_id,
                    "case_number": new["number"],
                },
            )
