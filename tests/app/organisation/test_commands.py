import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from app.organisation.commands import (
    AppointPost,
    CreateAccount,
    CreatePerson,
    CreateUnit,
    GrantIsOver,
    GrantRole,
    NoWorkingAccount,
    OfficersComeFromTheConsole,
    OnlySecurityOfficer,
    OnlySystemOfficer,
    RevokeRole,
    RoleDoesNotFit,
)
from app.organisation.models import Account, RoleGrant, Unit
from app.security import sealing
from workflows.commands import CONSOLE
from workflows.errors import Conflict, Invalid, NotAllowed


@pytest.fixture
def officers(actor):
    return actor("system-officer"), actor("security-officer")


@pytest.fixture
def newcomer(peopled, officers):
    """A person with an account and no role yet."""
    system, _ = officers
    person = peopled.execute(CreatePerson(name="新来的"), by=system)
    command = CreateAccount(person_id=person, username="newcomer", kind="casework", password_hash="x")
    peopled.execute(command, by=system)
    return person


@pytest.fixture
def rvb(session, peopled):
    return session.scalar(select(Unit.id).where(Unit.name == "东胜区乡村振兴局"))


def test_the_system_officer_makes_accounts_and_the_security_officer_gives_them_roles(
    peopled, officers, newcomer, rvb, account
):
    _, security = officers

    peopled.execute(GrantRole(person_id=newcomer, unit_id=rvb, role="county_rvb"), by=security)

    found = account("newcomer")
    assert found.must_change
    assert found.actor().holds("county_rvb", rvb)


def test_the_system_officer_grants_nothing(peopled, officers, newcomer, rvb):
    system, _ = officers

    with pytest.raises(OnlySecurityOfficer):
        peopled.execute(GrantRole(person_id=newcomer, unit_id=rvb, role="county_rvb"), by=system)


def test_the_security_officer_makes_no_accounts(peopled, officers, newcomer):
    _, security = officers

    with pytest.raises(OnlySystemOfficer):
        peopled.execute(CreatePerson(name="某人"), by=security)


def test_nobody_else_grants_a_role(peopled, actor, newcomer, rvb):
    for username in ("dongsheng-rvb1", "audit-officer", "dongsheng-supervisor1", "zhejialiang-household1"):
        command = GrantRole(person_id=newcomer, unit_id=rvb, role="county_rvb")
        with pytest.raises(OnlySecurityOfficer):
            peopled.execute(command, by=actor(username))


def test_an_officers_account_is_made_at_the_console_only(peopled, officers):
    system, _ = officers
    person = peopled.execute(CreatePerson(name="又一人"), by=system)
    command = CreateAccount(person_id=person, username="second", kind="audit_officer", password_hash="x")

    with pytest.raises(OfficersComeFromTheConsole):
        peopled.execute(command, by=system)

    assert peopled.execute(command, by=CONSOLE)


def test_an_officer_is_given_no_casework(peopled, officers, rvb):
    system, security = officers

    command = GrantRole(person_id=system.person_id, unit_id=rvb, role="county_rvb")
    with pytest.raises(NoWorkingAccount):
        peopled.execute(command, by=security)


def test_the_database_itself_keeps_an_officer_from_casework(peopled, actor, rvb):
    officer = actor("audit-officer").person_id
    grant = {"person_id": officer, "unit_id": rvb, "role": "county_rvb", "valid_from": peopled.clock.now()}

    for kind in ("audit_officer", "casework"):
        with pytest.raises(IntegrityError), peopled.database.writing.begin() as session:
            session.execute(insert(RoleGrant), {**grant, "account_kind": kind})


def test_the_database_itself_keeps_a_caseworker_from_becoming_an_officer(peopled, actor):
    clerk = actor("dongsheng-rvb1").account_id

    with pytest.raises(IntegrityError), peopled.database.writing.begin() as session:
        session.execute(update(Account).where(Account.id == clerk).values(kind="audit_officer"))


