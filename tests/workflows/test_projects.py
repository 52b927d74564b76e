"""Projects of 圪塔上乡 and 鄂温克旗 on their whole way, through the real office and its registers."""

from datetime import datetime

import pytest
from sqlalchemy import select

from app.registers.commands import RegisterByHand
from tests.workflows.projects import Works
from workflows.cases import Case
from workflows.errors import Conflict

GT, EW, DK = "141123209200", "150724215210", "150822101211"


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


def recorded(town, **changed):
    """A project in the library of 圪塔上乡; its number there."""
    number = town.start("pj_01_gt", GT, "declare", **changed)
    for step, use in (("township_review", "reviewed"), ("argue", "argued"), ("filing", "filed")):
        town.complete(number, step, use)
    return town.rows("projects_gt")[-1].number


def admitted(town):
    """A project in the library of 鄂温克旗; its number there."""
    number = town.start("pj_01_ew", EW, "study")
    for step, use in (("guide", "guided"), ("prove", "proved"), ("admit", "admitted")):
        town.complete(number, step, use)
    return town.rows("projects_ew")[-1].number


def listed(number, name):
    return {"project_number": number, "project_name": name}


def test_a_meeting_sets_targets_project_by_project_and_each_goes_to_both_bureaus(works):
    town = works("pj_01_gt", "pf_02_gt", "pf_01_gt")
    names = ("圪塔上村提水灌溉工程", "圪塔上村人饮工程")
    projects = [listed(recorded(town, project_name=name), name) for name in names]

    meeting = town.start("pf_01_gt", GT, "meeting", projects=projects, by="李水生")
    asked = [(item.subject_name, item.unit) for item in town.open(meeting)]
    town.complete(meeting, "set_targets", "targets")
    town.complete(meeting, "set_targets", "targets")

    assert asked == [(name, "兴县水利局") for name in names]
    assert town.case(meeting).outcome == "已设定并提交审核"
    begun = town.begun(meeting)
    assert [town.case(each).subject_name for each in begun] == list(names)
    assert [sorted(item.unit for item in town.open(each)) for each in begun] == [
        ["兴县乡村振兴局", "兴县财政局"],
        ["兴县乡村振兴局", "兴县财政局"],
    ]


def test_one_refusal_voids_the_round_of_both_and_returns_to_the_department(works):
    town = works("pj_01_gt", "pf_02_gt")
    project = recorded(town)

    number = town.start("pf_02_gt", GT, "submit", project_number=project, by="李水生")
    town.complete(number, "finance_review", "yes")
    town.complete(number, "rvb_review", "no")
    returned = [(item.step, item.unit) for item in town.open(number)]
    town.complete(number, "submit", "submit", project_number=project, explain="重新测算。")
    town.complete(number, "rvb_review", "yes")
    still = town.steps(number)
    town.complete(number, "finance_review", "yes")

    assert returned == [("submit", "兴县水利局")]
    assert still == ["finance_review"]
    assert town.case(number).outcome == "绩效目标合理"
    assert [(row.status, row.fields["项目"]) for row in town.rows("targets_gt")] == [("已审核", project)] * 2


def test_who_uses_the_money_writes_the_targets_and_who_grants_it_reviews_them(works):
    town = works("pj_01_ew", "pf_02_ew", "pf_01_ew")
    project = admitted(town)

    number = town.start("pf_01_ew", EW, "written", project_number=project, by="那日苏")
    [begun] = town.begun(number)
    reviewed = [item.unit for item in town.open(begun)]
    town.complete(begun, "review", "returned")
    returned = [(item.step, item.unit) for item in town.open(begun)]
    town.complete(begun, "submit", "submit", project_number=project, explain="已补充。")
    town.complete(begun, "review", "passed")

    assert reviewed == ["鄂温克族自治旗财政局"]
    assert returned == [("submit", "鄂温克族自治旗项目单位")]
    users = {(row.fields["资金使用单位"], row.status) for row in town.rows("targets_ew")}
    assert users == {("鄂温克族自治旗项目单位", "已审核")}


