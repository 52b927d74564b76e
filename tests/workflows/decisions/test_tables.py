from decimal import Decimal

import pytest

from workflows.decisions import decide

RULES = ['>= 10 => "高"', '>= 5 => "中"', '>= 5 => "中"', '>= 0 => "低"']


@pytest.mark.parametrize(
    ("policy", "attributes", "value", "expected"),
    [
        ("FIRST", "", 12, "高"),
        ("FIRST", "", 7, "中"),
        ("FIRST", "", -1, None),
        ("RULE ORDER", "", 12, ["高", "中", "中", "低"]),
        ("COLLECT", "", 7, ["中", "中", "低"]),
        ("COLLECT", "", -1, []),
        ("COLLECT", 'aggregation="COUNT"', 12, Decimal(4)),
        ("PRIORITY", "", 12, "低"),
        ("OUTPUT ORDER", "", 12, ["低", "中", "中", "高"]),
        ("UNIQUE", "", 3, "低"),
        ("ANY", "", 3, "低"),
    ],
)
def test_the_hit_policy_settles_what_is_given(model_of, policy, attributes, value, expected):
    model = model_of(policy, ["分:number"], ['级|"低","中","高"'], RULES, attributes)

    assert decide(model, "结果", {"分": value}).value == expected


@pytest.mark.parametrize(("aggregation", "expected"), [("SUM", 60), ("MIN", 10), ("MAX", 30)])
def test_collected_numbers_are_aggregated(model_of, aggregation, expected):
    rules = ["> 0 => 10", "> 1 => 20", "> 2 => 30"]
    model = model_of("COLLECT", ["分:number"], ["元"], rules, f'aggregation="{aggregation}"')

    assert decide(model, "结果", {"分": 5}).value == expected


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY"])
def test_rules_that_contradict_give_null_and_say_so(model_of, policy):
    outcome = decide(model_of(policy, ["分:number"], ["级"], RULES), "结果", {"分": 12})

    assert outcome.value is None
    assert "命中" in outcome.errors[0].sentence
    assert [rule.number for rule in outcome.rules] == [1, 2, 3, 4]


def test_several_outputs_make_a_context_and_defaults_fill_it(model_of):
    model = model_of("UNIQUE", ["分:number"], ['级||"无"', "元||0"], ['> 5 => "高" ; 分 * 2'])

    assert decide(model, "结果", {"分": 6}).value == {"级": "高", "元": Decimal(12)}
    assert decide(model, "结果", {"分": 1}).value == {"级": "无", "元": Decimal(0)}


def test_the_outcome_names_the_rules_and_the_clauses_they_cite(model_of):
    model = model_of("FIRST", ["月数:number"], ["结论"], ['< 6 => "阻断" # 不少于6个月', '- => "可标注"'])

    outcome = decide(model, "结果", {"月数": 3})

    assert outcome.rules[0].id == "r1"
    assert outcome.rules[0].annotations == (("依据", "不少于6个月"),)
    assert outcome.explanation == ("结果：结论为阻断（第1条规则：月数为3，低于6）。依据：不少于6个月。",)
    assert outcome.feel == '"阻断"'


def test_when_no_rule_fits_the_inputs_are_said(model_of):
    outcome = decide(model_of("UNIQUE", ["月数:number"], ["结论"], ["> 5 => 1"]), "结果", {"月数": 3})

    assert outcome.explanation == ("结果：没有规则符合：月数仅3，规定超过5（第1条规则）。",)


def test_a_cell_that_cannot_be_read_never_fires_and_is_reported(model_of):
    outcome = decide(model_of("UNIQUE", ["月数:number"], ["结论"], ["> > => 1"]), "结果", {"月数": 3})

    assert outcome.value is None
    assert outcome.errors[0].element == "结果·规则1"


CAUSES = [
    '"因灾","因意外事故" ; true ; true => "绿色通道"',
    '"因灾","因意外事故" ; true ; false => "普通程序"',
    '"因灾","因意外事故" ; false ; - => "普通程序"',
    'not("因灾","因意外事故") ; - ; - => "普通程序"',
]


@pytest.mark.parametrize(
    ("cause", "clear", "agreed", "way"),
    [
        ("因灾", True, True, "绿色通道"),
        ("因意外事故", True, True, "绿色通道"),
        ("因灾", True, False, "普通程序"),
        ("因灾", False, True, "普通程序"),
        ("因病", True, True, "普通程序"),
    ],
)
def test_the_green_channel_opens_only_for_disaster_and_accident(model_of, cause, clear, agreed, way):
    model = model_of("UNIQUE", ["成因:string", "事实清楚:boolean", "群众认可:boolean"], ["程序"], CAUSES)

    outcome = decide(model, "结果", {"成因": cause, "事实清楚": clear, "群众认可": agreed})

    assert outcome.value == way
    assert len(outcome.rules) == 1


REMOVAL = [
    '?.year = 识别日.year and ?.month = 识别日.month ; - => "不得当月"',
    '- ; < 6 => "阻断"',
    '- ; >= 6 => "可标注"',
]


@pytest.mark.parametrize(
    ("found", "marked", "months", "result"),
    [
        ("2024-01-31", "2024-02-01", 6, "可标注"),
        ("2024-02-01", "2024-02-29", 6, "不得当月"),
        ("2023-02-15", "2024-02-15", 6, "可标注"),
        ("2023-02-15", "2024-02-15", 5, "阻断"),
    ],
)
def test_the_calendar_month_decides_and_not_thirty_days(dmn, found, marked, months, result):
    from workflows.decisions import read

    logic = dmn.table("FIRST", ["标注日:date", "稳定月数:number"], ["结论"], REMOVAL)
    inputs = dmn.given("识别日:date", "标注日:date", "稳定月数:number")
    model = read(dmn.document(inputs + dmn.decision("结果", logic, "#i_识别日", "#i_标注日", "#i_稳定月数")))

    outcome = decide(model, "结果", {"识别日": found, "标注日": marked, "稳定月数": months})

    assert outcome.value == result
    assert outcome.errors == ()
