"""Monitoring in the words of each locality, through the real office and its registers."""

import pytest

from app.registers.commands import RegisterByHand
from app.security.demo import identity_number
from tests.workflows.projects import Works
from workflows.errors import Invalid

GT, AQ, EW, DK = "141123209200", "150623100211", "150724215210", "150822101211"


@pytest.fixture
def works(town):
    return lambda *keys: Works(town, *keys)


def after_the_notice(town):
    town.town.clock.advance(days=6)
    town.town.work()


def on_the_list(town, register, division, name, by, **fields):
    """Enter a household by hand into the roster of its locality."""
    number = identity_number(division[:6], "19680314", 100 + ord(name[0]) % 800)
    command = RegisterByHand(
        register=register, division=division, name=name, identity=number, fields=fields, reason="入户登记"
    )
    return town.town.do(command, town.person(by))


def today(town):
    return town.town.clock.now().date().isoformat()


def all_of(town, number, **steps):
    """Do these steps in turn, each with its named answers; gives who did them."""
    return [town.complete(number, step, use) for step, use in steps.items()]


def units(people):
    return [one.grants[0].unit_name for one in people]


def test_a_household_of_ewenke_is_identified_in_eight_steps(works):
    town = works("fp_01_ew")
    number = town.start("fp_01_ew", EW, "apply")

    all_of(town, number, household_check="check_true", authorise="authorised", village_review="review_passed")
    all_of(town, number, disclosure="disclosure", township_review="township_passed", data_compare="compared")
    all_of(town, number, county_decision="county_passed", publicity="publicity")
    after_the_notice(town)
    town.complete(number, "system_entry", "entered", entered_on=today(town))

    assert town.case(number).outcome == "已纳入监测"
    [row] = town.rows("monitored_ew")
    assert (row.status, row.fields["监测对象类别"], row.fields["牧户授权"]) == ("监测中", "严重困难户", True)


def test_a_household_of_aolezhaoqi_that_gives_no_authority_is_not_compared(works):
    town = works("fp_01_aq")
    number = town.start("fp_01_aq", AQ, "checked")

    town.complete(number, "authorise", "not_authorised")

    assert town.case(number).outcome == "农牧户未授权"
    assert town.rows("monitored_aq") == []


def test_comparison_and_review_of_aolezhaoqi_are_done_by_whom_the_parameters_name(works):
    town = works("fp_01_aq")
    number = town.start("fp_01_aq", AQ, "checked")
    all_of(town, number, authorise="authorised", village_review="review_passed", publicity="publicity")
    after_the_notice(town)

    did = all_of(town, number, data_compare="compared", township_review="reviewed", announcement="announced")
    town.complete(number, "system_entry", "entered", entered_on=today(town))

    assert units(did) == ["鄂托克前旗乡村振兴局", "敖勒召其镇人民政府", "敖勒召其镇人民政府"]
    [row] = town.rows("monitored_aq")
    assert row.status == "监测中"


def test_a_farmer_of_getashang_is_checked_by_three_parties_and_identified(works):
    town = works("fp_01_gt")
    number = town.start("fp_01_gt", GT, "apply")

    all_of(town, number, household_check="check_true", village_review="review_passed", publicity="publicity")
    after_the_notice(town)
    all_of(town, number, township_review="township_passed", county_decision="county_passed")
    all_of(town, number, include="included", materials="materials")

    assert town.case(number).outcome == "已纳入监测帮扶"
    [row] = town.rows("monitored_gt")
    assert (row.status, row.fields["特殊监测户"]) == ("监测中", ["残疾人家庭"])


def test_dengkou_reports_while_it_arranges_help_and_both_ledgers_tell(works):
    town = works("fp_01_dk")
    number = town.start("fp_01_dk", DK, "survey", by="云建军")
    assert set(town.steps(number)) == {"report", "coordinate"}

    all_of(
        town, number, coordinate="coordinate", report="report", county_ledger="ledger", platform="platform"
    )

    assert town.case(number).outcome == "已建账并动态管理"
    [township], [county] = town.rows("township_ledger_dk"), town.rows("monitored_dk")
    assert (township.status, county.status) == ("已上报", "监测中")
    assert township.fields["落实的帮扶政策"] == "民政局发放临时救助。"


@pytest.mark.parametrize(
    ("key", "division", "target", "by"),
    [
        ("fp_03_aq", AQ, "fp_01_aq", "朝鲁"),
        ("fp_03_ew", EW, "fp_01_ew", "吉日嘎拉"),
        ("fp_03_dk", DK, "fp_01_dk", "菅文亮"),
    ],
)
def test_a_clue_is_handed_on_to_the_identification_of_its_own_locality(works, key, division, target, by):
    town = works(target, key)
    number = town.start(key, division, "clue", by=by)

    town.complete(number, "handover", "handed")

    [begun] = town.begun(number)
    assert town.case(begun).procedure_key == target
    assert town.case(begun).subject_name == town.case(number).subject_name
    [row] = town.rows(f"clues_{key[-2:]}")
    assert (row.status, row.fields["已转识别程序"]) == ("已转识别程序", True)