def moved(town, project, *events, key="pj_03_ew", by="那日苏", **changed):
    """The project after each event, as the library's rows say."""
    for event in events:
        number = town.start(key, EW, "start_works", project_number=project, event=event, by=by, **changed)
        town.complete(number, "check", "agreed")
    return town.rows("projects_ew")[-1]


def test_a_project_in_store_is_budgeted_built_and_taken_out_by_its_events(works):
    town = works("pj_01_ew", "pj_03_ew")
    project = admitted(town)

    states = [moved(town, project, event).status for event in ("编入预算", "开工", "完工", "验收", "出库")]

    assert states == ["已编入预算", "已开工", "已完工", "已验收", "已出库"]
    assert town.rows("projects_ew")[-1].ended_at is not None


def test_milestones_of_a_recorded_project_go_in_their_order(works):
    town = works("pj_01_gt", "pj_03_gt")
    project = recorded(town)

    for milestone in ("开工", "建设", "完工"):
        town.start("pj_03_gt", GT, "begun", project_number=project, milestone=milestone)

    assert town.rows("projects_gt")[-1].status == "已完工"
    with pytest.raises(Conflict):
        town.start("pj_03_gt", GT, "begun", project_number=project, milestone="开工")


def targeted(town, by="那日苏"):
    """A project of 鄂温克旗 whose targets were passed; its number in the library."""
    project = admitted(town)
    number = town.start("pf_02_ew", EW, "submit", project_number=project, by=by)
    town.complete(number, "review", "passed")
    return project


USERS = [
    ("那日苏", "鄂温克族自治旗项目单位"),
    ("阿荣", "鄂温克族自治旗农牧和科技局"),
    ("索优乐", "辉苏木人民政府"),
]
"""Who may use money: a project's own unit, a department, a township; one person and unit of each."""


@pytest.mark.parametrize(("by", "unit"), USERS)
def test_whoever_wrote_the_targets_is_asked_each_period_how_they_stand(works, by, unit):
    town = works("pj_01_ew", "pf_02_ew", "pf_03_ew")
    project = targeted(town, by=by)

    number = town.begin("pf_03_ew", "150724000000")
    [item] = town.open(number)
    town.complete(number, "analyse", "on_track")
    town.complete(number, "receive", "received")

    assert (item.subject_name, item.unit) == (project, unit)
    assert town.case(number).outcome == "监控结果已报送"
    assert {row.status for row in town.rows("targets_ew")} == {"监控中"}


def test_the_department_that_set_the_targets_watches_them_and_no_other(works):
    town = works("pj_01_gt", "pf_02_gt", "pf_03_gt")
    project = recorded(town)
    reviewed = town.start("pf_02_gt", GT, "submit", project_number=project, by="李水生")
    town.complete(reviewed, "finance_review", "yes")
    town.complete(reviewed, "rvb_review", "yes")

    foreign = town.start("pf_03_gt", GT, "met", project_number=project, by="张宏伟")
    own = town.start("pf_03_gt", GT, "behind", project_number=project, by="李水生")
    improved = town.complete(own, "improve", "improved")
    town.complete(own, "watch", "met", project_number=project, improved="已复核。")

    assert town.case(foreign).outcome == "不是监管部门"
    assert improved.name == "任改梅"
    assert town.case(own).outcome == "达到预期目标"


