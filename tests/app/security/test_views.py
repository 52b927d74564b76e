import re

import html5lib
import pytest

from app.organisation import commands as organisation
from app.security import passwords, sessions
from app.security.commands import IssueToken, ResetPassword, SignInRefused
from app.security.signatures import with_key
from workflows import seals
from workflows.commands import CONSOLE

WORK = "/"
"""Where a caseworker arrives: the inbox."""


def parsed(answer):
    html5lib.HTMLParser(strict=True).parse(answer.text)
    return answer.text


def test_the_sign_in_page_is_open_to_everyone_and_well_formed(browser):
    answer = browser.get("/sign-in")

    assert answer.status_code == 200
    assert "用户名" in parsed(answer)


def test_whoever_knows_the_password_arrives_at_their_work(browser):
    answer = browser.sign_in("dongsheng-rvb1")

    assert (answer.status_code, answer.location) == (303, WORK)
    assert "其其格" in parsed(browser.get("/me"))


def test_an_unknown_name_and_a_wrong_password_read_the_same_sentence(browser):
    wrong = browser.sign_in("dongsheng-rvb1", "wrong")
    unknown = browser.sign_in("dongsheng-rvb9", "wrong")

    assert wrong.status_code == unknown.status_code == 403
    assert SignInRefused.sentence in parsed(wrong)
    assert SignInRefused.sentence in unknown.text


def test_after_five_failures_the_right_password_reads_the_same_sentence_too(browser, clock):
    for _ in range(5):
        browser.sign_in("dongsheng-rvb1", "wrong")

    assert SignInRefused.sentence in browser.sign_in("dongsheng-rvb1").text
    clock.advance(minutes=15)
    assert browser.sign_in("dongsheng-rvb1").status_code == 303


def test_the_password_never_comes_back_in_the_page(browser):
    assert "my wrong secret" not in browser.sign_in("dongsheng-rvb1", "my wrong secret").text


def test_a_post_without_the_pages_token_is_refused(browser):
    form = {"username": "dongsheng-rvb1", "password": "Xiangshen-2026"}

    assert browser.client.post("/sign-in", data=form).status_code == 400


def test_a_stranger_is_led_to_sign_in_and_back_to_the_page_they_wanted(browser):
    led = browser.get("/me")
    assert (led.status_code, led.location) == (303, "/sign-in?next=/me")

    answer = browser.sign_in("dongsheng-rvb1", next="/me")
    assert answer.location == "/me"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/ok\r\nSet-Cookie: x",
        "",
        "relative",
    ],
)
def test_nobody_is_led_to_another_site_after_signing_in(browser, target):
    assert sessions.local_path(target) is None
    assert browser.sign_in("dongsheng-rvb1", next=target).location == WORK


