"""A household of 折家梁村 applies itself, and the case goes the whole way to 监测中."""

import io
import zipfile

from lxml import etree

from tests.journeys.town import CADRE, COUNTY, HOUSEHOLD, LEDGER, STEPS, TOWNSHIP, household

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(content):
    """The cells of an XLSX, row by row."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        shared = ["".join(one.itertext()) for one in etree.fromstring(book.read("xl/sharedStrings.xml"))]
        rows = etree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{SHEET}row")
        return [[shared[int(cell.findtext(f"{SHEET}v") or 0)] for cell in row] for row in rows]


def applied(town):
    own = household(HOUSEHOLD)
    return town.apply(HOUSEHOLD, head_name=own.name, head_identity=own.identity, phone=own.phone)


def test_a_household_applies_itself_and_is_monitored_in_the_end(town):
    number = applied(town).number

    for step in STEPS:
        town.restart()
        town.do(number, step)
        if step == "publicity":
            town.days_pass(6)

    case = town.person(HOUSEHOLD).case(number)
    assert case.says("已纳入监测")
    assert town.person(COUNTY).item_rows(number) == []


def test_the_register_and_its_export_hold_the_household_with_its_number_masked(town):
    own = household(HOUSEHOLD)
    number = applied(town).number
    for step in STEPS:
        town.do(number, step)
        if step == "publicity":
            town.days_pass(6)

    county = town.person(COUNTY)
    listed = county.open(f"/registers/{LEDGER}")
    exported = cells(county.ask("GET", f"/registers/{LEDGER}/export.xlsx").data)
    row = dict(zip(exported[0], exported[1], strict=True))

    assert own.name in listed.words
    assert "监测中" in listed.words
    assert len(exported) == 2
    assert (row["户主或名称"], row["状态"], row["办件编号"]) == (own.name, "监测中", number)
    assert row["身份证号"] == own.identity[:6] + "*" * 8 + own.identity[-4:]
    history = county.open(listed.link(own.name))
    assert history.says("识别")
    assert own.identity not in history.raw


def test_the_timeline_names_who_of_which_unit_did_what_when_and_on_what_clause(town):
    number = town.up_to("county_decision")

    told = town.person(COUNTY).case(number, "record").all("ol.timeline li")

    for step, name, unit in [
        ("入户核实", "折海军", "折家梁村"),
        ("村评议公示（评议）", "折海军", "折家梁村"),
        ("镇（街道）审核", "", "泊尔江海子镇"),
    ]:
        line = next(one for one in told if one.startswith(step))
        assert name in line
        assert unit in line
        assert "2026-03-" in line
        assert "办理依据" in line
    assert any("系统自动办理" in one and "到期时间" in one for one in told)


def test_a_household_that_applies_itself_is_nowhere_taken_for_an_office(town):
    own = household(HOUSEHOLD)
    number = applied(town).number
    cadre = town.person(CADRE)

    for page in (cadre.case(number, "record"), cadre.case(number, "answers"), cadre.item(number)):
        assert f"村民委员会 {own.name}" not in page.words
    assert cadre.case(number, "record").words.count(f"农牧户 {own.name}") == 2
    assert f"农牧户 {own.name}" in cadre.case(number, "answers").words


def test_each_level_finds_the_case_in_its_own_list_and_nowhere_else(town):
    number = applied(town).number
    whose = {
        "household_check": CADRE,
        "village_review": CADRE,
        "publicity": CADRE,
        "township_review": TOWNSHIP,
        "county_decision": COUNTY,
    }

    for step in STEPS:
        waiting = [who for who in (CADRE, TOWNSHIP, COUNTY) if town.person(who).item_rows(number)]
        assert waiting == [whose[step]]
        town.do(number, step)
        if step == "publicity":
            town.days_pass(6)