def test_whoever_used_the_money_judges_itself_and_the_next_budget_sees_it(works):
    town = works("pj_01_ew", "pf_02_ew", "pj_03_ew", "pf_04_ew")
    project = targeted(town)
    early = town.start("pf_04_ew", EW, "self", project_number=project, by="那日苏")
    moved(town, project, "开工", "完工")

    number = town.start("pf_04_ew", EW, "self", project_number=project, by="那日苏")
    checked = town.complete(number, "spot_check", "untrue")
    again = {
        "project_number": project,
        "correct": "已更正。",
        "conclusion": "部分完成",
        "opinion": "未出苗。",
    }
    town.complete(number, "self_evaluate", "self", **again)
    # More than the share was checked already; what was not true is checked again all the same.
    town.complete(number, "spot_check", "true")
    judged = town.complete(number, "third_party", "good")
    town.complete(number, "apply_results", "keep")

    assert town.case(early).outcome == "项目尚未实施结束"
    assert (checked.name, judged.name) == ("哈森", "关海英")
    assert town.case(number).outcome == "结果已应用"
    assert {row.fields["以后年度预算安排"] for row in town.rows("targets_ew")} == {"维持"}
    second = town.start("pj_01_ew", EW, "study", project_name="查干诺尔嘎查棚圈")
    for step, use in (("guide", "guided"), ("prove", "proved"), ("admit", "admitted")):
        town.complete(second, step, use)
    assert town.case(second).variables["past_results"]["count"] == 2


def test_payment_behind_its_time_is_pushed_and_watched_again(works):
    town = works("pj_01_gt", "fd_02_gt")
    project = recorded(town)

    number = town.start("fd_02_gt", GT, "late", project_number=project, by="李水生")
    pushed = town.complete(number, "push", "pushed")
    town.complete(number, "inspect", "orderly", project_number=project, improved="已拨付。")

    assert pushed.name == "任改梅"
    assert town.case(number).outcome == "资金拨付序时完成"
    [payment] = town.rows("payments_gt")
    assert str(payment.fields["累计支付率"]) == "30"
    assert str(town.rows("projects_gt")[-1].fields["支付率"]) == "30"


def test_what_the_system_extracts_has_to_be_what_was_paid(works):
    town = works("pj_01_ew", "fd_02_ew")
    project = admitted(town)

    number = town.start("fd_02_ew", EW, "offline", project_number=project)
    town.complete(number, "complete_system", "completed")

    assert town.case(number).outcome == "数据相符"
    assert [row.fields["项目"] for row in town.rows("payments_ew")] == [project]


def written_by_hand(town, name, department):
    """A project of 磴口县 that its bureau wrote into the library; its number there."""
    fields = {"项目名称": name, "年度": 2026, "行业主管部门": department}
    command = RegisterByHand(
        register="projects_dk", division=DK, name=name, fields=fields, reason="县里批复的项目。"
    )
    town.town.do(command, town.person("邬志宏"))
    return town.rows("projects_dk")[-1].number


def test_no_project_of_dengkou_stays_without_a_record_of_its_performance(works):
    town = works("pf_01_dk")
    for name, department in (("新地村设施大棚", "农牧"), ("新地村渠道衬砌", "水利")):
        written_by_hand(town, name, department)

    number = town.start("pf_01_dk", "150822000000", "review")
    asked = {item.subject_name: item.unit for item in town.open(number)}
    town.complete(number, "cover", "covered")
    town.complete(number, "cover", "covered")

    assert asked == {"新地村设施大棚": "磴口县农牧局", "新地村渠道衬砌": "磴口县水利局"}
    assert town.case(number).outcome == "绩效管理已全覆盖"
    assert len(town.rows("targets_dk")) == 2


def test_unusual_money_of_dengkou_is_put_right_and_watched_again(works):
    town = works("fd_02_dk")
    project = written_by_hand(town, "新地村设施大棚", "农牧")

    number = town.start("fd_02_dk", DK, "unusual", project_number=project)
    town.complete(number, "rectify", "rectified")
    town.complete(number, "watch", "usual", project_number=project)

    assert town.case(number).outcome == "监控无异常"


def test_the_quarter_asks_by_itself_how_targets_stand(works, clock):
    town = works("pj_01_ew", "pf_02_ew", "pf_03_ew")
    targeted(town)

    clock.set(datetime(2026, 4, 1, 8))
    town.town.work()

    begun = town.town.read(
        lambda session: session.scalars(select(Case).where(Case.procedure_key == "pf_03_ew")).all()
    )
    assert [(case.division, town.steps(case.number)) for case in begun] == [("150724000000", ["analyse"])]