def test_a_part_of_a_page_asked_by_a_stranger_moves_the_whole_page(browser):
    answer = browser.get("/me", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/sign-in")


def test_signing_out_ends_the_session(browser):
    browser.sign_in("dongsheng-rvb1")

    answer = browser.post("/sign-out", page="/me")

    assert answer.location == "/sign-in"
    assert browser.get("/me").status_code == 303


def test_signing_out_takes_a_post(browser):
    browser.sign_in("dongsheng-rvb1")

    assert browser.get("/sign-out").status_code == 405
    assert browser.get("/me").status_code == 200


def test_half_an_hour_of_silence_ends_the_session(browser, clock):
    browser.sign_in("dongsheng-rvb1")

    clock.advance(minutes=29)
    assert browser.get("/me").status_code == 200
    clock.advance(minutes=29)
    assert browser.get("/me").status_code == 200
    clock.advance(minutes=30)
    assert browser.get("/me").status_code == 303


def test_twelve_hours_end_the_session_however_busy(browser, clock):
    browser.sign_in("dongsheng-rvb1")

    for _ in range(35):
        clock.advance(minutes=20)
        assert browser.get("/me").status_code == 200
    clock.advance(minutes=20)

    assert browser.get("/me").status_code == 303


def test_the_cookie_is_hidden_from_scripts_and_from_other_sites(browser):
    cookies = browser.sign_in("dongsheng-rvb1").headers.getlist("Set-Cookie")

    (cookie,) = [one for one in cookies if one.startswith("session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_changed_password_keeps_this_session_and_ends_the_others(browser, another):
    browser.sign_in("dongsheng-rvb1")
    another.sign_in("dongsheng-rvb1")

    form = {"present": "Xiangshen-2026", "new": "Another-2027", "repeated": "Another-2027"}
    answer = browser.post("/me/password", page="/me", **form)

    assert (answer.status_code, answer.location) == (303, "/me")
    assert browser.get("/me").status_code == 200
    assert another.get("/me").status_code == 303
    assert another.sign_in("dongsheng-rvb1", "Another-2027").status_code == 303


def test_what_is_wrong_with_a_new_password_stands_beside_each_field(browser):
    browser.sign_in("dongsheng-rvb1")

    answer = browser.post("/me/password", page="/me", present="wrong", new="short", repeated="other")

    assert answer.status_code == 422
    text = parsed(answer)
    for sentence in ("当前密码不正确", "密码至少 10 位", "两次输入的新密码不一致"):
        assert sentence in text


def test_signing_out_everywhere_ends_every_session(browser, another):
    browser.sign_in("dongsheng-rvb1")
    another.sign_in("dongsheng-rvb1")

    browser.post("/sign-out/everywhere", page="/me")

    assert browser.get("/me").status_code == 303
    assert another.get("/me").status_code == 303


def test_a_stopped_account_is_out_at_once(browser, peopled, account):
    browser.sign_in("dongsheng-rvb1")
    stop = organisation.SetAccountActive(
        account_id=account("dongsheng-rvb1").account_id, active=False, reason="调离"
    )

    peopled.execute(stop, by=CONSOLE)

    assert browser.get("/me").status_code == 303


def test_a_password_set_by_someone_else_is_changed_before_any_work(browser, peopled, account):
    hashed = passwords.hashed("First-2026-x", "cheap")
    lost = account("dongsheng-rvb1").account_id
    peopled.execute(ResetPassword(account_id=lost, password_hash=hashed, reason="本人遗忘"), by=CONSOLE)

    assert browser.sign_in("dongsheng-rvb1", "First-2026-x").location == "/me"
    assert browser.get(WORK).location == "/me"
    form = {"present": "First-2026-x", "new": "Another-2027", "repeated": "Another-2027"}
    browser.post("/me/password", page="/me", **form)
    assert "您的密码由管理员设置" not in browser.get("/me").text
    assert browser.get("/sign-in").location == WORK


def test_officers_arrive_at_their_own_pages(browser, another):
    assert browser.sign_in("audit-officer").location == "/audit"
    assert another.sign_in("security-officer").location == "/security/grants"


def test_the_audit_is_read_by_who_may_and_by_nobody_else(browser, another):
    browser.sign_in("audit-officer")
    answer = browser.get("/audit")
    assert answer.status_code == 200
    assert "载入演示人员" in parsed(answer)

    another.sign_in("dongsheng-rvb1")
    assert another.get("/audit").status_code == 403


def test_the_audit_marks_where_the_key_of_the_seals_was_turned_or_lost(browser, app):
    executor, settings = app.extensions["executor"], app.extensions["settings"]

    def use(key):
        object.__setattr__(executor.host, "sealer", with_key(settings, bytes([key]) * 32))

    use(1)
    seals.seal(executor, by=CONSOLE)
    seals.rotate(executor, with_key(settings, bytes([2]) * 32), by=CONSOLE)
    use(3)
    seals.begin_anew(executor, "硬盘损坏，没有备份", by=CONSOLE)
    browser.sign_in("audit-officer")

    rows = re.findall(r"<tr role=.row.>.*?</tr>", parsed(browser.get("/audit?command=SealTrail")), re.DOTALL)

    marks = [re.findall(r'state-waiting">([^<]+)<', row) for row in rows if "<td" in row]
    assert marks == [["原封存密钥遗失，换用新密钥"], ["更换封存密钥"], []]


def test_odd_questions_to_the_audit_are_no_trouble(browser):
    browser.sign_in("audit-officer")

    for query in ("since=nonsense", "person=abc", "after=xxx", "after=W10", "case=%25", "since=2026-03-16"):
        assert browser.get(f"/audit?{query}").status_code == 200, query


def test_the_audit_is_read_on_page_by_page(browser, app):
    for _ in range(60):
        browser.sign_in("nobody", "x")
    browser.sign_in("audit-officer")

    first = browser.get("/audit").text

    assert "下一页" in first
    assert "回到第一页" not in first


def test_divisions_are_public_geography(browser):
    counties = browser.get("/divisions").json
    villages = browser.get("/divisions?under=150602100000").json

    assert {"code": "150602000000", "name": "东胜区", "kind": "区", "level": "county"} in counties
    assert "折家梁村" in {one["name"] for one in villages}


@pytest.fixture
def token(peopled, proof, clock):
    command = IssueToken(proof=proof("dongsheng-rvb1"), issued_at=clock.now())
    return peopled.execute(command, by=CONSOLE).token


@pytest.fixture
def who(app):
    """Ask a program's page who it thinks is asking."""
    from flask import jsonify

    from app import policy
    from app.door import current_actor
    from app.policy import allow

    @allow(policy.signed_in)
    def view():
        return jsonify(name=current_actor().name)

    app.add_url_rule("/api/v1/who-is-asking", view_func=view)
    return lambda browser, **headers: browser.get("/api/v1/who-is-asking", headers=headers)


def test_a_program_speaks_through_its_token(browser, who, token):
    assert who(browser, Authorization=f"Bearer {token}").json == {"name": "其其格"}


def test_a_cookie_never_counts_for_a_program(browser, who):
    browser.sign_in("dongsheng-rvb1")

    answer = who(browser)

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "sign_in.required"


@pytest.mark.parametrize("header", ["Bearer made-up", "Bearer", "Basic eDp5", "Bearer "])
def test_a_wrong_token_is_answered_with_a_problem(browser, who, header):
    answer = who(browser, Authorization=header)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
