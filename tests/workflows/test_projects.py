"""Projects of 圪塔上乡 and 鄂温克旗 on their whole way, through the real office and its registers."""

import pytest

from tests.workflows.projects import Works

GT, EW = "141123209200", "150724215210"


@pytest.fixture
def works(town):
    return lambda *keys: Works(town, *keys)


def test_a_project_is_declared_reviewed_argued_and_recorded(works):
    town = works("pj_01_gt")

    number = town.start("pj_01_gt", GT, "declare")
    did = [
        town.complete(number, "township_review", "reviewed"),
        town.complete(number, "argue", "argued"),
        town.complete(number, "filing", "filed"),
    ]

    assert [one.grants[0].unit_name for one in did] == ["圪塔上乡人民政府", "兴县水利局", "兴县乡村振兴局"]
    assert town.case(number).outcome == "已备案入库"
    [row] = town.rows("projects_gt")
    assert (row.status, row.fields["项目名称"]) == ("已备案", "圪塔上村提水灌溉工程")


def test_a_project_is_admitted_and_budgeted_only_while_its_targets_are_clear(works):
    town = works("pj_01_ew")

    number = town.start("pj_01_ew", EW, "study")
    for step, use in (
        ("guide", "guided"),
        ("prove", "proved"),
        ("admit", "admitted"),
        ("budget", "budgeted"),
    ):
        town.complete(number, step, use)

    assert town.case(number).outcome == "已入库并编入预算"
    [row] = town.rows("projects_ew")
    assert (row.status, row.fields["项目实施主体"]) == ("已编入预算", "鄂温克族自治旗项目单位")
