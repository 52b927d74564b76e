"""What lint says of a diagram that means a register otherwise than it is defined."""

import pytest

from app.registers.linting import problems
from workflows.designing.written import written

LEDGER = {"register": "warning_ledger", "event": "识别", "status": "监测中"}


@pytest.mark.parametrize(
    ("operation", "inputs", "said"),
    [
        ("register.enter", {"register": "ledger"}, "没有“ledger”这一台账"),
        ("register.enter", {**LEDGER, "event": "升学"}, "没有“升学”这一类事件"),
        ("register.enter", {**LEDGER, "status": "在册"}, "没有“在册”这一状态"),
        ("register.enter", {**LEDGER, "fields": "={血型: a.b}"}, "没有“血型”这一栏"),
        ("register.enter", {**LEDGER, "fields": '={户类型: "富户"}'}, "“户类型”不能是“富户”"),
        ("register.list", {**LEDGER, "where": "={帮扶成效: x}"}, "不能按“帮扶成效”筛选"),
        (
            "register.change",
            {"register": "problems_ew", "event": "核验", "status": "已销号"},
            "register.remove",
        ),
        ("register.link", {**LEDGER, "to_register": "nowhere"}, "没有“nowhere”这一台账"),
        ("register.reconcile", {"register": "assets_dk", "against": "village"}, "没有“village”这一台账"),
    ],
)
def test_what_no_case_could_enter_is_said_beforehand(operation, inputs, said):
    [found] = problems(operation, {name: written(source) for name, source in inputs.items()})

    assert said in found


@pytest.mark.parametrize(
    "inputs",
    [
        LEDGER,
        {**LEDGER, "status": "=if a.b = 1 then c.d else e.f"},
        {**LEDGER, "fields": '={风险类型: a.b, 户类型: "脱贫户", 识别日期: today()}'},
        {**LEDGER, "register": "=a.b"},
        {**LEDGER, "fields": "={("},
    ],
)
def test_what_is_right_or_left_to_the_case_is_left_alone(inputs):
    assert list(problems("register.enter", {name: written(text) for name, text in inputs.items()})) == []


def test_other_operations_are_none_of_its_business():
    assert list(problems("notice.post", {"register": "nowhere"})) == []
