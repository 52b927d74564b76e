"""督查: every number leads to the steps it counts, down to the case; nobody sees beyond their scope."""

import json
import re

import pytest

from app.organisation.commands import CreateUnit, GrantRole
from app.supervision.queries import WHAT
from tests.app.office import BUREAU, CADRE, CLERK, COUNTY, HOUSEHOLD, SUPERVISOR, TOWNSHIP, VILLAGE
from workflows import worker
from workflows.commands import CONSOLE

ELSEWHERE, ABROAD = "150602101000", "ewenke-rvb1"
PAGE = "/supervision?procedure=fp_01_ds"


@pytest.fixture
def watched(one_office):
    """One case waits for the township, one was not accepted, one stands at its first check too long."""
    office = one_office
    office.until(office.start(), "township_review")
    office.take(office.start(number=1), name="check_false")
    late = office.start(number=2)
    office.pass_days(14)
    worker.drain(office.executor)
    return office, late


def supervising(office, username, division):
    """Somebody made a supervisor of a division; gives their browser."""
    unit = office.executor.execute(
        CreateUnit(name="镇督查组", office="supervision", level="township", division=division), by=CONSOLE
    )
    person = office.actor(username)
    grant = GrantRole(person_id=person.person_id, unit_id=unit, role="supervisor")
    office.executor.execute(grant, by=CONSOLE)
    return office.browser(username)


def numbers(text):
    """Of each number on a dashboard: what it says, and where it leads."""
    found = re.findall(r'class="figure-link[^"]*" href="([^"]+)">(\d+)<', text)
    return [(href.replace("&amp;", "&"), int(number)) for href, number in found]


def listed(browser, href):
    """How many steps a number leads to, through every page of the list."""
    total = 0
    while href:
        text = browser.get(href).text
        total += text.count('role="row" data-href')
        more = re.search(r'href="([^"]+)" rel="next"', text)
        href = more[1].replace("&amp;", "&") if more else None
    return total


def test_every_number_leads_to_as_many_steps_as_it_says(watched):
    office, _ = watched
    browser = office.browser(SUPERVISOR)

    for page in ("/supervision", PAGE, f"{PAGE}&area={TOWNSHIP}"):
        found = numbers(browser.get(page).text)

        assert found
        assert {href: listed(browser, href) for href, _ in found} == dict(found)


def test_an_overdue_step_is_found_from_the_county_down_to_its_case(watched):
    office, late = watched
    browser = office.browser(SUPERVISOR)

    county = browser.get(PAGE).text
    assert f"area={TOWNSHIP}" in county
    township = browser.get(f"{PAGE}&area={TOWNSHIP}").text
    assert f"area={VILLAGE}" in township
    steps = browser.get(f"/supervision/steps?what=overdue&procedure=fp_01_ds&area={VILLAGE}").text

    assert f"/cases/{late}" in steps
    assert browser.get(f"/cases/{late}").status_code == 200


def test_beside_each_chart_stand_the_same_figures(watched):
    office, _ = watched
    text = office.browser(SUPERVISOR).get(PAGE).text

    charts = [json.loads(each.replace("&#34;", '"')) for each in re.findall(r'data-chart="([^"]+)"', text)]

    overdue = charts[0]["series"][1]["values"]
    assert sum(overdue) == sum(n for href, n in numbers(text) if "what=overdue" in href and "step=" in href)
    assert all(len(one["values"]) == len(chart["categories"]) for chart in charts for one in chart["series"])


def test_only_pages_with_charts_let_them_write_style_attributes(watched):
    office, _ = watched
    browser = office.browser(SUPERVISOR)

    assert "style-src-attr" in browser.get("/supervision").headers["Content-Security-Policy"]
    assert "style-src-attr" not in browser.get("/supervision/steps").headers["Content-Security-Policy"]


def test_a_supervisor_of_one_township_never_sees_anothers(watched):
    office, late = watched
    own = supervising(office, "chaideng-cadre1", TOWNSHIP)
    other = supervising(office, "chaideng-cadre2", ELSEWHERE)

    assert f"/cases/{late}" in own.get("/supervision/steps?what=open").text
    assert other.get("/supervision").status_code == 200
    assert numbers(other.get("/supervision").text) == []
    for what in WHAT:
        assert f"/cases/{late}" not in other.get(f"/supervision/steps?what={what}").text
    for area in (COUNTY, TOWNSHIP, VILLAGE, "1", "000000000000"):
        assert other.get(f"/supervision?area={area}").status_code == 404
        assert other.get(f"/supervision/steps?area={area}").status_code == 404
    assert own.get(f"/supervision?area={COUNTY}").status_code == 404


@pytest.mark.parametrize("who", [HOUSEHOLD, CADRE, CLERK, BUREAU, "dongsheng-admin1", "audit-officer"])
def test_nobody_else_comes_in(standing_office, who):
    browser = standing_office.browser(who)

    assert browser.get("/supervision").status_code == 403
    assert browser.get("/supervision/steps").status_code == 403


def test_an_address_that_asks_for_nonsense_is_answered(standing_office):
    browser = standing_office.browser(SUPERVISOR)

    for asked in (
        "since=x&until=9999-99-99",
        "since=2026-05-01&until=2026-01-01",
        "version=x",
        "procedure=x",
    ):
        assert browser.get(f"/supervision?{asked}").status_code == 200
    assert browser.get("/supervision/steps?what=everything").status_code == 404
    assert browser.get("/supervision/steps?cursor=x").status_code == 200
