"""The pages of the calendar: a month to look at, a day to change with its reason, without script."""

import re

import pytest

from tests.app.office import CADRE

ADMIN = "dongsheng-admin1"


def cell(page, day):
    """What is said of a day in the grid."""
    return re.search(rf'<a class="month-day[^"]*" href="/calendar/{day}".*?</a>', page, re.DOTALL)[0]


def test_a_month_shows_what_is_published_and_what_was_changed(one_office):
    admin = one_office.browser(ADMIN)
    page = admin.get("/calendar?month=2026-02").text
    assert "工作日" in cell(page, "2026-02-14")
    assert "班" in cell(page, "2026-02-14")
    assert "休" in cell(page, "2026-02-16")

    answer = admin.post("/calendar/2026-02-14", "/calendar/2026-02-14", works="no", why="旗里另行安排")

    assert answer.status_code == 303
    assert answer.location == "/calendar?month=2026-02"
    page = admin.get("/calendar?month=2026-02").text
    assert "休息日，已调整，公布为工作日（春节调休）" in cell(page, "2026-02-14")
    assert "旗里另行安排" in page
    assert "已经定下的办理期限、公示截止和定时不会自动变动" in page
    assert "春节调休" in admin.get("/calendar/2026-02-14").text


def test_a_day_keeps_every_change_with_who_when_and_why(one_office):
    admin, day = one_office.browser(ADMIN), "/calendar/2026-03-18"
    admin.post(day, day, works="no", why="那达慕")
    admin.post(day, day, works="published", why="那达慕改期")

    page = admin.get(day).text

    assert page.index("那达慕改期") < page.index("调整为休息")
    assert "恢复按公布的日历" not in page
    assert page.count("2026-03-16 09:00") == 2


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"works": "no", "why": ""}, "请写明调整的依据和理由"),
        ({"works": "yes", "why": "照常"}, "这一天现在就是工作日"),
        ({"why": "放假"}, "请选择这一天上班还是休息"),
        ({"works": "maybe", "why": "放假"}, "请选择这一天上班还是休息"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(one_office, sent, words):
    day = "/calendar/2026-03-18"

    answer = one_office.browser(ADMIN).post(day, day, **sent)

    assert answer.status_code == 422
    assert words in answer.text
    assert sent["why"] in answer.text


@pytest.mark.parametrize(
    "address",
    ["/calendar/2025-12-31", "/calendar/2028-01-01", "/calendar/20260318", "/calendar?month=2026-13"],
)
def test_other_years_and_what_is_no_day_are_not_found(one_office, address):
    assert one_office.browser(ADMIN).get(address).status_code == 404


def test_a_year_nobody_has_published_says_that_it_is_monday_to_friday_only(one_office):
    admin = one_office.browser(ADMIN)

    assert "还没有2027年的国务院放假安排" in admin.get("/calendar?month=2027-05").text
    assert "放假安排：" not in admin.get("/calendar?month=2026-05").text


def test_the_months_lead_from_one_to_the_next_within_the_two_years(one_office):
    admin = one_office.browser(ADMIN)

    first, last = (admin.get(f"/calendar?month={each}").text for each in ("2026-01", "2027-12"))

    assert 'rel="prev"' not in first
    assert 'rel="next" href="/calendar?month=2026-02"' in first
    assert 'rel="prev" href="/calendar?month=2027-11"' in last
    assert 'rel="next"' not in last


def test_the_calendar_stands_in_the_menu_of_whom_it_concerns(one_office):
    assert 'href="/calendar"' in one_office.browser(ADMIN).get("/parameters").text
    cadre = one_office.browser(CADRE)
    assert 'href="/calendar"' not in cadre.get("/").text
    assert cadre.get("/calendar").status_code == 403


def test_the_lamps_on_a_page_and_in_the_interface_go_by_the_change(office):
    number = office.start()
    before = office.item(number)["lamp_words"]
    admin, day = office.browser(ADMIN), "/calendar/2026-03-18"

    admin.post(day, day, works="no", why="停电检修")

    after = office.item(number)["lamp_words"]
    left = [int(re.search(r"\d+", words)[0]) for words in (before, after)]
    assert left[0] - 1 == left[1]
    assert after in office.browser(CADRE).get("/").text
