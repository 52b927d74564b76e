"""Scenarios played in a whole office: real registers, roles, files and both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.registers.models import RegisterEvent
from app.security import sealing
from tests.bpmn import artefacts
from tests.bpmn.staffed import Staffed, sealed
from tests.clock import LOCAL
from tests.workflows.desks import opened
from workflows import worker
from workflows.cases import Case
from workflows.work_items import OPEN, WorkItem

HARDSHIP = "边缘易致贫户"
UNSTABLE = "脱贫不稳定户"


def staffed(url, folder, clock):
    return Staffed(opened(url, folder, clock), folder, clock)


@pytest.fixture
def office(database_url, tmp_path, clock):
    found = staffed(database_url, tmp_path, clock)
    yield found
    found.executor.database.dispose()


@pytest.fixture
def one_office(sqlite_url, tmp_path, clock):
    found = staffed(sqlite_url, tmp_path, clock)
    yield found
    found.executor.database.dispose()


def monitored(office, key, answer, register, category, **fields):
    """The household of the scenario stands in the register, identified long before."""
    start = artefacts.scenarios(key)["scenario"][0]["at"]
    office.clock.set(datetime.fromisoformat(start) - timedelta(days=200))
    fields = {"监测对象类别": category, **fields}
    subject = sealed(sealing, key, answer)
    office.keep(subject, office.village(key), register, event="识别", status="监测中", fields=fields)


def events(office, row):
    query = select(RegisterEvent).where(RegisterEvent.row_id == row.id).order_by(RegisterEvent.seq)
    return [event.event for event in office.read(query)]


@pytest.mark.parametrize(
    ("key", "register", "name", "status"),
    [
        ("fp_02_ew", "judgements_ew", "等于监测底线，人工认定纳入", "脱贫不稳定户"),
        ("fp_02_ew", "judgements_ew", "低于监测底线而没有风险：不纳入", "不纳入"),
        ("fp_02_gt", "judgements_gt", "低于监测线，核查存在风险", "脱贫不稳定户"),
        (
            "fp_02_gt",
            "judgements_gt",
            "高于监测线、各项稳定实现、收入没有下降：对标稳定实现",
            "稳定实现",
        ),
        ("fp_02_ds", "judgements_ds", "有风险而没有监测标准：转人工认定纳入", "边缘易致贫户"),
        ("fp_02_dk", "judgements_dk", "存在风险的脱贫户：脱贫不稳定户", "脱贫不稳定户"),
        (
            "fp_13_gt",
            "lowincome_gt",
            "返贫风险消除的脱贫不稳定户，转入低收入人口帮扶台账",
            "帮扶中",
        ),
    ],
)
def test_what_was_judged_stands_in_its_register(one_office, key, register, name, status):
    one_office.publish(key)

    case = one_office.play(key, name)

    [row] = one_office.rows(register)
    assert (row.status, row.case_number) == (status, case.number)


@pytest.mark.parametrize(
    ("key", "register", "answer", "name"),
    [
        ("fp_09_gt", "monitored_gt", "organise", "收入缩减而有劳动力：产业就业帮扶，记入台账"),
        ("fp_09_ds", "warning_ledger", "assess", "风险单一，单项帮扶"),
        ("fp_09_ew", "monitored_ew", "assess", "制定措施，记入台账"),
        ("fp_09_aq", "monitored_aq", "assess", "制定措施，记入台账"),
        ("fp_09_dk", "monitored_dk", "assess", "制定措施，记入台账"),
    ],
)
def test_measures_stand_in_the_ledger_of_the_household(one_office, key, register, answer, name):
    monitored(one_office, key, answer, register, UNSTABLE)
    one_office.publish(key)

    one_office.play(key, name)

    [row] = one_office.rows(register)
    [measure] = one_office.rows(f"measures_{key[-2:]}")
    assert row.fields["帮扶措施"] == [measure.fields["措施类别"]]
    assert (measure.status, measure.subject_id) == ("计划中", row.subject_id)
    assert events(one_office, row) == ["识别", "措施落实"]


def test_a_household_of_aq_is_marked_and_no_longer_monitored(office):
    monitored(office, "fp_12_aq", "check", "monitored_aq", HARDSHIP, 识别日期="2025-03-15")
    office.publish("fp_13_aq", "fp_12_aq")

    office.play("fp_12_aq", "一次通过，标注风险消除")

    [row] = office.rows("monitored_aq")
    assert (row.status, row.fields["风险消除日期"]) == ("风险消除", "2026-03-08")
    assert row.ended_at is not None


def test_a_household_of_aq_without_labour_stays_under_watch(one_office):
    monitored(one_office, "fp_12_aq", "check", "monitored_aq", HARDSHIP, 识别日期="2025-03-15")
    one_office.publish("fp_13_aq", "fp_12_aq")

    one_office.play("fp_12_aq", "整户无劳动能力、已落实社会保障措施：暂不标注，持续跟踪监测")

    [row] = one_office.rows("monitored_aq")
    assert (row.status, row.ended_at) == ("持续跟踪监测", None)


def test_a_household_of_ds_is_marked_and_followed_up(office):
    monitored(office, "fp_12_ds", "propose", "warning_ledger", HARDSHIP)
    office.publish("fp_01_ds", "fp_13_ds", "fp_12_ds")

    case = office.play("fp_12_ds", "五步一次通过，标注风险消除并列入回访")

    [row] = office.rows("warning_ledger")
    [follow_up] = office.read(select(Case).where(Case.procedure_key == "fp_13_ds"))
    assert row.status == "风险消除"
    assert (follow_up.parent_number, follow_up.subject_name) == (case.number, case.subject_name)


def test_a_household_of_ds_on_temporary_record_cannot_be_proposed(one_office):
    start = artefacts.scenarios("fp_12_ds")["scenario"][0]["at"]
    one_office.clock.set(datetime.fromisoformat(start) - timedelta(days=5))
    subject, village = sealed(sealing, "fp_12_ds", "propose"), one_office.village("fp_12_ds")
    one_office.keep(subject, village, "warning_ledger", event="识别", status="临时（待补程序）", fields={})
    one_office.publish("fp_01_ds", "fp_13_ds", "fp_12_ds")

    one_office.play("fp_12_ds", "补办程序没有办完：不能办理")

    assert one_office.rows("warning_ledger")[0].status == "临时（待补程序）"


def test_a_household_of_ew_leaves_monitoring(one_office):
    monitored(one_office, "fp_12_ew", "assess", "monitored_ew", HARDSHIP)
    one_office.publish("fp_12_ew")

    one_office.play("fp_12_ew", "三步一次通过，退出监测帮扶范围")

    assert one_office.rows("monitored_ew")[0].status == "退出监测帮扶范围"


@pytest.mark.parametrize(
    "name",
    ["四个环节一次办完，退出并转入低收入人口帮扶", "缓退的下一季度重新预判，不再是特殊家庭，退出"],
)
def test_a_household_of_gt_leaves_and_enters_the_register_of_low_incomes(office, name):
    monitored(office, "fp_12_gt", "prejudge", "monitored_gt", HARDSHIP)
    office.publish("fp_13_gt", "fp_12_gt")

    case = office.play("fp_12_gt", name)

    [row] = office.rows("monitored_gt")
    [transfer] = office.read(select(Case).where(Case.procedure_key == "fp_13_gt"))
    assert row.status == "退出监测帮扶范围"
    assert transfer.parent_number == case.number


def test_the_quarter_opens_one_case_for_each_monitored_household_of_gt(office):
    monitored(office, "fp_12_gt", "prejudge", "monitored_gt", HARDSHIP)
    office.publish("fp_13_gt", "fp_12_gt", "fp_12_gt_quarter")

    office.clock.set(datetime(2026, 6, 11, tzinfo=LOCAL))
    worker.drain(office.executor)

    [case] = office.read(select(Case).where(Case.procedure_key == "fp_12_gt"))
    [item] = office.read(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.state.in_(OPEN)))
    [row] = office.rows("monitored_gt")
    assert case.subject_key == sealed(sealing, "fp_12_gt", "prejudge")["key"]
    assert (case.subject_name, item.step) == (row.subject_name, "prejudge")


@pytest.mark.parametrize(
    ("name", "status", "event"),
    [
        ("跟踪：登记一笔，状态不变", "监测中", "跟踪"),
        ("整户迁出：自然减少，不走风险消除", "自然减少", "人口自然减少"),
    ],
)
def test_an_event_of_the_ledger_is_one_line_of_its_history(office, name, status, event):
    monitored(office, "fp_14_ds", "track", "warning_ledger", HARDSHIP)
    office.publish("fp_01_ds", "fp_13_ds", "fp_12_ds", "fp_14_ds")

    office.play("fp_14_ds", name)

    [row] = office.rows("warning_ledger")
    assert (row.status, events(office, row)) == (status, ["识别", event])


@pytest.mark.parametrize(
    ("key", "register"),
    [
        ("fp_14_aq", "monitored_aq"),
        ("fp_14_ew", "monitored_ew"),
        ("fp_14_gt", "monitored_gt"),
        ("fp_14_dk", "monitored_dk"),
    ],
)
def test_a_household_that_is_gone_ends_its_row_without_elimination(one_office, key, register):
    monitored(one_office, key, "track", register, HARDSHIP)
    one_office.publish(key)

    one_office.play(key, "整户迁出：自然减少，不走风险消除")

    [row] = one_office.rows(register)
    assert (row.status, events(one_office, row)) == ("自然减少", ["识别", "人口自然减少"])


@pytest.mark.parametrize("place", ["aq", "ew", "gt", "dk"])
def test_a_household_not_yet_identified_gets_the_identification_of_its_locality(one_office, place):
    one_office.publish(f"fp_01_{place}", f"fp_14_{place}")

    case = one_office.play(f"fp_14_{place}", "识别：转识别程序")

    [begun] = one_office.read(select(Case).where(Case.procedure_key == f"fp_01_{place}"))
    assert (begun.parent_number, begun.subject_name) == (case.number, case.subject_name)


def test_elimination_of_the_ledger_is_a_case_of_its_own(one_office):
    monitored(one_office, "fp_14_ds", "track", "warning_ledger", HARDSHIP)
    one_office.publish("fp_01_ds", "fp_13_ds", "fp_12_ds", "fp_14_ds")

    case = one_office.play("fp_14_ds", "风险消除：转风险消除程序")

    [begun] = one_office.read(select(Case).where(Case.procedure_key == "fp_12_ds"))
    assert begun.parent_number == case.number
    assert one_office.rows("warning_ledger")[0].status == "监测中"


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("fp_12_dk", "默认停用：台账不变"),
        ("fp_13_aq", "边缘易致贫户：不再监测帮扶，贷款贴息和助学金照常到期"),
        ("pj_02_ew", "偿还易地扶贫搬迁债务：认定同意"),
        ("pj_02_ew", "命中负面清单：不得入库"),
    ],
)
def test_what_needs_no_register_ends_as_told(one_office, key, name):
    one_office.publish(key)

    one_office.play(key, name)


def test_risk_that_returns_is_identified_anew(one_office):
    one_office.publish("fp_01_ds", "fp_13_ds")

    case = one_office.play("fp_13_ds", "再出现风险：转监测对象识别")

    [begun] = one_office.read(select(Case).where(Case.procedure_key == "fp_01_ds"))
    assert begun.parent_number == case.number
    assert one_office.rows("followups_ds")[0].status == "已转识别程序"
