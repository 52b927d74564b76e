"""Reading a paper over HTTP."""

import re

import html5lib
import pytest

from app import create_app
from app.security import demo
from app.settings import Settings
from tests.app.notices.office import CADRE

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def reader(office, tmp_path):
    """`reader(username)` is a browser in which that person has signed in."""
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "data.key").write_bytes(bytes(range(32)))
    environment = {"XIANGSHEN_DATA_DIR": str(tmp_path / "var"), "XIANGSHEN_DATABASE_URL": office.database.url}
    app = create_app(Settings.from_environment(environment), office.clock)

    def signed_in(username):
        browser = app.test_client()
        token = TOKEN.search(browser.get("/sign-in").get_data(as_text=True))[1]
        given = {"csrf_token": token, "username": username, "password": demo.PASSWORD}
        assert browser.post("/sign-in", data=given).status_code == 303
        return browser

    yield signed_in
    app.extensions["executor"].database.dispose()


def refused(office):
    case = office.start()
    office.complete(case.case_id, "household_check", use="check_false")
    office.work()
    return case


def test_a_paper_opens_for_those_who_may_read_its_case_with_a_way_to_print_it(office, reader):
    refused(office)

    answer = reader(CADRE).get("/papers/1")

    page = answer.get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(page)
    assert "折家梁村告〔2026〕1号" in page
    assert "data-print" in page
    assert "可能被改动" not in page


def test_a_paper_is_handed_out_as_pdf_under_its_number(office, reader):
    refused(office)

    answer = reader(CADRE).get("/papers/1.pdf")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    assert "%E5%91%8A" in answer.headers["Content-Disposition"]
    assert reader("chaideng-cadre1").get("/papers/1.pdf").status_code == 404


def test_a_paper_of_another_village_looks_as_if_it_were_not_there(office, reader):
    refused(office)

    assert reader("chaideng-cadre1").get("/papers/1").status_code == 404
    assert reader(CADRE).get("/papers/99").status_code == 404


def test_a_message_leads_to_the_paper_and_is_read_by_going_there(office, reader):
    refused(office)
    browser = reader(CADRE)
    page = browser.get("/messages").get_data(as_text=True)
    html5lib.HTMLParser(strict=True).parse(page)
    token = TOKEN.search(page)[1]

    answer = browser.post("/messages/1/read", data={"csrf_token": token})

    assert (answer.status_code, answer.location) == (303, "/papers/1")
    assert "还没有消息" not in browser.get("/messages").get_data(as_text=True)
    assert "没有未读消息" in browser.get("/messages?show=unread").get_data(as_text=True)


def test_a_stranger_is_asked_to_sign_in(office, reader):
    refused(office)
    browser = reader(CADRE)
    browser.delete_cookie("session")

    for address in ("/papers/1", "/messages"):
        answer = browser.get(address)
        assert answer.status_code in {302, 303, 401}, address
