"""What the security officer decides is in force from the next request on, also for whoever is signed in."""

from datetime import timedelta

import pytest

from app.officers import queries
from app.security.queries import AuditFilter, audit_entries
from app.security.rules import BOUNDS
from tests.app.office import BUREAU, CADRE, CLERK
from workflows.commands import CONSOLE

SECURITY, AUDIT, SYSTEM = "security-officer", "audit-officer", "system-officer"
RULES = {
    "password_length": "12",
    "password_sorts": "3",
    "password_days": "90",
    "password_history": "3",
    "failures_allowed": "3",
    "locked_minutes": "30",
    "idle_minutes": "10",
    "session_hours": "8",
    "password_allowed": "1",
    "oidc_allowed": "1",
    "oidc_officers": "0",
}


def entries(house, **narrowed):
    with house.executor.database.reading() as session:
        return audit_entries(session, CONSOLE, AuditFilter(**narrowed))


def read(house, question, *args, **options):
    with house.executor.database.reading() as session:
        return question(session, *args, **options)


def grants_of(house, username):
    return read(house, queries.grants, account_id=house.actor(username).account_id)


def revoke(house, officer, grant):
    page = f"/security/grants/{grant.id}/revoke"
    return officer.post(page, page, reason="岗位调整，不再承担")


def set_rules(officer, **changed):
    return officer.post("/security/rules", "/security/rules", **{**RULES, "reason": "按测评整改", **changed})


def test_a_role_taken_back_is_gone_for_whoever_has_a_page_and_a_token_open(house):
    cadre, program = house.browser(CADRE), house.program(CADRE)
    officer = house.browser(SECURITY)
    assert "村（嘎查）委员会" in cadre.get("/me").text

    for grant in grants_of(house, CADRE):
        assert revoke(house, officer, grant).status_code == 303

    assert "尚未承担任何角色" in cadre.get("/me").text
    assert program.get("/work-items").json["items"] == []
    revoked = [each for each in entries(house, stream="organisation") if each.command == "RevokeRole"]
    assert revoked[0].actor["name"] == house.actor(SECURITY).name
    assert revoked[0].facts["reason"] == "岗位调整，不再承担"


def test_a_role_granted_is_there_for_whoever_has_a_page_open(house):
    officer, cadre = house.browser(SECURITY), house.browser(CADRE)
    unit = read(house, queries.units, words="泊尔江海子镇人民政府")[0]
    assert "乡镇（街道、苏木）" not in cadre.get("/me").text

    form = {"username": CADRE, "unit": str(unit.id), "role": "township_gov"}
    answer = officer.post("/security/grants/new", "/security/grants/new", **form)

    assert answer.status_code == 303, answer.text
    assert "乡镇（街道、苏木）" in cadre.get("/me").text
    assert entries(house, stream="organisation")[0].command == "GrantRole"


@pytest.mark.parametrize("officer", [SYSTEM, AUDIT, SECURITY])
def test_no_officer_is_granted_a_role_of_casework(house, officer):
    unit = read(house, queries.units, words="泊尔江海子镇人民政府")[0]
    form = {"username": officer, "unit": str(unit.id), "role": "township_gov"}

    answer = house.browser(SECURITY).post("/security/grants/new", "/security/grants/new", **form)

    assert answer.status_code in {403, 409}
    assert f'value="{officer}"' in answer.text


def test_a_locked_account_is_out_at_once_and_stays_out_until_it_is_freed(house, clock):
    clerk, program, officer = house.browser(CLERK), house.program(CLERK), house.browser(SECURITY)
    page = f"/security/accounts/{house.actor(CLERK).account_id}"

    assert officer.post(f"{page}/lock", page, reason="疑似密码泄露").status_code == 303

    assert clerk.get("/me").status_code == 303
    assert program.get("/work-items").status_code == 401
    clock.advance(days=3)
    assert house.browser().sign_in(CLERK).status_code == 403
    officer = house.browser(SECURITY)
    assert officer.post(f"{page}/unlock", page, reason="已核实并更换密码").status_code == 303
    assert house.browser().sign_in(CLERK).status_code == 303


def test_whoever_typed_wrong_too_often_is_freed_before_their_time(house):
    for _ in range(5):
        house.browser().sign_in(CLERK, "wrong")
    assert house.browser().sign_in(CLERK).status_code == 403
    page = f"/security/accounts/{read(house, queries.accounts, words=CLERK, now=house.clock.now())[0].id}"

    house.browser(SECURITY).post(f"{page}/unlock", page, reason="本人当面核实")

    assert house.browser().sign_in(CLERK).status_code == 303


