"""Forms, tables and the description compared: each kind of change is found, by its name and in words."""

from dataclasses import replace

import pytest

from tests.workflows.designing.mutated import (
    CHECK,
    REAL,
    TABLED,
    asked,
    described,
    only,
    parameter,
    ruled,
    told,
)
from workflows.designing.comparing import compare

# Forms


def field(parts, key):
    for part in parts:
        if part.get("key") == key:
            return part
        if "components" in part and (found := field(part["components"], key)):
            return found
    return None


SIDES_OF_FIELDS = {
    "label": (lambda parts: field(parts, "visitors").update(label="核实人员"), "名称", "核实人员"),
    "type": (lambda parts: field(parts, "visitors").update(type="textarea"), "类型", "多行文字"),
    "required": (
        lambda parts: field(parts, "visitors")["validate"].update(required=False), "必填", "否",
    ),
    "longest": (lambda parts: field(parts, "visitors")["validate"].update(maxLength=60), "最多字数", "60"),
    "hint": (lambda parts: field(parts, "visitors").update(description="写全名"), "提示", "写全名"),
    "condition": (
        lambda parts: field(parts, "visitors").update(conditional={"hide": '=food = "有保障"'}),
        "隐藏条件", "“吃不愁”为“有保障”",
    ),
    "check": (
        lambda parts: field(parts, "visitors").update(properties={"check": "string length(visitors) > 1"}),
        "校验", "string length（“入户人员”）大于1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SIDES_OF_FIELDS)
def test_a_question_asked_otherwise_is_said_by_form_and_question(case):
    act, what, value = SIDES_OF_FIELDS[case]
    subject = f"{CHECK}/visitors"

    change = only(asked(act))

    assert told(change) == ("forms", "changed", subject, what)
    assert change.new == value
    assert "的项目“入户人员”（visitors）的" in change.sentence


def test_an_option_more_is_seen():
    change = only(asked(lambda parts: field(parts, "food")["values"].append({"label": "待查", "value": "d"})))

    assert told(change) == ("forms", "changed", f"{CHECK}/food", "选项")
    assert change.new == "有保障、有问题、待查（d）"


def test_a_question_more_or_less_is_added_or_removed():
    new = {"type": "number", "key": "persons", "label": "在家人数", "validate": {"required": True}}

    added = only(asked(lambda parts: parts[0]["components"].append(new)))
    removed = only(asked(lambda parts: parts[0]["components"].pop(1)))

    assert told(added)[:3] == ("forms", "added", f"{CHECK}/persons")
    assert "在家人数" in added.sentence
    assert added.new == "数字，必填"
    assert told(removed)[:3] == ("forms", "removed", f"{CHECK}/visitors")


def test_questions_in_another_order_are_moved_and_their_steps_marked():
    after = asked(lambda parts: parts[0]["components"].reverse())

    change = only(after)

    assert told(change)[:2] == ("forms", "moved")
    assert compare(REAL, after).marks[1]["process.bpmn"] == {"household_check": "changed"}


# Decisions


RULE = (
    TABLED.decisions["as_01_ew/decisions.dmn"].partition('<rule id="other_money">')[2].partition("</rule>")[0]
)
CHANGES_OF_TABLES = {
    "a cell": ('"使用所列资金投入形成"', '"由所列资金形成"', ("changed", "in_scope", "“理由”")),
    "hit policy": ('hitPolicy="UNIQUE"', 'hitPolicy="FIRST"', ("changed", "", "命中方式")),
    "a rule less": (f'<rule id="other_money">{RULE}</rule>', "", ("removed", "other_money", "")),
    "a rule more": (
        f'<rule id="other_money">{RULE}</rule>',
        f'<rule id="other_money">{RULE}</rule><rule id="third">{RULE}</rule>',
        ("added", "third", ""),
    ),
    "what a column asks": (
        "some source in inventory.sources satisfies", "every source in inventory.sources satisfies",
        ("changed", "条件列“使用所列资金”", "取值"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CHANGES_OF_TABLES)
def test_a_table_is_compared_rule_by_rule(case):
    before, after, (kind, subject, what) = CHANGES_OF_TABLES[case]

    change = only(ruled(before, after), TABLED)

    assert told(change) == ("tables", kind, "/".join(filter(None, ("dmn_as_01_ew", subject))), what)
    assert "决策“摸底范围”" in change.sentence


def test_rules_in_another_order_are_moved():
    [(name, text)] = TABLED.decisions.items()
    head, rest = text.split('<rule id="in_scope">')
    first, _, behind = rest.partition("</rule>")
    second, _, tail = behind.partition("</rule>")
    after = replace(
        TABLED, decisions={name: f'{head}{second}</rule><rule id="in_scope">{first}</rule>{tail}'}
    )

    change = only(after, TABLED)

    assert told(change)[:2] == ("tables", "moved")
    assert "条" in change.old


# The description


def test_a_parameter_is_compared_by_default_limit_and_reason():
    name = "publicity_days_village"
    found = [
        only(parameter(name, default=7)),
        only(parameter(name, max=90)),
        only(parameter(name, why="按新文件核定。")),
    ]

    assert [told(each) for each in found] == [
        ("parameters", "changed", name, what) for what in ("默认值", "上限", "说明")
    ]
    assert found[0].sentence == "参数“村级公示天数”（publicity_days_village）的默认值由“5”改为“7”。"
    assert found[2].pieces


def test_a_parameter_comes_and_goes():
    kept = [each for each in REAL.meta["parameters"] if each["name"] != "apply_channels"]

    change = only(described(parameters=kept))

    assert told(change)[:3] == ("parameters", "removed", "apply_channels")
    assert "书面、手机APP" in change.sentence


def test_who_may_start_and_which_document_orders_it_are_compared():
    starters = only(described(start_roles=["household"]))
    document = only(described(documents=[{**REAL.meta["documents"][0], "number": "东政发〔2026〕1号"}]))
    limit = only(described(case={"due": "=workdays(param.total_days)"}))
    apart = only(described(apart=[{"steps": ["household_check", "village_review"]}]))

    assert told(starters) == ("description", "changed", "start_roles", "发起角色")
    assert told(document)[3] == "文号"
    assert document.new == "东政发〔2026〕1号"
    assert limit.new == "参数“全程时限（不含公示期）” 个工作日"
    assert told(apart)[:3] == ("description", "added", "apart")
    assert "“入户核实”" in apart.sentence
