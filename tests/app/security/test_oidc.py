"""Sign-in through a provider: what it may open, and everything that comes back wrong opens nothing."""

import http.client
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from app.officers.commands import LinkSubject, LockAccount, SetSignInRules
from app.security.oidc_views import REFUSED
from app.security.queries import AuditFilter, audit_entries
from app.security.rules import Rules
from app.settings import Oidc, Settings, WrongSetting
from tests.app.office import CADRE, CLERK, Office
from tests.app.security.provider import CLIENT, SECRET, Provider
from workflows.commands import CONSOLE

SUBJECT = "person-17"


@pytest.fixture
def provider():
    found = Provider()
    yield found
    found.close()


def make(url, folder, clock, provider):
    oidc = Oidc(issuer=provider.issuer, client_id=CLIENT, secret=SECRET)
    office = Office(url, folder / "data", clock, oidc=oidc).furnish(())
    office.app.extensions["session_clock"] = clock
    link(office, CADRE)
    return office


def link(office, who, subject=SUBJECT):
    command = LinkSubject(
        account_id=office.actor(who).account_id,
        issuer=office.settings.oidc.issuer,
        subject=subject,
        reason="按对方名单关联",
    )
    office.executor.execute(command, by=CONSOLE)


@pytest.fixture
def office(database_url, tmp_path, clock, provider):
    found = make(database_url, tmp_path, clock, provider)
    yield found
    found.close()


@pytest.fixture
def one_office(sqlite_url, tmp_path, clock, provider):
    found = make(sqlite_url, tmp_path, clock, provider)
    yield found
    found.close()


def there(browser, **options):
    """Set out and be asked at the provider, over HTTP; gives the address that leads back."""
    away = urlsplit(browser.get("/sign-in/oidc", **options).location)
    connection = http.client.HTTPConnection(away.netloc, timeout=10)
    connection.request("GET", f"{away.path}?{away.query}")
    back = connection.getresponse().getheader("Location")
    connection.close()
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


def come_by_provider(browser):
    return browser.get(there(browser))


def told(office, **narrowed):
    with office.executor.database.reading() as session:
        return audit_entries(session, CONSOLE, AuditFilter(**narrowed))


def test_whom_the_provider_vouches_for_is_let_in_by_their_subject(office):
    browser = office.browser()
    assert "用统一身份认证登录" in browser.get("/sign-in").text

    answer = browser.get(there(browser, query_string={"next": "/cases"}))

    assert answer.location == "/cases"
    assert office.actor(CADRE).name in browser.get("/me").text
    entry = next(each for each in told(office) if each.command == "SignInByOidc")
    assert (entry.facts["opened"], entry.facts["method"], entry.facts["username"]) == (True, "oidc", CADRE)


def test_signing_in_by_password_says_so_on_the_trail(office):
    office.browser(CADRE)

    entry = next(each for each in told(office) if each.command == "SignIn")
    assert entry.facts["method"] == "password"


