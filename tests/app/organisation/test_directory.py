import pytest

from app.organisation.directory import Directory, NoUnit, division_at
from tests.bpmn import artefacts
from workflows import decisions

ZHEJIALIANG = "150602100202"


@pytest.fixture
def unit_for(peopled, session):
    def ask(role, level, division=ZHEJIALIANG):
        return Directory().unit_for(session, role, level, division).name

    return ask


def test_each_lane_of_dongsheng_finds_its_unit_above_the_village(unit_for):
    assert unit_for("household", "village") == "折家梁村村民委员会"
    assert unit_for("village_committee", "village") == "折家梁村村民委员会"
    assert unit_for("township_gov", "township") == "泊尔江海子镇人民政府"
    assert unit_for("county_rvb", "county") == "东胜区乡村振兴局"


def test_a_street_office_acts_where_a_township_government_would(unit_for):
    assert unit_for("township_gov", "township", "150602001001") == "交通街道办事处"


def test_a_farm_company_acts_beside_the_townships(unit_for):
    assert unit_for("township_gov", "township", "150822403200") == "包尔盖农场公司"
    assert unit_for("township_gov", "farm", "150822403200") == "包尔盖农场公司"


def test_a_department_is_found_by_its_key(unit_for):
    assert unit_for("industry_dept:health", "department") == "东胜区卫生健康委员会"
    assert unit_for("industry_dept:health", "department", "141123209200") == "兴县卫生健康局"


@pytest.mark.parametrize(
    ("role", "level", "division"),
    [
        ("bank", "county", ZHEJIALIANG),
        ("industry_dept", "department", ZHEJIALIANG),
        ("village_committee", "village", "150602100000"),
        ("township_gov", "township", "150602000000"),
        ("village_committee", "village", "999999999999"),
        ("no such role", "county", ZHEJIALIANG),
        ("county_rvb", "no such level", ZHEJIALIANG),
    ],
)
def test_a_missing_unit_is_refused_in_words(unit_for, role, level, division):
    with pytest.raises(NoUnit, match="请联系系统管理员设立后再办"):
        unit_for(role, level, division)


def test_the_refusal_names_the_division_and_the_role(unit_for):
    with pytest.raises(NoUnit, match="“折家梁村”没有承担“银行机构”的县级单位"):
        unit_for("bank", "county")


def test_a_level_is_looked_for_upwards_only():
    assert division_at(ZHEJIALIANG, "township") == "150602100000"
    assert division_at(ZHEJIALIANG, "department") == "150602000000"
    assert division_at("150602100000", "village") is None
    assert division_at("150602000000", "township") is None


def test_an_unknown_division_has_no_name(peopled, session):
    assert Directory().division_name(session, ZHEJIALIANG) == "折家梁村"
    assert Directory().division_name(session, "999999999999") is None


def test_every_unit_of_the_21_supervised_tasks_is_set_up(peopled, session):
    model = decisions.read((artefacts.PROCEDURES / "db_01_dk" / "decisions.dmn").read_bytes())
    param = {name: each["default"] for name, each in artefacts.parameters("db_01_dk").items()}
    form = next(each for each in artefacts.components("db_01_dk_assign") if each.get("key") == "task")
    tasks = [option["value"] for option in form["values"]]
    duties = [
        decisions.decide(model, "dmn_db_01_dk_units", {"task": task, "param": param}).value for task in tasks
    ]
    asked = {(one["unit"], one["role"]) for duty in duties for one in duty["units"]}
    asked |= {(duty["lead_unit"], duty["lead_role"]) for duty in duties}

    assert [duty["number"] for duty in duties] == list(range(1, 22))
    for name, role in asked:
        assert Directory().unit_called(session, name, role, "150822000000")[1].name