def test_a_petition_of_getashang_is_judged_by_three_parties_and_handed_on(works):
    town = works("fp_01_gt_admit", "fp_06_gt")
    number = town.start("fp_06_gt", GT, "found")

    did = all_of(
        town, number, petition_members="members", netmon_members="members", township_members="members"
    )
    all_of(town, number, analyse="analysed", arrange="arranged")

    assert units(did) == ["兴县信访局", "兴县网监办", "圪塔上乡人民政府"]
    [begun] = town.begun(number)
    assert town.steps(begun) == ["village_review"]
    assert town.case(number).outcome == "已转识别程序"


def test_every_household_on_a_departments_list_gets_a_case_of_its_own(works):
    town = works("fp_01_gt_admit", "fp_05_gt_check", "fp_05_gt")
    number = town.begin("fp_05_gt", GT[:9] + "000")
    assert town.steps(number) == ["screen"] * 6

    first = {"head_name": "王三", "village": GT, "risks": ["因病"], "detail": "自付支出较大。"}
    second = {**first, "head_name": "李四", "risks": ["因学", "因住房"]}
    town.complete(number, "screen", households=[first, second])
    for _ in range(5):
        town.complete(number, "screen", "none")

    assert town.case(number).outcome == "名单已推送"
    begun = town.begun(number)
    assert [town.case(one).subject_name for one in begun] == ["王三", "李四"]
    town.complete(begun[0], "household_check", "confirmed")
    town.complete(begun[1], "household_check", "denied")
    assert [row.status for row in town.rows("warnings_gt")] == ["已转识别程序", "核查无风险"]
    [admitted] = town.begun(begun[0])
    assert town.case(admitted).procedure_key == "fp_01_gt_admit"


def test_the_joint_meeting_judges_every_household_and_each_unit_answers_for_its_measures(works):
    town = works("fp_05_ew_check", "fp_07_ew")
    for name in ("王三", "李四"):
        town.start("fp_05_ew_check", EW, "listed", head_name=name, head_identity="", by="涂志军")
    number = town.begin("fp_07_ew", EW[:6] + "000000")

    town.complete(number, "convene", "convened")
    town.complete(number, "analyse", "planned")
    town.complete(number, "analyse", "no_risk")
    signed = [town.complete(number, "countersign", "agree"), town.complete(number, "countersign", "agree")]
    settled = [town.complete(number, "settle", "settled"), town.complete(number, "settle", "settled")]

    assert units(signed) == ["鄂温克族自治旗民政局", "辉苏木人民政府"]
    assert units(settled) == ["鄂温克族自治旗民政局", "鄂温克族自治旗医疗保障局"]
    assert [row.status for row in town.rows("warnings_ew")] == ["处置完成", "研判无风险"]
    assert town.rows("warnings_ew")[0].fields["责任单位"] == ["民政", "医保"]


def test_the_quarter_is_over_only_when_every_household_was_visited_also_those_who_came_meanwhile(works):
    town = works("fp_01_gt_admit", "fp_04_gt")
    for name in ("王三", "李四"):
        on_the_list(town, "households_gt", GT, name, "白向前", 户类型="非脱贫户")
    number = town.begin("fp_04_gt", GT)

    town.complete(number, "visit", "risky")
    on_the_list(town, "households_gt", GT, "赵六", "白向前", 户类型="脱贫户")
    town.complete(number, "visit", "safe")

    assert [item.subject_name for item in town.open(number)] == ["赵六"]
    town.complete(number, "visit", "safe")
    town.complete(number, "materials", "materials")
    assert town.case(number).outcome == "排查办结"
    assert [row.status for row in town.rows("survey_gt")] == ["已转识别程序", "排查无风险", "排查无风险"]
    assert len({row.subject_id for row in [*town.rows("survey_gt"), *town.rows("households_gt")]}) == 3


def test_the_household_a_survey_found_is_the_same_in_the_case_it_begins(works):
    town = works("fp_01_gt_admit", "fp_04_gt")
    on_the_list(town, "households_gt", GT, "王三", "白向前", 户类型="非脱贫户")
    number = town.begin("fp_04_gt", GT)
    town.complete(number, "visit", "risky")
    town.complete(number, "materials", "materials")

    [begun] = town.begun(number)

    [listed] = town.rows("households_gt")
    case = town.case(begun)
    assert (case.procedure_key, case.subject_name) == ("fp_01_gt_admit", "王三")
    assert case.subject_key
    for step, use in (("village_review", "review_passed"), ("publicity", "publicity")):
        town.complete(begun, step, use)
    after_the_notice(town)
    all_of(
        town, begun, township_review="township_passed", county_decision="county_passed", include="included"
    )
    [monitored] = town.rows("monitored_gt")
    assert monitored.subject_id == listed.subject_id


