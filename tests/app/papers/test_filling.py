"""Filled-in forms kept as papers, where the diagram names one."""

import dataclasses

import pytest

from app.papers import queries
from tests.app.notices.office import ROOT, TOWNSHIP
from workflows.designing import folders
from workflows.designing.publish import PublishVersion

CHECK = '<bpmn:userTask id="household_check"'


@pytest.fixture
def papered(office):
    """入户核实 makes a 入户核实表."""
    bundle = folders.read(ROOT / "bpmn", ROOT / "forms" / "definitions", "fp_01_ds")
    text = bundle.diagrams["process.bpmn"]
    place = text.index("<zeebe:properties>", text.index(CHECK)) + len("<zeebe:properties>")
    named = '<zeebe:property name="paper" value="入户核实表" />'
    if 'name="paper"' not in text[place : place + 900]:
        text = text[:place] + named + text[place:]
    office.do(PublishVersion(bundle=dataclasses.replace(bundle, diagrams={"process.bpmn": text})))
    return office


def checked(office):
    case = office.start()
    office.complete(case.case_id, "household_check", use="check_true")
    office.work()
    return case


def sheets(office, case):
    return [one for one in office.read(queries.of_case, case.case_id) if one.kind == "入户核实表"]


def test_a_checked_household_leaves_a_numbered_sheet(papered):
    case = checked(papered)

    [sheet] = sheets(papered, case)
    assert (sheet.number, sheet.unit) == ("折家梁村表〔2026〕1号", "折家梁村村民委员会")
    for words in ("入户核实表", case.number, "折家梁村村民委员会", "属实", "办理依据"):
        assert words in sheet.html
    assert sheet.unchanged


def test_a_sheet_shows_no_identity_number(papered):
    case = checked(papered)

    assert all("150602196803140011" not in one.html for one in papered.read(queries.of_case, case.case_id))


def test_each_round_leaves_a_sheet_of_its_own(papered):
    case = checked(papered)
    papered.complete(case.case_id, "village_review", use="review_passed")
    papered.complete(case.case_id, "publicity")
    papered.clock.advance(days=7)
    papered.work()
    papered.complete(case.case_id, "township_review", by=TOWNSHIP, use="township_returned")
    papered.complete(
        case.case_id,
        "household_check",
        use="check_true",
        visited_on="2026-03-20",
        return_result="已补充核实。",
    )
    papered.work()

    assert [one.number for one in sheets(papered, case)] == ["折家梁村表〔2026〕1号", "折家梁村表〔2026〕2号"]