def test_nobody_locks_themselves_or_who_watches_them(house):
    officer = house.browser(SECURITY)

    for who in (SECURITY, AUDIT):
        page = f"/security/accounts/{house.actor(who).account_id}"
        answer = officer.post(f"{page}/lock", page="/security/rules", reason="试试看能不能")
        assert answer.status_code == 403

    assert house.browser().sign_in(AUDIT).status_code == 303
    assert {each.facts["code"] for each in entries(house, stream="refused")} == {
        "account.oneself",
        "account.audit_officer",
    }


def test_one_session_is_ended_and_the_other_goes_on(house):
    first, second, officer = house.browser(BUREAU), house.browser(BUREAU), house.browser(SECURITY)
    assert officer.get("/security/sessions").text.count(BUREAU) >= 2
    account = house.actor(BUREAU).account_id
    longest = {"now": house.clock.now(), "longest": timedelta(hours=12)}
    newest = read(house, queries.sessions, account_id=account, **longest)[0]

    answer = officer.post(f"/security/sessions/{newest.id}/end", "/security/sessions")

    assert answer.status_code == 303
    assert second.get("/me").status_code == 303
    assert first.get("/me").status_code == 200
    assert officer.post(f"/security/sessions/{newest.id}/end", "/security/sessions").status_code == 409
    assert entries(house, stream=f"account:{account}")[0].command == "EndSession"


def test_a_programs_token_is_voided(house):
    program, officer = house.program(BUREAU), house.browser(SECURITY)
    account = house.actor(BUREAU).account_id
    [token] = read(house, queries.tokens, account, house.clock.now())

    officer.post(f"/security/tokens/{token.id}/end", f"/security/accounts/{account}")

    assert program.get("/work-items").status_code == 401


def test_new_rules_of_sessions_end_sessions_that_are_open(house, clock):
    cadre = house.browser(CADRE)
    assert set_rules(house.browser(SECURITY)).status_code == 303

    clock.advance(minutes=9)
    assert cadre.get("/me").status_code == 200
    clock.advance(minutes=10)
    assert cadre.get("/me").status_code == 303


def test_new_rules_of_locking_count_from_the_next_wrong_password(house, clock):
    set_rules(house.browser(SECURITY))

    for _ in range(3):
        house.browser().sign_in(CLERK, "wrong")

    assert house.browser().sign_in(CLERK).status_code == 403
    clock.advance(minutes=29)
    assert house.browser().sign_in(CLERK).status_code == 403
    clock.advance(minutes=1)
    assert house.browser().sign_in(CLERK).status_code == 303


def change(browser, present, new):
    form = {"present": present, "new": new, "repeated": new}
    return browser.post("/me/password", page="/me", **form)


def test_new_rules_of_passwords_hold_for_the_next_password(house):
    set_rules(house.browser(SECURITY))
    clerk = house.browser(CLERK)
    first, second, third = "Xiangshen-2026", "Caoyuan-2026-a", "Caoyuan-2026-b"

    assert "三类" in change(clerk, first, "onlyletters99").text
    assert "最近用过" in change(clerk, first, first).text
    assert change(clerk, first, second).status_code == 303
    assert change(clerk, second, third).status_code == 303
    assert "最近用过" in change(clerk, third, first).text
    assert change(clerk, third, "Caoyuan-2026-c").status_code == 303
    assert change(clerk, "Caoyuan-2026-c", first).status_code == 303


def test_a_password_too_old_is_changed_before_anything_else(house, clock):
    set_rules(house.browser(SECURITY))
    clock.advance(days=91)

    clerk = house.browser(CLERK)

    assert clerk.get("/notices").location == "/me"
    assert change(clerk, "Xiangshen-2026", "Caoyuan-2026-a").status_code == 303
    assert clerk.get("/notices").status_code == 200


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("typed", ["", "-1", "1e3", "999999", "二十"])
def test_no_rule_leaves_its_bounds_and_nothing_typed_is_lost(one_house, name, typed):
    answer = set_rules(one_house.browser(SECURITY), **{name: typed})

    assert answer.status_code == 422
    assert BOUNDS[name].label in answer.text
    assert "按测评整改" in answer.text
    assert f'id="{name}" name="{name}" value="{typed}"' in answer.text


def test_rules_say_who_set_them_when_and_why(house):
    officer = house.browser(SECURITY)
    set_rules(officer)

    page = officer.get("/security/rules").text

    assert "按测评整改" in page
    assert house.actor(SECURITY).name in page
    [entry] = entries(house, stream="sign-in-rules")
    assert entry.facts["changed"]["idle_minutes"] == 10
    assert entry.facts["reason"] == "按测评整改"