def test_the_year_end_survey_also_reaches_who_is_monitored_but_not_among_the_focus_groups(works):
    town = works("fp_01_ds", "fp_04_ds_year")
    place = "150602100202"
    on_the_list(town, "households_ds", place, "王三", "折海军", 重点人群=True)
    on_the_list(town, "households_ds", place, "李四", "折海军", 重点人群=False)
    on_the_list(town, "warning_ledger", place, "赵六", "李晓东", 监测对象类别="脱贫不稳定户")

    number = town.begin("fp_04_ds_year", place, by="折海军")

    assert [item.subject_name for item in town.open(number)] == ["王三", "赵六"]


def test_a_helper_goes_only_after_the_successor_has_taken_over(works):
    town = works("fp_10_gt")
    ledger = {"监测对象类别": "边缘易致贫户"}
    head_id = identity_number("141123", "19680314", 100 + ord("王") % 800)
    on_the_list(town, "monitored_gt", GT, "王三", "刘振华", **ledger)
    who = {"head_identity": head_id, "by": "刘振华"}
    assert town.case(town.start("fp_10_gt", GT, "pair", **who)).outcome == "已结对"
    assert town.case(town.start("fp_10_gt", GT, "pair", **who)).outcome == "不能办理"
    assert town.case(town.start("fp_10_gt", GT, "release", **who)).outcome == "不能办理"

    number = town.start("fp_10_gt", GT, "hand", **who)
    assert [row.status for row in town.rows("helpers_gt")] == ["结对中"]
    town.complete(number, "handover", "handed")

    assert [(row.fields["帮扶责任人"], row.status) for row in town.rows("helpers_gt")] == [
        ("李一", "已交接"),
        ("李二", "结对中"),
    ]


def test_a_month_that_was_missed_turns_red_and_its_day_cannot_be_made_up(works):
    town = works("fp_11_gt_visit", "fp_11_gt_month")
    for name in ("王三", "李四"):
        on_the_list(town, "monitored_gt", GT, name, "刘振华", 监测对象类别="边缘易致贫户")
    missed, kept = town.begun(town.begin("fp_11_gt_month", GT))
    town.complete(kept, "visit", "well", visited_on=today(town))
    [item] = town.open(missed)
    town.town.clock.advance(days=31)
    assert item.due_at < town.town.clock.now()

    with pytest.raises(Invalid):
        town.complete(missed, "visit", "well", visited_on="2026-03-31")
    town.complete(missed, "visit", "troubled", visited_on=today(town))

    first, second = town.rows("handbook_gt")
    assert (first.status, first.fields["月份"], first.fields.get("存在问题")) == ("已填写", "2026-03", None)
    assert (second.status, second.fields["月份"], second.fields["入户日期"]) == (
        "有问题",
        "2026-03",
        today(town),
    )
    assert second.fields["存在问题"].startswith("当月没有监测")
    assert second.entered_at > first.entered_at


def test_the_measures_of_a_plan_are_carried_out_each_by_its_own_day(works):
    town = works("fp_11_gt")
    on_the_list(town, "monitored_gt", GT, "王三", "刘振华", 监测对象类别="边缘易致贫户")
    own = identity_number("141123", "19680314", 100 + ord("王") % 800)
    number = town.start("fp_11_gt", GT, "plan", head_identity=own, identified_on=today(town))
    assert [item.subject_name for item in town.open(number)] == ["王三：发放羊羔十只", "王三：安排公益岗位"]
    assert len({item.due_at for item in town.open(number)}) == 2

    town.complete(number, "carry_out", "settled")
    town.complete(number, "carry_out", "unsettled")

    assert town.case(number).outcome == "部分措施没有落实"
    [row] = town.rows("monitored_gt")
    assert (row.fields["帮扶责任人"], row.fields["帮扶措施"]) == ("康建军", ["产业"])


def test_a_monitored_household_without_a_helper_is_found_and_gets_its_case(works):
    town = works("fp_10_gt", "fp_10_gt_check")
    for name in ("王三", "李四"):
        on_the_list(town, "monitored_gt", GT, name, "刘振华", 监测对象类别="边缘易致贫户")
    on_the_list(
        town,
        "helpers_gt",
        GT,
        "王三",
        "刘振华",
        帮扶责任人="康建军",
        来源="驻村帮扶干部",
        结对日期=today(town),
    )

    number = town.begin("fp_10_gt_check", GT[:9] + "000")

    assert [town.case(one).subject_name for one in town.begun(number)] == ["李四"]
