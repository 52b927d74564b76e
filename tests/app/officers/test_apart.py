"""三员分立: each officer has one office, and tries in vain what only another may."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.security.queries import AuditFilter, audit_entries
from tests.app.office import CADRE
from workflows.commands import CONSOLE

SYSTEM, SECURITY, AUDIT = "system-officer", "security-officer", "audit-officer"
OWN = {
    SYSTEM: [
        "/system/accounts",
        "/system/accounts/new",
        "/system/units",
        "/system/state",
        "/system/messages",
    ],
    SECURITY: [
        "/security/grants",
        "/security/accounts",
        "/security/sessions",
        "/security/rules",
        "/security/erase",
        "/handovers",
    ],
    AUDIT: ["/audit"],
}
CASEWORK = [
    "/",
    "/cases",
    "/done",
    "/started",
    "/drafts",
    "/registers",
    "/procedures",
    "/parameters",
    "/calendar",
]
CASEWORK_CALLS = ["/cases", "/work-items", "/registers", "/procedures"]
TRIES = [
    (officer, address)
    for officer in OWN
    for address in [*CASEWORK, *(each for other in OWN if other != officer for each in OWN[other])]
]


def refused(office):
    with office.executor.database.reading() as session:
        return audit_entries(session, CONSOLE, AuditFilter(stream="refused"))


@pytest.mark.parametrize("officer", OWN)
def test_an_officer_opens_their_own_pages(one_house, officer):
    browser = one_house.browser(officer)

    assert {browser.get(address).status_code for address in OWN[officer]} == {200}


@pytest.mark.parametrize(("officer", "address"), TRIES)
def test_an_officer_is_refused_what_only_another_may_and_it_is_on_the_trail(one_house, officer, address):
    answer = one_house.browser(officer).get(address)

    if address == "/" and answer.status_code == 303:
        assert answer.location != "/"
        return
    assert answer.status_code == 403
    assert "您没有" in answer.text
    [entry, *_] = refused(one_house)
    assert (entry.command, entry.actor["name"]) == ("TryPage", one_house.actor(officer).name)


@pytest.mark.parametrize("officer", OWN)
def test_no_officer_handles_cases_over_the_interface(one_house, officer):
    program = one_house.program(officer)

    assert {program.get(call).status_code for call in CASEWORK_CALLS} == {403}


def test_neither_casework_nor_the_public_opens_an_officers_page(one_house):
    cadre, stranger = one_house.browser(CADRE), one_house.browser()

    for address in (each for pages in OWN.values() for each in pages):
        assert cadre.get(address).status_code == 403
        assert stranger.get(address).location.startswith("/sign-in")


SECOND_OFFICE = """
INSERT INTO account
(person_id, username, password_hash, kind, active, failed_count, session_epoch, must_change, created_at)
SELECT person_id, 'second', password_hash, '{other}', active, 0, 1, must_change, created_at
FROM account WHERE kind = '{kind}'
"""
ROLE = """
INSERT INTO role_grant (person_id, account_kind, unit_id, role, valid_from)
SELECT person_id, {as_kind}, 1, 'township_gov', created_at FROM account WHERE kind = '{{kind}}'
"""
TURNCOAT = f"UPDATE account SET kind = '{{kind}}' WHERE username = '{CADRE}'"


@pytest.mark.parametrize(
    "statement",
    [SECOND_OFFICE, ROLE.format(as_kind="kind"), ROLE.format(as_kind="'casework'"), TURNCOAT],
    ids=[
        "a second account",
        "a role as an officer",
        "a role as if they did casework",
        "casework turned officer",
    ],
)
@pytest.mark.parametrize("other", ["casework", "audit_officer"])
@pytest.mark.parametrize("kind", ["system_officer", "security_officer"])
def test_the_database_itself_keeps_the_offices_apart(house, statement, kind, other):
    with (
        pytest.raises(IntegrityError),
        house.executor.database.writing.begin() as session,
    ):
        session.execute(text(statement.format(kind=kind, other=other)))
