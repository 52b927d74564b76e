"""Why a table gave what it gave, in words an official can pass on."""

import pytest

from workflows.decisions import decide, read

HEAD = "001.txt｜收入持续稳定不少于6个月"


def steady(dmn, rules, *, values='"可标注","不符合"', unit="个月", policy="FIRST", inputs=None, basis=""):
    """One decision over 稳定月数 in 个月."""
    logic = dmn.table(policy, inputs or ["稳定月数:number"], [f"结论|{values}" if values else "结论"], rules)
    if unit:
        mark = f'<extensionElements><property name="unit" value="{unit}"/></extensionElements>'
        logic = logic.replace('label="稳定月数">', f'label="收入稳定">{mark}')
    logic = (f"<description>{basis}</description>" if basis else "") + logic
    names = inputs or ["稳定月数:number"]
    needs = [f"#i_{name.partition(':')[0]}" for name in names]
    return read(dmn.document(dmn.given(*names) + dmn.decision("风险消除", logic, *needs)))


def test_what_was_missing_is_said_with_label_value_unit_and_what_is_required(dmn):
    model = steady(dmn, [f'>= 6 => "可标注" # {HEAD}', '- => "不符合"'])

    outcome = decide(model, "风险消除", {"稳定月数": 3})

    assert outcome.explanation[-1] == (
        "风险消除：不符合“可标注”：收入稳定仅3个月，规定不少于6个月（第1条规则）。"
        "依据：“收入持续稳定不少于6个月”。"
    )
    assert outcome.reasons[-1].basis == HEAD


def test_a_fired_rule_says_its_condition_and_its_clause(dmn):
    model = steady(dmn, [f'>= 6 => "可标注" # {HEAD}', '- => "不符合"'])

    outcome = decide(model, "风险消除", {"稳定月数": 8})

    assert outcome.explanation == (
        "风险消除：结论为可标注（第1条规则：收入稳定为8个月，不少于6个月）。依据：“收入持续稳定不少于6个月”。",
    )
    assert outcome.rules[0].basis == HEAD


def test_a_rule_that_cites_nothing_rests_on_the_clause_of_its_decision(dmn):
    model = steady(dmn, ['- => "可标注"'], basis=HEAD)

    (reason,) = decide(model, "风险消除", {"稳定月数": 8}).reasons

    assert reason.basis == HEAD
    assert reason.sentence == "风险消除：结论为可标注（第1条规则：没有条件）。"


def test_where_no_rule_fits_the_nearest_one_says_what_it_lacks(dmn):
    model = steady(dmn, ['>= 6 => "可标注"', '[1..2] => "不符合"'], policy="UNIQUE")

    outcome = decide(model, "风险消除", {"稳定月数": 3})

    assert outcome.value is None
    assert outcome.explanation == (
        "风险消除：不符合“可标注”：收入稳定仅3个月，规定不少于6个月（第1条规则）。",
    )


def test_a_refusal_that_fired_before_the_affirmative_rule_speaks_for_itself(dmn):
    model = steady(dmn, ['< 6 => "不符合"', '- => "可标注"'])

    assert decide(model, "风险消除", {"稳定月数": 3}).explanation == (
        "风险消除：结论为不符合（第1条规则：收入稳定为3个月，低于6个月）。",
    )


def test_the_authors_own_words_and_the_unit_in_the_label_are_used(dmn):
    rules = ['< 6500 => "可标注" # x']
    logic = dmn.table("FIRST", ["收入:number"], ["结论"], rules)
    logic = logic.replace('label="收入"', 'label="年人均纯收入（元）"').replace('name="依据"', 'name="说明"')
    model = read(dmn.document(dmn.given("收入:number") + dmn.decision("甲", logic, "#i_收入")))

    assert decide(model, "甲", {"收入": 6000}).explanation == (
        "甲：结论为可标注（第1条规则：年人均纯收入为6000元，低于6500元）。x。",
    )


