"""Whatever roles, appointments and day: a deputy finds what the absent person may do, and nothing else."""

import shutil
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from app.cases.queries import may_act
from app.organisation import queries as people
from app.organisation.models import Absence, Person, RoleGrant
from tests.app.absences import leave
from tests.app.absences.leave import TEAM, TODAY
from tests.app.office import CADRE, OTHER_CADRE, Office
from tests.clock import LOCAL, TurnableClock
from workflows.cases import Case
from workflows.work_items import WorkItem

PEOPLE = (CADRE, OTHER_CADRE, TEAM, "zhejialiang-team2")
ROLES = ("village_committee", "village_branch", "resident_team", "helper", "procedure_admin")
KEYS = ("fp_01_ds", "fp_08_ds")
DAYS = st.integers(0, 6)
FILLS_IN = {"village_committee": "household", "resident_team": "household"}


@pytest.fixture(scope="module")
def hall(sqlite_template, tmp_path_factory):
    """One office with items in every state of being held; each example puts people and items anew."""
    folder = tmp_path_factory.mktemp("hall")
    shutil.copyfile(sqlite_template, folder / "office.sqlite3")
    office = Office(f"sqlite:///{folder / 'office.sqlite3'}", folder / "data", TurnableClock()).furnish()
    for number in range(4):
        office.start(by=f"zhejialiang-household{number + 1}", number=number)
    office.unit = office.actor(CADRE).grants[0].unit_id
    office.ids = {name: leave.person(office, name) for name in PEOPLE}
    yield office
    office.close()


worlds = st.fixed_dictionaries(
    {
        "grants": st.fixed_dictionaries(
            {name: st.sets(st.sampled_from(ROLES), max_size=3) for name in PEOPLE}
        ),
        "absences": st.lists(
            st.tuples(
                st.sampled_from(PEOPLE),
                st.sampled_from(PEOPLE),
                DAYS,
                DAYS,
                st.sampled_from((None, ["fp_01_ds"], ["fp_08_ds"], list(KEYS))),
                st.booleans(),
            ).filter(lambda one: one[0] != one[1] and one[2] <= one[3]),
            max_size=4,
        ),
        "items": st.lists(
            st.tuples(
                st.sampled_from((*ROLES, "household")),
                st.sampled_from((None, *PEOPLE)),
                st.sampled_from(KEYS),
            ),
            min_size=4,
            max_size=4,
        ),
        "relatives": st.sampled_from((None, *PEOPLE)),
        "withheld": st.sampled_from((None, *PEOPLE)),
        "day": DAYS,
        "hour": st.integers(0, 23),
    }
)


def put(office, world):
    """Write the world down by hand, as no command would."""
    with office.executor.database.engine.begin() as connection:
        connection.execute(delete(Absence))
        connection.execute(delete(RoleGrant).where(RoleGrant.person_id.in_(office.ids.values())))
        for name, roles in world["grants"].items():
            for role in roles:
                connection.execute(
                    insert(RoleGrant).values(
                        person_id=office.ids[name],
                        account_kind="casework",
                        unit_id=office.unit,
                        role=role,
                        valid_from=office.executor.clock.now(),
                    )
                )
        for who, deputy, first, last, procedures, ended in world["absences"]:
            connection.execute(
                insert(Absence).values(
                    person_id=office.ids[who],
                    deputy_id=office.ids[deputy],
                    unit_id=office.unit,
                    procedures=procedures,
                    first_day=TODAY + timedelta(days=first),
                    last_day=TODAY + timedelta(days=last),
                    reason="-",
                    made_at=office.executor.clock.now(),
                    made_by="-",
                    ended_at=office.executor.clock.now() if ended else None,
                )
            )
        cases = connection.execute(select(Case.id, Case.subject_key).order_by(Case.id)).all()
        items = connection.execute(
            select(WorkItem.id).where(WorkItem.state.in_(["offered", "claimed"])).order_by(WorkItem.id)
        ).scalars()
        for item, (role, holder, key) in zip(items, world["items"], strict=True):
            connection.execute(
                update(WorkItem)
                .where(WorkItem.id == item)
                .values(
                    role=role,
                    procedure_key=key,
                    unit_id=office.unit,
                    state="claimed" if holder else "offered",
                    assignee_id=office.ids[holder] if holder else None,
                    assignee=holder,
                )
            )
        family, told = cases[0], cases[1]
        connection.execute(
            update(Person).where(Person.identity_hash == family.subject_key).values(identity_hash=None)
        )
        if world["relatives"]:
            who = office.ids[world["relatives"]]
            connection.execute(
                update(Person).where(Person.id == who).values(identity_hash=family.subject_key)
            )
        connection.exec_driver_sql("DELETE FROM case_withheld")
        connection.execute(update(Case).values(kept=Case.id == told.id))
        if world["withheld"]:
            who = office.ids[world["withheld"]]
            connection.exec_driver_sql(
                f"INSERT INTO case_withheld (case_id, kind, who) VALUES ({told.id}, 'person', {who})"
            )
    return family.id, told.id


def own(world, name, row):
    """What a person may do in their own right, by the rule's own words."""
    roles = world["grants"][name]
    acts = roles | {FILLS_IN[role] for role in roles if role in FILLS_IN}
    return row["role"] in acts and row["holder"] in (None, name)


def expected(world, name, row, family, told):
    """Own work, and that of whoever is away and appointed them today: none of theirs, none kept from both."""
    kept = row["case"] == told and world["withheld"] is not None
    if kept and world["withheld"] == name:
        return False
    if own(world, name, row):
        return True
    if row["case"] == family and world["relatives"] == name:
        return False
    works = bool(world["grants"][name] - {"household", "procedure_admin"})
    return works and any(
        not ended
        and deputy == name
        and first <= world["day"] <= last
        and (procedures is None or row["key"] in procedures)
        and own(_lent(world, who), who, row)
        and not (kept and world["withheld"] == who)
        for who, deputy, first, last, procedures, ended in world["absences"]
    )


def _lent(world, who):
    return {"grants": {who: world["grants"][who] - {"procedure_admin"}}}


@settings(max_examples=80)
@given(world=worlds)
def test_a_deputy_finds_and_may_do_what_the_absent_person_may_and_nothing_else(hall, world):
    family, told = put(hall, world)
    hall.clock.set(datetime(2026, 3, 16 + world["day"], world["hour"], 30, tzinfo=LOCAL))
    now = hall.executor.clock.now()

    with hall.executor.database.reading() as session:
        rows = session.scalars(
            select(WorkItem).where(WorkItem.state.in_(["offered", "claimed"])).order_by(WorkItem.id)
        ).all()
        facts = [
            {"id": row.id, "case": row.case_id, "role": role, "holder": holder, "key": key}
            for row, (role, holder, key) in zip(rows, world["items"], strict=True)
        ]
        for name in PEOPLE:
            wanted = {row["id"] for row in facts if expected(world, name, row, family, told)}
            view = people.account_named(session, name)
            actor = view.actor().at(now)

            found = leave.listed(hall, name)
            allowed = {row.id for row in rows if may_act(session, row, actor)}

            # What somebody claimed stays in their list when they lose the role; it says whose it is.
            claimed = {row["id"] for row in facts if row["holder"] == name}
            assert found - claimed == wanted - claimed, name
            # Whom a case is kept from learns nothing of it before the question of acting comes up.
            assert wanted <= allowed, name
            assert allowed - wanted <= {row["id"] for row in facts if row["case"] == told}, name
