"""The second factor of the three officers: set up once, asked for at every sign-in, spent by every use."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import text

from app.security.factors import RemoveFactor
from app.security.queries import AuditFilter, audit_entries
from app.settings import Settings, WrongSetting
from tests.app.office import CADRE, Office
from tests.app.office import OFFICERS as THREE
from workflows.commands import CONSOLE
from workflows.errors import NotAllowed

SECURITY = "security-officer"
PAGE = "/me/second-factor"


def house(url, folder, clock, **settings):
    found = Office(url, folder / "data", clock, **settings).furnish(())
    found.app.extensions["session_clock"] = clock
    return found


@pytest.fixture
def strict(database_url, tmp_path, clock):
    """An office whose officers cannot do without."""
    found = house(database_url, tmp_path, clock, officer_totp="required")
    yield found
    found.close()


@pytest.fixture
def easy(sqlite_url, tmp_path, clock):
    """An office where it is offered, as in a demonstration."""
    found = house(sqlite_url, tmp_path, clock)
    yield found
    found.close()


class Phone:
    """An authenticator app, on the clock of the test."""

    def __init__(self, secret, clock):
        self.maker, self.clock = pyotp.TOTP(secret), clock

    def code(self, seconds=0):
        return self.maker.at(self.clock.now() + timedelta(seconds=seconds))


def enrol(office, clock, who=SECURITY):
    """Set it up; gives the phone, the recovery words and the browser."""
    browser = office.browser(who)
    browser.post(PAGE, page=PAGE)
    shown = browser.get(PAGE).text
    written = re.search(r"手工输入密钥：(.+?)</p>", shown)[1]
    secret = "".join(re.findall(r">([A-Z2-7]{4})<", written))
    phone = Phone(secret, clock)
    done = browser.post(f"{PAGE}/confirm", page=PAGE, code=phone.code())
    assert done.status_code == 200, done.text
    clock.advance(seconds=60)
    return phone, re.findall(r'<li class="number">([A-Z0-9]{5}-[A-Z0-9]{5})', done.text), browser


def half_way(office, who=SECURITY):
    """A browser whose password was right."""
    browser = office.browser()
    answer = browser.sign_in(who)
    assert answer.location == "/sign-in/code"
    return browser


def give(browser, code):
    return browser.post("/sign-in/code", page="/sign-in/code", code=code)


@pytest.mark.parametrize("officer", THREE)
def test_an_officer_without_one_is_led_to_set_it_up_before_anything_else(strict, officer):
    browser = strict.browser(officer)

    for page in ("/security/grants", "/system/accounts", "/audit", "/notices"):
        assert browser.get(page).location == PAGE or browser.get(page).status_code == 403
    assert browser.get("/notices").location == PAGE
    assert "须先设置动态口令" in browser.get(PAGE).text


def test_casework_is_asked_for_none(strict):
    browser = strict.browser(CADRE)

    assert browser.get("/notices").status_code == 200
    assert browser.get(PAGE).status_code == 403


def test_once_set_up_the_password_alone_opens_nothing(strict, clock):
    phone, words, enrolled = enrol(strict, clock)
    assert len(words) == 10
    assert enrolled.get("/security/grants").status_code == 200

    browser = half_way(strict)
    assert browser.get("/security/grants").status_code == 303

    assert give(browser, phone.code()).location == "/security/grants"
    assert browser.get("/security/grants").status_code == 200


def test_a_code_opens_once_and_an_older_one_not_at_all(strict, clock):
    phone, _, _ = enrol(strict, clock)
    used, older = phone.code(), phone.code(-30)
    give(half_way(strict), used)

    assert give(half_way(strict), used).status_code == 403
    assert give(half_way(strict), older).status_code == 403
    assert give(half_way(strict), phone.code(30)).status_code == 303


@pytest.mark.parametrize("seconds", [-90, 90, 600])
def test_a_code_of_another_time_opens_nothing(strict, clock, seconds):
    phone, _, _ = enrol(strict, clock)

    assert give(half_way(strict), phone.code(seconds)).status_code == 403


def test_guessing_codes_locks_the_account_though_the_password_is_known(strict, clock):
    phone, _, _ = enrol(strict, clock)

    for _ in range(5):
        assert give(half_way(strict), "000000").status_code == 403

    assert strict.browser().sign_in(SECURITY).status_code == 403
    clock.advance(minutes=15)
    assert give(half_way(strict), phone.code()).status_code == 303


def test_a_recovery_word_replaces_the_phone_once(strict, clock):
    _, words, _ = enrol(strict, clock)

    assert give(half_way(strict), words[0].lower()).status_code == 303
    assert give(half_way(strict), words[0]).status_code == 403
    assert give(half_way(strict), words[1]).status_code == 303


def test_the_code_must_follow_the_password_within_minutes(strict, clock):
    phone, _, _ = enrol(strict, clock)
    browser = half_way(strict)

    clock.advance(minutes=6)

    late = browser.post("/sign-in/code", page="/sign-in", code=phone.code())
    assert late.location == "/sign-in"
    assert strict.browser().get("/sign-in/code").location == "/sign-in"


def test_nothing_of_it_is_stored_or_recorded_in_plain(strict, clock):
    phone, words, _ = enrol(strict, clock)

    with strict.executor.database.reading() as session:
        kept = str(session.execute(text("SELECT secret FROM second_factor")).all())
        kept += str(session.execute(text("SELECT hash FROM recovery_code")).all())
        entries = audit_entries(session, CONSOLE, AuditFilter())
    trail = str([(each.command, each.facts) for each in entries])
    assert "ConfirmFactor" in trail
    for secret in (phone.maker.secret, *words):
        assert secret not in kept + trail
        assert secret.replace("-", "") not in kept + trail


def test_a_second_one_cannot_be_set_up_over_the_first(strict, clock):
    _, _, browser = enrol(strict, clock)

    assert browser.post(PAGE, page="/me").status_code == 409


def test_a_lost_phone_is_forgotten_on_the_console_only(strict, clock):
    _, _, browser = enrol(strict, clock)
    command = RemoveFactor(account_id=strict.actor(SECURITY).account_id)
    with pytest.raises(NotAllowed):
        strict.executor.execute(command, by=strict.actor("system-officer"))

    strict.executor.execute(command, by=CONSOLE)

    assert browser.get(PAGE).status_code == 303
    assert strict.browser(SECURITY).get("/notices").location == PAGE


def token(office, **sent):
    body = {"username": SECURITY, "password": "Xiangshen-2026", **sent}
    return office.app.test_client().post("/api/v1/tokens", json=body)


def test_a_program_gives_the_code_with_the_password(strict, clock):
    assert token(strict).status_code == 401
    phone, _, _ = enrol(strict, clock)

    assert token(strict).status_code == 401
    assert token(strict, code="000000").status_code == 401
    assert token(strict, code=phone.code()).status_code == 200
    assert token(strict, code=phone.code()).status_code == 401


def test_where_it_is_only_offered_the_demonstrations_officers_sign_in_as_before(easy):
    browser = easy.browser(SECURITY)

    assert browser.get("/security/grants").status_code == 200
    assert token(easy).status_code == 200
    assert "开始设置" in browser.get(PAGE).text


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "required"),
        ({"XIANGSHEN_DEMO": "1"}, "offered"),
        ({"XIANGSHEN_OFFICER_TOTP": "offered"}, "offered"),
        ({"XIANGSHEN_DEMO": "1", "XIANGSHEN_OFFICER_TOTP": "required"}, "required"),
    ],
)
def test_it_is_required_unless_it_is_a_demonstration_or_the_setting_says_otherwise(
    tmp_path, environ, expected
):
    settings = Settings.from_environment({"XIANGSHEN_DATA_DIR": str(tmp_path), **environ})

    assert settings.officer_totp == expected


def test_a_setting_that_says_something_else_stops_the_start(tmp_path):
    environ = {"XIANGSHEN_DATA_DIR": str(tmp_path), "XIANGSHEN_OFFICER_TOTP": "maybe"}

    with pytest.raises(WrongSetting, match="XIANGSHEN_OFFICER_TOTP"):
        Settings.from_environment(environ)
