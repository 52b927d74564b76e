"""Signing in and staying so: expiry in the middle of typing, lock-out, missing tokens, strict headers."""

import dataclasses

from tests.journeys.person import Person
from tests.journeys.town import CADRE, HOUSEHOLD, PROCEDURE, TOWNSHIP

PASSWORD_PAGE = "/sign-in"


def test_a_session_that_ended_while_typing_leads_to_sign_in_and_back_to_the_item(town):
    number = town.up_to("household_check")
    town.app.extensions["session_clock"] = town.clock
    cadre = town.elsewhere(CADRE)
    pressing = cadre.about_to(number, town.answers("check_true"))
    town.clock.advance(minutes=31)

    page, button, fields, files = pressing
    led = cadre.send(page, button, fields, files)

    assert led.path.startswith(PASSWORD_PAGE) or led.status in (400, 403)
    signed = cadre.press("登录", page=cadre.open(page.path), username=CADRE, password="Xiangshen-2026")
    assert signed.path == page.path
    assert len(cadre.item_rows(number)) == 1


def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(town):
    guesser = town.stranger()
    for _ in range(5):
        guesser.sign_in(CADRE, "wrong")
        assert guesser.page.status == 403

    right = town.elsewhere(CADRE)
    assert right.page.status == 403
    town.clock.advance(minutes=15)
    assert town.elsewhere(CADRE).page.status == 200


def test_a_lock_does_not_end_the_session_of_who_is_signed_in(town):
    cadre = town.person(CADRE)
    guesser = town.stranger()
    for _ in range(5):
        guesser.sign_in(CADRE, "wrong")

    assert cadre.open("/").status == 200


def test_no_post_passes_without_its_token(town):
    number = town.up_to("household_check")
    cadre = town.person(CADRE)
    [item] = cadre.item_rows(number)

    for address, data in [
        (item, {"_action": "claim", "revision": "1"}),
        (f"{item}/transfer", {"to": "1", "reason": "没有标记"}),
        (f"/procedures/{PROCEDURE}/start", town.answers("apply") | {"members": ""}),
        (f"/cases/{number}/reveal", {"path": "subject.identity", "reason": "没有标记"}),
        ("/attachments", {}),
        ("/me/password", {"present": "x"}),
        ("/messages/read", {}),
        ("/sign-out", {}),
        ("/sign-out/everywhere", {}),
        ("/progress", {"number": number, "last_four": "0011"}),
    ]:
        answer = cadre.ask("POST", address, data=data)
        assert answer.status_code == 400, address
        assert "150602196803140011" not in answer.text

    assert "尚未签收" in cadre.item(number).words


def test_a_token_of_another_session_is_no_token(town):
    number = town.up_to("household_check")
    [item] = town.person(CADRE).item_rows(number)
    theirs = town.person(TOWNSHIP).open("/").token

    answer = town.person(CADRE).ask("POST", item, data={"_action": "claim", "csrf_token": theirs})

    assert answer.status_code == 400


def test_every_answer_carries_strict_headers_and_signed_in_pages_are_not_kept(town):
    number = town.up_to("household_check")
    cadre = town.person(CADRE)
    [item] = cadre.item_rows(number)
    addresses = ["/", "/done", "/started", "/cases", item, f"/cases/{number}", f"/procedures/{PROCEDURE}"]
    addresses += [
        f"/procedures/{PROCEDURE}/start",
        "/registers",
        "/messages",
        "/me",
        "/nowhere",
        "/attachments/1",
    ]

    for address in addresses:
        headers = cadre.ask("GET", address).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, address
        assert "script-src 'unsafe" not in policy, address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["X-Frame-Options"] == "DENY", address
        assert headers["Referrer-Policy"] == "same-origin", address
        if not address.startswith("/attachments"):
            assert headers["Cache-Control"] == "no-store", address


def test_the_cookie_is_closed_to_script_and_to_other_sites(town):
    town.settings = dataclasses.replace(town.settings, secure_cookies=True)
    town.restart()
    visitor = Person(town)

    cookie = visitor.ask("GET", PASSWORD_PAGE).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" in cookie


def test_signing_out_on_one_browser_leaves_the_other_and_everywhere_leaves_none(town):
    here, there = town.elsewhere(HOUSEHOLD), town.elsewhere(HOUSEHOLD)

    here.press("退出登录", page=here.open("/started"))
    assert there.open("/started").status == 200
    assert here.open("/started").path.startswith(PASSWORD_PAGE)

    again = town.elsewhere(HOUSEHOLD)
    again.press("在所有设备上退出", page=again.open("/me"))
    assert there.open("/started").path.startswith(PASSWORD_PAGE)
