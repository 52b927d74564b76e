from app.organisation import divisions, queries
from app.organisation.commands import LoadDivisions
from tests.databases import make_tables
from workflows.commands import CONSOLE, Executor
from workflows.db import Database

ZHEJIALIANG = "150602100202"


def test_every_division_lies_in_one_that_the_files_name_too():
    rows = divisions.read_divisions()
    codes = {row.code for row in rows}

    assert len(codes) == len(rows)
    assert {row.parent for row in rows} - {None} <= codes


def test_every_code_has_twelve_digits_and_every_name_is_short_enough():
    for row in divisions.read_divisions():
        assert len(row.code) == 12, row
        assert row.code.isdigit(), row
        assert row.name == row.name.strip(), row
        assert 0 < len(row.name) <= 60, row


def test_aolezhaoqi_has_the_twelve_villages_and_seven_communities_its_plan_counts():
    inside = [row.kind for row in divisions.read_divisions() if row.parent == "150623100000"]

    assert len([kind for kind in inside if kind in {"嘎查", "村"}]) == 12
    assert inside.count("社区") == 7


def test_each_locality_names_its_units_in_its_own_words():
    names = {unit.name for unit in divisions.read_units(divisions.read_divisions())}

    assert {
        "折家梁村村民委员会",
        "查干诺尔嘎查委员会",
        "吉劳庆社区居民委员会",
        "交通街道办事处",
        "辉苏木人民政府",
        "圪塔上乡人民政府",
        "包尔盖农场公司",
        "包尔盖农场公司一分场",
        "鄂托克前旗乡村振兴局",
    } <= names


def test_dongsheng_has_the_seven_departments_its_plan_names():
    units = divisions.read_units(divisions.read_divisions())

    found = {unit.department for unit in units if unit.division == "150602000000" and unit.department}

    assert found == {
        "civil_affairs",
        "health",
        "medical_insurance",
        "housing",
        "education",
        "disabled_federation",
        "emergency",
    }


def test_loading_twice_changes_nothing_the_second_time(empty_database_url, clock):
    make_tables(empty_database_url)
    database = Database(empty_database_url)
    executor = Executor(database, clock, None)

    first = executor.execute(LoadDivisions(), by=CONSOLE)
    second = executor.execute(LoadDivisions(), by=CONSOLE)
    database.dispose()

    assert first.divisions > 600
    assert first.units > first.divisions
    assert (second.divisions, second.units) == (0, 0)


def test_a_path_leads_from_the_county_to_the_village(session):
    assert queries.division_path(session, ZHEJIALIANG) == "东胜区·泊尔江海子镇·折家梁村"
    assert queries.division_path(session, "150602000000") == "东胜区"
    assert queries.division_path(session, "999999999999") == "999999999999"


def test_a_picker_goes_down_one_level_at_a_time(session):
    counties = [one.name for one in queries.children(session)]
    villages = [one.name for one in queries.children(session, "150602100000")]

    assert counties == ["兴县", "东胜区", "鄂托克前旗", "鄂温克族自治旗", "磴口县"]
    assert "折家梁村" in villages
    assert "灶火壕村" not in villages


def test_a_picker_of_villages_says_in_which_township_each_lies(session):
    found = {one.name: above for one, above in queries.pickable(session, "150602000000", "village")}

    assert found["折家梁村"] == "泊尔江海子镇"
    assert found["灶火壕村"] == "罕台镇"
    assert "新地村" not in found
