"""Going on leave in a test office: who appoints whom, and what the deputy then finds."""

from datetime import date

from sqlalchemy import select

from app.absences.commands import AppointDeputy, EndAbsence
from app.inbox import queries
from app.organisation.models import RoleGrant
from tests.app.office import CADRE
from workflows.work_items import WorkItem

TODAY = date(2026, 3, 16)
TEAM = "zhejialiang-team1"


def person(office, username):
    return office.actor(username).person_id


def appoint(office, who=CADRE, deputy=TEAM, first=TODAY, last=TODAY, *, by=None, **more):
    command = AppointDeputy(
        person_id=person(office, who),
        deputy_id=person(office, deputy),
        first_day=first,
        last_day=last,
        **{"reason": "外出培训", **more},
    )
    return office.executor.execute(command, by=by or office.actor(who))


def end(office, absence, who=CADRE):
    return office.executor.execute(EndAbsence(absence_id=absence, reason="提前返岗"), by=office.actor(who))


def as_of_now(office, username):
    """The person as a request at this moment sees them."""
    return office.actor(username).at(office.executor.clock.now())


def listed(office, username):
    """The ids of the person's list of work."""
    with office.executor.database.reading() as session:
        actor = as_of_now(office, username)
        found = queries.open_items(session, actor, queries.Filters(), None, 100).rows
        assert queries.count_open(session, actor) == len(found)
        return {row.id for row in found}


def item(office, item_id):
    with office.executor.database.reading() as session:
        return session.get(WorkItem, item_id)


def strip_roles(office, username, *keep):
    """Leave the person only these of their roles, with no more ado."""
    with office.executor.database.engine.begin() as connection:
        who = person(office, username)
        grants = connection.execute(
            select(RoleGrant.id, RoleGrant.role).where(RoleGrant.person_id == who)
        ).all()
        gone = [grant.id for grant in grants if grant.role not in keep]
        connection.execute(
            RoleGrant.__table__.update()
            .where(RoleGrant.id.in_(gone))
            .values(valid_until=office.executor.clock.now())
        )


def helper_only(office):
    """A colleague of the cadres who may do nothing of theirs: a deputy whose every power is lent."""
    with office.executor.database.engine.begin() as connection:
        connection.execute(
            RoleGrant.__table__.update()
            .where(RoleGrant.person_id == person(office, TEAM))
            .values(role="helper")
        )
    return TEAM
