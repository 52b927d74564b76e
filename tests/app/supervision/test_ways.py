"""The ways cases took and how they left the usual one, as the journal says, down to the case."""

import re
from collections import Counter

from sqlalchemy import select

from app.supervision import courses, heat
from app.supervision.models import CourseCount, WatchedCourse
from app.supervision.queries import Figures
from tests.app.office import COUNTY, SUPERVISOR
from tests.app.supervision.reckoning import count_all
from tests.workflows.approving import Approval, administrator, back
from workflows import worker
from workflows.handling import JumpItem, SuspendCase
from workflows.returning import WithdrawStep


def counted(town):
    count_all(town.executor)

    def ask(session):
        rows = session.scalars(select(CourseCount).where(CourseCount.area.like("%000000")))
        return {(row.kind, row.what): row.number for row in rows}

    return town.read(ask)


def test_cases_on_the_same_way_count_together_and_each_deviation_by_its_kind(town):
    first = Approval(town, "linear").begin("apply", "a")
    second = Approval.__new__(Approval)
    second.__dict__.update(first.__dict__)
    second.begin("apply", "a")
    same = courses.digest(["apply", "a"])
    assert counted(town)[("path", same)] == 2

    back(second, "b", "a")
    item = first.last("a")
    first.run(WithdrawStep(item_id=item.id, reason="填错了"), first.who_did(item))
    admin = administrator(town)
    first.run(JumpItem(item_id=first.item("a").id, to="c", reason="更正"), admin)
    first.run(SuspendCase(number=first.number, reason="等批复"), admin)

    found = counted(town)
    assert ("path", courses.digest(["apply", "a", "↩b"])) in found
    assert {what: number for (kind, what), number in found.items() if kind == "deviation"} == Counter(
        returned=1, withdrawn=1, jumped=1, rested=1
    )
    rows = town.read(lambda session: session.scalars(select(WatchedCourse)).all())
    assert sum(number for (kind, _), number in found.items() if kind == "path") == len(rows) == 2


def test_a_supervisor_goes_from_a_variant_and_a_deviation_to_the_cases(one_office):
    number = one_office.start()
    one_office.take(number, name="check_false")
    worker.drain(one_office.executor)
    browser = one_office.browser(SUPERVISOR)

    text = browser.get("/supervision/ways?procedure=fp_01_ds").text
    way = re.search(r'href="(/supervision/ways/cases[^"]*path=[^"]+)"', text)[1].replace("&amp;", "&")

    assert "提交申请 → 入户核实" in text
    assert f"/cases/{number}" in browser.get(way).text
    assert browser.get("/supervision/ways/cases?procedure=fp_01_ds&deviation=returned").status_code == 200
    assert browser.get("/supervision/ways/cases?procedure=fp_01_ds&deviation=x").status_code == 404
    assert browser.get("/supervision/ways").status_code == 404


def test_the_diagram_says_what_is_open_and_overdue_at_each_step(one_office):
    one_office.start()
    one_office.pass_days(20)
    browser = one_office.browser(SUPERVISOR)

    state = browser.get(f"/supervision/map/diagram.json?procedure=fp_01_ds&area={COUNTY}").json

    assert state["heat"]["household_check"] == {"words": "在办 1，超期 1", "much": 0}
    page = browser.get("/supervision/map?procedure=fp_01_ds")
    assert "/supervision/map/diagram.json" in page.text
    assert browser.get("/supervision/map/diagram.bpmn?procedure=fp_01_ds").text.startswith("<?xml")


def test_a_step_is_warmer_the_more_of_its_limit_half_of_its_cases_take():
    def taking(band):
        bands = [0] * 14
        bands[band] = 1
        return heat.much(Figures(bands=bands))

    assert [taking(band) for band in (0, 4, 5, 8, 9, 10, 13)] == [0, 0, 1, 2, 2, 3, 3]
    assert heat.much(Figures()) == 0