def test_one_person_holds_one_account_and_so_one_office(peopled, actor):
    command = CreateAccount(
        person_id=actor("audit-officer").person_id,
        username="also-security",
        kind="security_officer",
        password_hash="x",
    )

    with pytest.raises(Conflict, match="一人只能有一个账号"):
        peopled.execute(command, by=CONSOLE)


def test_a_user_name_is_taken_once(peopled, newcomer):
    person = peopled.execute(CreatePerson(name="同名"), by=CONSOLE)

    command = CreateAccount(person_id=person, username="newcomer", kind="casework", password_hash="x")
    with pytest.raises(Conflict, match="用户名已被使用"):
        peopled.execute(command, by=CONSOLE)


def test_an_identity_number_belongs_to_one_person(peopled):
    command = CreatePerson(name="冒名", identity=sealing.seal("identity", "150602196805121228"))
    with pytest.raises(Conflict, match="已登记在另一人名下"):
        peopled.execute(command, by=CONSOLE)


def test_a_role_is_given_only_where_the_unit_acts_in_it(peopled, officers, newcomer, rvb):
    _, security = officers

    with pytest.raises(RoleDoesNotFit, match="“东胜区乡村振兴局”不是承担“财政局”的单位"):
        peopled.execute(GrantRole(person_id=newcomer, unit_id=rvb, role="county_finance"), by=security)
    with pytest.raises(Invalid):
        peopled.execute(GrantRole(person_id=newcomer, unit_id=rvb, role="system_officer"), by=security)


def test_the_same_role_is_not_given_twice_but_again_after_it_was_taken_back(peopled, officers, newcomer, rvb):
    _, security = officers
    command = GrantRole(person_id=newcomer, unit_id=rvb, role="county_rvb")
    grant = peopled.execute(command, by=security)

    with pytest.raises(Conflict, match="已承担这一角色"):
        peopled.execute(command, by=security)
    peopled.execute(RevokeRole(grant_id=grant, reason="轮岗"), by=security)

    assert peopled.execute(command, by=security) != grant


def test_a_role_taken_back_acts_no_more_and_is_taken_back_once(peopled, officers, newcomer, rvb, account):
    _, security = officers
    grant = peopled.execute(GrantRole(person_id=newcomer, unit_id=rvb, role="county_rvb"), by=security)
    revoke = RevokeRole(grant_id=grant, reason="轮岗")

    peopled.execute(revoke, by=security)

    assert not account("newcomer").grants
    with pytest.raises(GrantIsOver):
        peopled.execute(revoke, by=security)


def test_the_security_officer_cannot_give_a_role_to_themselves(peopled, officers, rvb):
    _, security = officers

    command = GrantRole(person_id=security.person_id, unit_id=rvb, role="county_rvb")
    with pytest.raises(NotAllowed):
        peopled.execute(command, by=security)


def test_a_new_unit_says_what_is_wrong_beside_each_field(peopled, officers):
    system, _ = officers
    command = CreateUnit(name=" ", office="nonsense", level="county", division="1", department="x")

    with pytest.raises(Invalid) as refused:
        peopled.execute(command, by=system)

    assert set(refused.value.errors) == {"name", "office", "division"}


def test_a_division_has_one_unit_of_each_sort(peopled, officers):
    system, _ = officers

    command = CreateUnit(name="第二财政局", office="finance", level="county", division="150602000000")
    with pytest.raises(Conflict, match="已有同类单位"):
        peopled.execute(command, by=system)
    assert peopled.execute(
        CreateUnit(name="东胜区网监办", office="netmon", level="county", division="150602000000"), by=system
    )


def test_a_title_gives_no_power(peopled, officers, newcomer, rvb, account):
    system, _ = officers

    peopled.execute(AppointPost(person_id=newcomer, unit_id=rvb, title="局长"), by=system)

    assert not account("newcomer").grants