WRONG = {
    "another nonce": {"nonce": "somebody else's"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another office"},
    "another issuer": {"iss": "http://127.0.0.1:1/"},
    "expired": {"exp": 1_700_000_000},
    "an empty subject": {"sub": ""},
    "another subject": {"sub": "person-18"},
    "a name instead of the subject": {"sub": CADRE, "preferred_username": CADRE, "name": "其其格"},
}


@pytest.mark.parametrize("spoil", WRONG.values(), ids=WRONG)
def test_a_token_that_says_something_wrong_opens_nothing(one_office, provider, spoil):
    provider.spoil = spoil
    browser = one_office.browser()

    answer = come_by_provider(browser)

    assert answer.status_code == 403
    assert REFUSED in answer.text
    assert browser.get("/me").status_code == 303
    [entry] = told(one_office, stream="sign-in")
    assert entry.refused


@pytest.mark.parametrize("sign", [Provider.sign_with_the_secret, Provider.sign_with_a_strange_key])
def test_a_token_signed_by_no_key_of_the_provider_opens_nothing(one_office, provider, sign):
    sign(provider)

    assert come_by_provider(one_office.browser()).status_code == 403


def test_an_answer_counts_once(office):
    browser = office.browser()
    back = there(browser)
    assert browser.get(back).status_code == 303

    assert browser.get(back).status_code == 403


def test_an_answer_to_another_browser_opens_nothing(one_office):
    mine, theirs = one_office.browser(), one_office.browser()
    there(theirs)

    assert theirs.get(there(mine)).status_code == 403


def test_an_answer_with_another_state_or_a_refusal_opens_nothing(one_office):
    browser = one_office.browser()
    code = parse_qs(urlsplit(there(browser)).query)["code"][0]
    wrong = urlencode({"code": code, "state": "made up"})
    assert browser.get(f"/sign-in/oidc/back?{wrong}").status_code == 403

    state = parse_qs(urlsplit(there(browser)).query)["state"][0]
    refused = urlencode({"error": "access_denied", "state": state})
    assert browser.get(f"/sign-in/oidc/back?{refused}").status_code == 403


def test_coming_back_too_late_opens_nothing(one_office, clock):
    browser = one_office.browser()
    back = there(browser)

    clock.advance(minutes=11)

    assert browser.get(back).status_code == 403


def test_a_locked_account_stays_locked_whoever_vouches(office):
    command = LockAccount(account_id=office.actor(CADRE).account_id, reason="疑似泄露")
    office.executor.execute(command, by=CONSOLE)

    assert come_by_provider(office.browser()).status_code == 403
    assert next(each for each in told(office) if each.command == "SignInByOidc").facts["why"] == "locked"


def rules(office, **changed):
    office.executor.execute(
        SetSignInRules(said={**Rules().said(), **changed}, reason="按测评整改"), by=CONSOLE
    )


def test_an_officer_is_refused_until_the_rules_allow_it(office, provider):
    link(office, "system-officer", "person-3")
    provider.subject = "person-3"
    assert come_by_provider(office.browser()).status_code == 403

    rules(office, oidc_officers=1)

    assert come_by_provider(office.browser()).location == "/system/accounts"


def test_the_rules_close_either_way_and_never_both(office):
    rules(office, oidc_allowed=0)
    assert come_by_provider(office.browser()).status_code == 403
    rules(office, password_allowed=0)
    assert come_by_provider(office.browser()).status_code == 303
    assert office.browser().sign_in(CADRE).status_code == 403
    officer = office.browser("security-officer")

    said = {**{name: str(value) for name, value in Rules().said().items()}, "reason": "都停用试试"}
    said |= {"password_allowed": "0", "oidc_allowed": "0"}
    answer = officer.post("/security/rules", "/security/rules", **said)

    assert answer.status_code == 422
    assert "不能同时停用" in answer.text


def test_one_subject_is_of_one_account(office):
    officer = office.browser("security-officer")
    page = f"/security/accounts/{office.actor(CLERK).account_id}"

    answer = officer.post(f"{page}/subject", page, subject=SUBJECT, why="按对方名单关联")

    assert answer.status_code == 409
    assert "已关联到另一账号" in answer.text
    assert officer.post(f"{page}/subject", page, subject="person-20", why="").status_code == 422
    assert officer.post(f"{page}/subject", page, subject="person-20", why="按名单").status_code == 422
    assert officer.post(f"{page}/subject", page, subject="person-20", why="按对方名单").status_code == 303
    assert told(office, stream=f"account:{office.actor(CLERK).account_id}")[0].command == "LinkSubject"


def test_a_provider_that_is_away_is_said_plainly_and_passwords_go_on(one_office, provider):
    provider.close()
    browser = one_office.browser()

    answer = browser.get("/sign-in/oidc")

    assert answer.status_code == 503
    assert "暂时连不上" in answer.text
    assert browser.sign_in(CADRE).status_code == 303
    provider.server.server_close = provider.server.shutdown = lambda: None


def test_who_came_this_way_is_offered_to_leave_there_too(one_office, provider):
    browser = one_office.browser()
    come_by_provider(browser)

    left = browser.post("/sign-out", page="/me")

    assert "同时退出统一身份认证" in browser.get(left.location).text
    assert browser.get("/sign-in/oidc/out").location.startswith(f"{provider.issuer}/bye?client_id={CLIENT}")


@pytest.mark.parametrize(
    "environ",
    [
        {"XIANGSHEN_OIDC_ISSUER": "https://id.example.cn"},
        {"XIANGSHEN_OIDC_ISSUER": "http://id.example.cn", "XIANGSHEN_OIDC_CLIENT_ID": "x", "FILE": "y"},
        {"XIANGSHEN_OIDC_ISSUER": "https://id.example.cn", "XIANGSHEN_OIDC_CLIENT_ID": "x", "FILE": ""},
    ],
)
def test_half_a_provider_stops_the_start(tmp_path, environ):
    file = tmp_path / "secret"
    file.write_text(environ.pop("FILE", "y"))
    sent = {"XIANGSHEN_DATA_DIR": str(tmp_path), **environ}
    if len(environ) == 2:
        sent["XIANGSHEN_OIDC_CLIENT_SECRET_FILE"] = str(file)

    with pytest.raises(WrongSetting, match="XIANGSHEN_OIDC"):
        Settings.from_environment(sent)
