from concurrent.futures import ThreadPoolExecutor

import pytest

from app.organisation.commands import SetAccountActive
from app.security import passwords
from app.security.commands import (
    ChangePassword,
    IssueToken,
    PasswordChangedMeanwhile,
    ResetPassword,
    SignIn,
    SignOut,
)
from app.security.queries import AuditFilter, actor_of_token, audit_entries
from workflows import audit
from workflows.commands import CONSOLE, Actor
from workflows.errors import Invalid, NotAllowed

STRANGER = Actor(kind="public", name="公众", device="127.0.0.1 a browser")


@pytest.fixture
def sign_in(peopled, proof):
    return lambda *asked: peopled.execute(SignIn(proof=proof(*asked)), by=STRANGER)


@pytest.fixture
def token_actor(peopled, clock):
    def of(token):
        with peopled.database.reading() as session:
            return actor_of_token(session, token, clock.now())

    return of


@pytest.fixture
def issue(peopled, proof, clock):
    def ask(*asked):
        return peopled.execute(IssueToken(proof=proof(*asked), issued_at=clock.now()), by=STRANGER)

    return ask


def fail(sign_in, times, username="dongsheng-rvb1"):
    for _ in range(times):
        assert sign_in(username, "wrong") is None


def test_who_knows_the_password_is_let_in(sign_in, account):
    found = sign_in("dongsheng-rvb1")

    assert found.account_id == account("dongsheng-rvb1").account_id


def test_an_unknown_name_and_a_wrong_password_are_refused_alike(sign_in):
    assert sign_in("nobody", "x") is None
    assert sign_in("dongsheng-rvb1", "x") is None


def test_five_failures_lock_for_a_quarter_of_an_hour_even_with_the_right_password(sign_in, clock):
    fail(sign_in, 5)

    assert sign_in("dongsheng-rvb1") is None
    clock.advance(minutes=14)
    assert sign_in("dongsheng-rvb1") is None
    clock.advance(minutes=1)
    assert sign_in("dongsheng-rvb1")


def test_trying_while_locked_does_not_lock_for_longer(sign_in, clock):
    fail(sign_in, 5)
    clock.advance(minutes=10)
    fail(sign_in, 5)
    clock.advance(minutes=5)

    assert sign_in("dongsheng-rvb1")


def test_four_failures_are_forgotten_once_the_password_is_known(sign_in):
    fail(sign_in, 4)
    assert sign_in("dongsheng-rvb1")
    fail(sign_in, 4)

    assert sign_in("dongsheng-rvb1")


def test_failures_at_the_same_moment_are_all_counted(sign_in):
    with ThreadPoolExecutor(5) as crowd:
        list(crowd.map(lambda _: sign_in("dongsheng-rvb1", "wrong"), range(5)))

    assert sign_in("dongsheng-rvb1") is None


def test_one_persons_failures_lock_nobody_else(sign_in):
    fail(sign_in, 5)

    assert sign_in("dongsheng-rvb2")


def test_a_stopped_account_is_not_let_in(peopled, sign_in, account):
    account_id = account("dongsheng-rvb1").account_id

    peopled.execute(SetAccountActive(account_id=account_id, active=False, reason="退休"), by=CONSOLE)

    assert sign_in("dongsheng-rvb1") is None


def test_failures_are_on_record_and_no_password_ever_is(peopled, sign_in, account):
    fail(sign_in, 2)
    sign_in("nobody", "their secret")
    sign_in("dongsheng-rvb1")

    stream = f"account:{account('dongsheng-rvb1').account_id}"
    with peopled.database.reading() as session:
        mine = audit_entries(session, CONSOLE, AuditFilter(stream=stream))
        others = audit_entries(session, CONSOLE, AuditFilter(stream="sign-in"))
        assert audit.verify(session).sound
    assert [entry.facts["opened"] for entry in mine] == [True, False, False]
    assert others[0].facts["username"] == "nobody"
    assert "secret" not in str(mine + others)
    assert "argon2" not in str(mine + others)


def test_a_token_speaks_for_its_account_until_it_expires(issue, token_actor, clock):
    issued = issue("dongsheng-rvb1")

    assert token_actor(issued.token).holds("county_rvb")
    clock.advance(hours=12)
    assert token_actor(issued.token) is None


def test_a_token_is_not_given_for_a_wrong_password(issue):
    assert issue("dongsheng-rvb1", "wrong") is None


def test_a_made_up_token_speaks_for_nobody(token_actor, peopled):
    assert token_actor("made up") is None


def test_signing_out_everywhere_ends_tokens_and_sessions(peopled, issue, token_actor, account):
    issued, before = issue("dongsheng-rvb1"), account("dongsheng-rvb1")

    peopled.execute(SignOut(everywhere=True), by=before.actor())

    assert token_actor(issued.token) is None
    assert account("dongsheng-rvb1").epoch == before.epoch + 1


def test_a_changed_password_opens_and_the_old_one_does_not(peopled, sign_in, proof, account):
    command = ChangePassword(
        proof=proof("dongsheng-rvb1"), password_hash=passwords.hashed("Another-2027", "cheap")
    )

    peopled.execute(command, by=account("dongsheng-rvb1").actor())

    assert sign_in("dongsheng-rvb1", "Another-2027")
    assert sign_in("dongsheng-rvb1") is None


def test_a_proof_is_void_once_the_password_has_changed(peopled, proof, account):
    old, actor = proof("dongsheng-rvb1"), account("dongsheng-rvb1").actor()
    first = ChangePassword(proof=old, password_hash=passwords.hashed("Another-2027", "cheap"))
    second = ChangePassword(proof=old, password_hash=passwords.hashed("A-third-2028", "cheap"))
    peopled.execute(first, by=actor)

    with pytest.raises(PasswordChangedMeanwhile):
        peopled.execute(second, by=actor)
    assert peopled.execute(SignIn(proof=old), by=STRANGER) is None


def test_nobody_changes_the_password_of_another(peopled, proof, account):
    command = ChangePassword(proof=proof("dongsheng-rvb1"), password_hash="x")

    with pytest.raises(NotAllowed):
        peopled.execute(command, by=account("dongsheng-rvb2").actor())


def test_the_system_officer_resets_a_lost_password_but_no_officers(peopled, account, sign_in):
    officer = account("system-officer").actor()
    new = passwords.hashed("First-2026-x", "cheap")
    lost = account("dongsheng-rvb1").account_id
    security = account("security-officer").account_id

    peopled.execute(ResetPassword(account_id=lost, password_hash=new, reason="本人遗忘"), by=officer)

    assert sign_in("dongsheng-rvb1", "First-2026-x")
    assert account("dongsheng-rvb1").must_change
    command = ResetPassword(account_id=security, password_hash=new, reason="本人遗忘")
    with pytest.raises(NotAllowed):
        peopled.execute(command, by=officer)


def test_a_reset_needs_a_reason_and_the_right_officer(peopled, account):
    lost = account("dongsheng-rvb1").account_id
    command = ResetPassword(account_id=lost, password_hash="x", reason="  ")

    with pytest.raises(Invalid):
        peopled.execute(command, by=account("system-officer").actor())
    for other in ("security-officer", "audit-officer", "dongsheng-rvb1"):
        with pytest.raises(NotAllowed):
            peopled.execute(command, by=account(other).actor())
