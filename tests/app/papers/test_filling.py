"""Filled-in forms kept as papers, where the diagram names one."""

from app.papers import queries
from tests.app.notices.office import TOWNSHIP


def checked(office):
    case = office.start()
    office.complete(case.case_id, "household_check", use="check_true")
    office.work()
    return case


def sheets(office, case, kind):
    return [one for one in office.read(queries.of_case, case.case_id) if one.kind == kind]


def test_what_a_step_is_filled_in_with_is_left_as_a_numbered_sheet(office):
    case = checked(office)

    [applied] = sheets(office, case, "监测对象申请书")
    [sheet] = sheets(office, case, "入户核实表")
    assert (applied.number, sheet.number) == ("折家梁村表〔2026〕1号", "折家梁村表〔2026〕2号")
    for words in ("入户核实表", case.number, "折家梁村村民委员会", "属实", "办理依据", "附件 2 份"):
        assert words in sheet.html
    assert sheet.unchanged


def test_a_sheet_shows_no_identity_number(office):
    case = checked(office)

    [applied] = sheets(office, case, "监测对象申请书")
    assert "150602********0011" in applied.html
    assert "150602196803140011" not in applied.html


def test_each_round_leaves_a_sheet_of_its_own(office):
    case = office.posted()
    office.clock.advance(days=7)
    office.work()
    office.complete(case.case_id, "township_review", by=TOWNSHIP, use="township_returned")
    office.complete(case.case_id, "household_check", use="check_true", return_result="已补充核实。")
    office.work()

    assert len({one.number for one in sheets(office, case, "入户核实表")}) == 2


def test_nothing_is_left_of_a_step_that_was_refused(office):
    case = office.start()

    office.work()

    assert sheets(office, case, "入户核实表") == []
