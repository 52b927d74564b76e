"""What diagrams may ask of registers: enter, read, list, move, join, take off, count, compare."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.registers.listing import NotNarrowing
from app.registers.models import RegisterEvent, RegisterRow
from app.registers.removing import NotPutRight, OneByOne, RemovedByOneself
from app.registers.rows import ForeignDivision, IllegalMove, NoSuchLink, UnknownEvent
from app.registers.tasks import NoSuchRow, NotFromHere, Unfit
from tests.app.registers.conftest import COUNTY, OTHER_VILLAGE, VILLAGE, household

LEDGER = "warning_ledger"
IDENTIFIED = {"监测对象类别": "边缘易致贫户", "共同生活人数": 3}


def identify(registry, serial=1, **more):
    given = {"register": LEDGER, "event": "识别", "status": "监测中", "fields": IDENTIFIED, **more}
    return registry.ask("enter", subject=household(serial), **given)


def history(registry, row):
    query = select(RegisterEvent).where(RegisterEvent.row_id == row).order_by(RegisterEvent.seq)
    return registry.read(lambda session: list(session.scalars(query)))


def stored(registry, row):
    return registry.read(lambda session: session.get_one(RegisterRow, row))


def test_a_household_has_one_row_and_each_change_a_line_of_history(registry):
    first = identify(registry, actor="zhejialiang-cadre1", case="CASE-A", basis="规划.txt｜动态更新")
    second = identify(registry, event="跟踪", fields={"共同生活人数": 4}, reason="添丁")

    assert second["row"] == first["row"]
    before, after = history(registry, first["row"])
    assert (before.status_before, before.status, before.clause) == (None, "监测中", "规划.txt｜动态更新")
    assert (before.actor, before.unit) == ("折海军", "折家梁村村民委员会")
    assert (after.fields, after.before, after.reason) == ({"共同生活人数": 4}, {"共同生活人数": 3}, "添丁")
    assert stored(registry, first["row"]).fields["监测对象类别"] == "边缘易致贫户"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"监测对象类别": "贫困户"}, "监测对象类别"),
        ({"共同生活人数": "三口"}, "共同生活人数"),
        ({"人均纯收入": 6000.123}, "最多两位小数"),
        ({"识别日期": "去年"}, "识别日期"),
        ({"血型": "A"}, "没有“血型”这一栏"),
        ({"监测对象类别": None}, "“监测对象类别”应当填写"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_column(one_registry, fields, said):
    with pytest.raises(Unfit, match=said):
        identify(one_registry, fields={**IDENTIFIED, **fields})


def test_nothing_and_null_leave_a_column_as_it_was(one_registry):
    row = identify(one_registry)["row"]

    identify(one_registry, event="跟踪", status=None, fields={"共同生活人数": None})

    assert stored(one_registry, row).fields["共同生活人数"] == 3
    assert stored(one_registry, row).status == "监测中"


def test_an_event_or_state_the_register_does_not_know_is_refused(one_registry):
    with pytest.raises(UnknownEvent, match="升学"):
        identify(one_registry, event="升学")


CLUE = {
    "来源": "干部走访排查",
    "发现日期": "2026-03-01",
    "发现人": "折海军",
    "风险点": "住院",
    "风险因素": "因病",
}
PROBLEM = {"问题类别": ["住房安全"], "发现日期": "2026-03-01", "问题": "屋顶漏水"}
GACHA, SUMU_CADRE = "150724215210", "chagannuoer-cadre1"


def test_a_row_moves_only_where_its_state_may_go(one_registry):
    row = one_registry.ask("enter", subject=household(1), register="clues_ds", event="发现", fields=CLUE)
    one_registry.ask("change", row=row["row"], register="clues_ds", event="核查", status="核查无风险")

    with pytest.raises(IllegalMove, match="“核查无风险”，不能改为“待核查”"):
        one_registry.ask("change", row=row["row"], register="clues_ds", event="核查", status="待核查")


def test_a_weaker_state_never_takes_a_household_out_of_monitoring(one_registry):
    row = identify(one_registry)["row"]

    entered = identify(one_registry, status="临时（待补程序）", fields={"成因": ["因灾"]})
    closed = one_registry.ask("close", subject=household(1), register=LEDGER, event="识别", status="不予认定")

    assert (entered["row"], entered["status"], closed["status"]) == (row, "监测中", "监测中")
    assert stored(one_registry, row).ended_at is None
    assert [event.event for event in history(one_registry, row)] == ["识别"] * 3


def test_a_closed_row_stays_and_a_relapse_opens_a_new_one(registry):
    first = identify(registry)
    closed = registry.ask(
        "close", subject=household(1), register=LEDGER, event="风险消除", status="风险消除", reason="稳定"
    )

    again = identify(registry)

    assert (closed["row"], closed["status"]) == (first["row"], "风险消除")
    assert again["row"] != first["row"]
    assert history(registry, first["row"])[-1].reason == "稳定"


def test_closing_what_is_not_there_does_nothing(one_registry):
    given = one_registry.ask("close", subject=household(7), register=LEDGER, event="识别", status="不予认定")

    assert (given["row"], given["status"]) == (None, None)


def test_a_household_without_a_number_is_known_by_its_case(one_registry):
    unknown = {"kind": "household", "name": "新生儿户"}
    given = {"register": LEDGER, "event": "识别", "fields": IDENTIFIED}

    first = one_registry.ask("enter", subject=unknown, case="CASE-N", **given)
    again = one_registry.ask("enter", subject=unknown, case="CASE-N", **given)
    other = one_registry.ask("enter", subject=unknown, case="CASE-M", **given)

    assert first["row"] == again["row"] != other["row"]


def test_two_who_enter_the_same_household_at_once_make_one_row(registry):
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: identify(registry), range(8)))

    assert len({one["row"] for one in made}) == 1
    assert [event.seq for event in history(registry, made[0]["row"])] == list(range(1, 9))


def test_a_register_keeps_to_its_locality(one_registry):
    with pytest.raises(ForeignDivision, match="折家梁村"):
        one_registry.ask(
            "enter",
            subject=household(1),
            register="clues_gt",
            event="发现",
            fields={**CLUE, "来源": "农户申请"},
        )


def test_a_row_is_read_with_its_columns_and_null_is_no_row(one_registry):
    row = identify(one_registry)

    found = one_registry.ask("read", subject=household(1), register=LEDGER)
    nobody = one_registry.ask("read", subject=household(2), register=LEDGER)

    assert (found["found"], found["row"], found["fields"]["共同生活人数"]) == (True, row["row"], 3)
    assert (nobody["found"], nobody["row"], nobody["fields"]) == (False, None, {})


def test_rows_are_listed_by_division_state_and_value(registry):
    identify(registry, 1)
    identify(registry, 2, fields={"监测对象类别": "脱贫不稳定户"})
    identify(registry, 3, division=OTHER_VILLAGE)
    registry.ask("close", subject=household(2), register=LEDGER, event="风险消除", status="风险消除")

    def names(**inputs):
        given = registry.ask("list", register=LEDGER, **{"division": COUNTY, **inputs})
        return given["count"], [row["division"] for row in given["rows"]]

    assert names() == (2, [VILLAGE, OTHER_VILLAGE])
    assert names(division=VILLAGE) == (1, [VILLAGE])
    assert names(where={"监测对象类别": ["脱贫不稳定户"]}) == (0, [])
    assert names(where={"监测对象类别": "脱贫不稳定户"}, ended=True) == (1, [VILLAGE])
    assert names(status=["监测中"], limit=1) == (2, [VILLAGE])


def test_a_list_may_be_looped_over_and_each_row_named_again(one_registry):
    identify(one_registry)
    [row] = one_registry.ask("list", register=LEDGER, division=COUNTY)["rows"]
    quarter = {"年度": 2026, "期次": "第一季度"}

    def survey(fields, status=None):
        given = {"register": "survey_ds", "event": "排查", "subject": row, "fields": fields}
        return one_registry.ask("enter", division=COUNTY, inputs={**given, "status": status})

    given, again = survey(quarter, "排查无风险"), survey(quarter, "发现风险")
    later = survey({**quarter, "期次": "第二季度"})

    assert (given["row"], given["subject"]) == (again["row"], row["subject"])
    assert later["row"] != given["row"]


def test_nothing_sealed_reaches_a_case(one_registry):
    fields = {"帮扶联系人": "李晓东", "来源": "镇干部", "结对日期": "2026-03-01", "联系电话": "13800000117"}
    one_registry.ask("enter", subject=household(1), register="helpers_ds", event="结对", fields=fields)

    given = one_registry.ask("list", register="helpers_ds")

    assert given["rows"][0]["fields"]["联系电话"] == "138****0117"
    assert "sealed" not in str(given)


def test_a_column_that_does_not_narrow_is_refused(one_registry):
    with pytest.raises(NotNarrowing, match="帮扶成效"):
        one_registry.ask("list", register=LEDGER, where={"帮扶成效": "好"})


def project(registry, name="养殖场", **fields):
    given = {"项目名称": name, "年度": 2026, **fields}
    return registry.ask("enter", register="projects_ew", event="谋划", fields=given, division=GACHA)


def test_rows_of_projects_are_joined_by_a_column_and_by_name(one_registry):
    row = project(one_registry)
    paid = {"项目": row["number"], "拨付事由": "首付款", "年度": 2026, "期次": "1", "拨付金额": 1000}

    payment = one_registry.ask("enter", register="payments_ew", event="计划", fields=paid, division=GACHA)
    asset = one_registry.ask(
        "enter",
        register="assets_ew",
        event="摸底",
        fields={"资产名称": "棚圈", "资产类别": "经营性"},
        division=GACHA,
    )
    joined = [
        one_registry.ask(
            "link",
            register="assets_ew",
            row=asset["row"],
            to_register="projects_ew",
            to=row["number"],
            name="所属项目",
            division=GACHA,
        )["linked"]
        for _ in range(2)
    ]

    seen = one_registry.ask("read", register="projects_ew", row=row["number"], division=GACHA)
    assert seen["links"] == {"所属项目": [asset["number"]], "项目": [payment["number"]]}
    assert joined == [True, False]
    with pytest.raises(NoSuchLink, match="没有编号为“XX”的记录"):
        one_registry.ask(
            "enter", register="payments_ew", event="计划", fields={**paid, "项目": "XX"}, division=GACHA
        )


def test_a_project_of_the_same_name_and_year_is_one_row(one_registry):
    assert project(one_registry)["row"] == project(one_registry)["row"]
    assert project(one_registry)["row"] != project(one_registry, 年度=2027)["row"]


def test_counting_gives_rows_subjects_and_an_exact_sum(one_registry):
    for serial, income in ((1, 0.1), (2, 0.2), (3, 0.3)):
        identify(one_registry, serial, fields={**IDENTIFIED, "人均纯收入": income})

    given = one_registry.ask("count", register=LEDGER, sum="人均纯收入", division=COUNTY)

    assert (given["count"], given["subjects"], given["sum"]) == (3, 3, 0.6)


def ledger_of_assets(registry, register, number, cost):
    fields = {"资产编号": number, "资产名称": f"资产{number}", "台账": "经营性", "原始成本": cost}
    registry.ask("enter", register=register, event="摸底", fields=fields, division="150822101211")


def test_the_general_ledger_agrees_with_the_sub_ledgers_counted_once(one_registry):
    against = ["assets_dk_township", "assets_dk_village"]
    asked = {"register": "assets_dk", "against": against, "by": "资产编号", "sum": "原始成本"}
    for register in ("assets_dk", *against):
        ledger_of_assets(one_registry, register, "A1", 100)

    even = one_registry.ask("reconcile", division="150822101211", **asked)
    ledger_of_assets(one_registry, "assets_dk_village", "A2", 50)
    ledger_of_assets(one_registry, "assets_dk_village", "A1", 90)
    odd = one_registry.ask("reconcile", division="150822101211", **asked)

    assert (even["equal"], even["sum"], even["against_sum"]) == (True, 100, 100)
    assert not odd["equal"]
    assert sorted(one["why"] for one in odd["differences"]) == ["分账之间金额不一致", "本账没有"]


def test_a_ledger_is_compared_with_what_was_found(one_registry):
    ledger_of_assets(one_registry, "assets_dk", "A1", 100)
    found = [{"key": "A1", "amount": 80}, {"key": "A9", "amount": 5}]

    given = one_registry.ask(
        "reconcile",
        register="assets_dk",
        by="资产编号",
        sum="原始成本",
        actual=found,
        division="150822101211",
    )

    assert [(one["key"], one["why"]) for one in given["differences"]] == [
        ("A1", "金额不符"),
        ("A9", "本账没有"),
    ]


def test_every_monitored_household_has_a_helper_or_is_named(one_registry):
    for serial in (1, 2):
        identify(one_registry, serial)
    paired = {"帮扶联系人": "李晓东", "来源": "镇干部", "结对日期": "2026-03-01"}
    one_registry.ask("enter", subject=household(1), register="helpers_ds", event="结对", fields=paired)

    given = one_registry.ask("reconcile", register=LEDGER, against="helpers_ds")

    assert (given["equal"], given["count"], given["against_count"]) == (False, 2, 1)
    assert given["differences"][0]["why"] == "对方没有"


def put_right(registry, by):
    row = registry.ask(
        "enter", subject=household(1), register="problems_ew", event="建账", fields=PROBLEM, division=GACHA
    )["row"]
    for status in ("整改中", "已整改"):
        registry.ask(
            "change", row=row, register="problems_ew", event="整改", status=status, actor=by, division=GACHA
        )
    return row


def test_who_put_it_right_may_not_take_it_off_the_list(registry):
    row = put_right(registry, SUMU_CADRE)
    asked = {"register": "problems_ew", "row": row, "division": GACHA}

    for detour in ("change", "close"):
        with pytest.raises(IllegalMove):
            registry.ask(detour, actor=SUMU_CADRE, event="销号", status="已销号", **asked)
    for oneself in (SUMU_CADRE, None):
        with pytest.raises(RemovedByOneself):
            registry.ask("remove", **asked, **({"actor": oneself} if oneself else {}))
    gone = registry.ask("remove", actor="huisumu-clerk1", **asked)

    assert gone["status"] == "已销号"
    assert stored(registry, row).ended_at is not None


def test_one_is_taken_off_at_a_time_and_only_when_put_right(one_registry):
    row = one_registry.ask(
        "enter", subject=household(1), register="problems_ew", event="建账", fields=PROBLEM, division=GACHA
    )["row"]
    asked = {"register": "problems_ew", "division": GACHA, "actor": "huisumu-clerk1"}

    with pytest.raises(OneByOne):
        one_registry.ask("remove", row=[row], **asked)
    with pytest.raises(NotPutRight, match="已建账"):
        one_registry.ask("remove", row=row, **asked)
    with pytest.raises(NoSuchRow):
        one_registry.ask("remove", row=row + 99, **asked)


def test_a_case_reaches_no_row_of_another_village(one_registry):
    row = identify(one_registry, division=OTHER_VILLAGE)["row"]

    with pytest.raises(NotFromHere):
        one_registry.ask("read", register=LEDGER, row=row)