CELLS = [
    ("string", '"因灾","因意外事故"', "因病", "为“因病”，规定属于“因灾”“因意外事故”之一"),
    ("string", 'not("因灾")', "因灾", "为“因灾”，规定不为“因灾”"),
    ("string", '"是"', None, "为空，规定为“是”"),
    ("boolean", "true", False, "为否，规定为是"),
    ("number", "[6..12)", 12, "为12，规定不少于6、低于12"),
    ("number", "<= 8300", 9000, "为9000，规定不超过8300"),
    ("number", "> 5", 5, "仅5，规定超过5"),
    ("number", "1, 2", 3, "为3，规定属于1、2之一"),
    ("number", "< 3, > 9", 5, "为5，规定低于3，或超过9"),
    ("number", "not(< 3)", 2, "为2，规定不是低于3"),
    ("number", "even(?)", 3, "为3，规定满足“even(?)”"),
    ("date", '>= date("2026-04-01")', "2026-03-31", "为2026年3月31日，规定不早于2026年4月1日"),
    ("date", '> date("2026-04-01")', "2026-03-31", "为2026年3月31日，规定在2026年4月1日之后"),
    ("date", '< date("2026-04-01")', "2026-04-01", "为2026年4月1日，规定在2026年4月1日之前"),
    ("date", '<= date("2026-04-01")', "2026-04-02", "为2026年4月2日，规定不晚于2026年4月1日"),
    ("days and time duration", '>= duration("P10D")', "P3DT5H", "仅3天5小时，规定不少于10天"),
    ("years and months duration", '>= duration("P1Y")', "P11M", "仅11个月，规定不少于1年"),
]


@pytest.mark.parametrize(("kind", "cell", "value", "said"), CELLS)
def test_each_kind_of_test_has_its_words(dmn, kind, cell, value, said):
    model = steady(dmn, [f'{cell} => "可标注"', '- => "不符合"'], inputs=[f"甲:{kind}"], unit="")

    assert decide(model, "风险消除", {"甲": value}).explanation[-1] == (
        f"风险消除：不符合“可标注”：甲{said}（第1条规则）。"
    )


def test_a_name_in_a_cell_is_said_by_its_value(dmn):
    inputs = ["稳定月数:number", "param"]
    model = steady(dmn, ['>= param.months ; - => "可标注"', '- ; - => "不符合"'], inputs=inputs)

    outcome = decide(model, "风险消除", {"稳定月数": 3, "param": {"months": 6}})

    assert "收入稳定仅3个月，规定不少于6个月" in outcome.explanation[-1]


def test_a_number_under_seal_is_never_spelled_out(dmn):
    model = steady(dmn, ['null => "可标注"', '- => "不符合"'], inputs=["号码"], unit="")
    sealed = {"kind": "identity", "sealed": "c2VhbGVk", "mask": "1506**********0017", "hash": "00ff"}

    outcome = decide(model, "风险消除", {"号码": sealed})

    assert outcome.explanation[-1].startswith(
        "风险消除：不符合“可标注”：号码为“1506**********0017”，规定为空"
    )
    assert "c2VhbGVk" not in "".join(outcome.explanation)


def test_a_first_value_that_says_no_is_not_taken_for_the_affirmative_one(dmn):
    model = steady(dmn, ['< 6 => "不符合"', '>= 6 => "可标注"'], values='"不符合","可标注"')

    assert decide(model, "风险消除", {"稳定月数": 8}).explanation == (
        "风险消除：结论为可标注（第2条规则：收入稳定为8个月，不少于6个月）。",
    )


def test_another_kind_among_several_is_no_refusal(dmn):
    rules = ['< 3 => "甲类"', '< 6 => "乙类"', '- => "不属于各类"']
    model = steady(dmn, rules, values='"甲类","乙类","不属于各类"')

    assert len(decide(model, "风险消除", {"稳定月数": 4}).explanation) == 1
    assert "不符合“甲类”" in decide(model, "风险消除", {"稳定月数": 9}).explanation[-1]


def test_a_number_that_is_given_has_the_unit_of_its_column(dmn):
    logic = dmn.table("FIRST", ["年:number"], ["线"], ["- => 6500"])
    logic = logic.replace('name="线">', 'name="线" label="监测线（元）">')
    model = read(dmn.document(dmn.given("年:number") + dmn.decision("标准", logic, "#i_年")))

    assert decide(model, "标准", {"年": 2022}).explanation == (
        "标准：监测线为6500元（第1条规则：没有条件）。",
    )
