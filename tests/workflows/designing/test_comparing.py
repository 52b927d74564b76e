"""Two versions compared: each kind of change is found, by its name and in words, and nothing else is."""

import json
from dataclasses import fields as fields_of
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bpmn.artefacts import FORMS, KEYS, PROCEDURES
from tests.workflows.designing import drafts
from tests.workflows.spiff import drawing
from workflows.designing import folders
from workflows.designing.comparing import compare, redline
from workflows.designing.comparing.changes import displaced
from workflows.designing.comparing.steps import PLACED, SIDES
from workflows.spiff import Element

KEY, RULED = "fp_01_ds", "as_01_ew"
REAL = folders.read(PROCEDURES, FORMS, KEY)
TABLED = folders.read(PROCEDURES, FORMS, RULED)
MIRRORED = {"added": "removed", "removed": "added", "changed": "changed", "moved": "moved"}
CHECK = "fp_01_ds_household_check"


def drawn(old, new, count=1):
    """The real procedure with other words in its diagram."""
    text = REAL.diagrams["process.bpmn"]
    assert old in text
    return replace(REAL, diagrams={"process.bpmn": text.replace(old, new, count)})


def asked(change, form=CHECK):
    """The real procedure with another form."""
    content = json.loads(REAL.forms[form])
    change(content["components"])
    return replace(REAL, forms={**REAL.forms, form: json.dumps(content, ensure_ascii=False)})


def described(**said):
    return replace(REAL, meta={**REAL.meta, **said})


def parameter(name, **said):
    """The real procedure with another parameter."""
    kept = [{**each, **said} if each["name"] == name else each for each in REAL.meta["parameters"]]
    return described(parameters=kept)


def ruled(old, new):
    """The procedure with a table, with other words in it."""
    [(name, text)] = TABLED.decisions.items()
    assert old in text
    return replace(TABLED, decisions={name: text.replace(old, new, 1)})


def told(change):
    return change.part, change.kind, change.subject, change.what


def only(new, old=REAL):
    """The one change there is; there and back say the same with old and new exchanged."""
    there, back = compare(old, new).changes, compare(new, old).changes
    assert sorted(mirrored(each) for each in there) == sorted(plainly(each) for each in back)
    [change] = there
    return change


def plainly(change):
    pieces = tuple((piece.kind, piece.text) for piece in change.pieces)
    return (*told(change), change.old, change.new, pieces)


def mirrored(change):
    other = {"old": "new", "new": "old", "same": "same"}
    pieces = _paired([(other[piece.kind], piece.text) for piece in change.pieces])
    return (
        change.part, MIRRORED[change.kind], change.subject, change.what, change.new, change.old, tuple(pieces)
    )  # fmt: skip


def _paired(pieces):
    """What was struck stands before what was put in."""
    for place in range(len(pieces) - 1):
        if (pieces[place][0], pieces[place + 1][0]) == ("new", "old"):
            pieces[place], pieces[place + 1] = pieces[place + 1], pieces[place]
    return pieces


SIDES_OF_STEPS = {
    "a step renamed": ('name="入户核实"', 'name="入户复核"', "household_check", "名称", "入户复核"),
    "another form": (
        'formId="fp_01_ds_household_check"', 'formId="fp_01_ds_apply"', "household_check", "表单", None,
    ),
    "another limit": (
        "=workdays(param.village_review_days)", "=workdays(param.village_review_days + 1)",
        "village_review", "办理期限", "参数“村评议时限” + 1 个工作日",
    ),
    "other candidates": (
        'candidateGroups="household,village_committee,resident_team"', 'candidateGroups="household"',
        "apply", "候选角色", "农牧户（户主）",
    ),
    "another paper": ('value="入户核实表"', 'value="核查表"', "household_check", "生成的文书", "核查表"),
    "other documentation": (
        "到户核实申请内容", "逐户核实申请内容", "household_check", "说明", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SIDES_OF_STEPS)
def test_a_changed_side_of_a_step_is_said_by_its_name(case):
    before, after, step, what, value = SIDES_OF_STEPS[case]

    changes = compare(REAL, drawn(before, after)).changes

    change = next(each for each in changes if each.part == "steps")
    assert (change.kind, change.subject, change.what) == ("changed", step, what)
    assert value is None or change.new == value
    assert change.sentence.startswith("环节“")
    assert f"（{step}）的{what}" in change.sentence


def test_a_clause_cited_otherwise_is_shown_as_one_text_struck_and_marked():
    cited = "000_ad920af171c7151f.txt｜严格履行提交申请、入户核实"
    step = '<bpmn:userTask id="township_review"'
    head, tail = REAL.diagrams["process.bpmn"].split(step)
    after = replace(
        REAL, diagrams={"process.bpmn": head + step + tail.replace(cited, cited[:-4] + "上门核实", 1)}
    )

    change = only(after)

    assert told(change) == ("steps", "changed", "township_review", "依据")
    assert [(piece.kind, piece.text) for piece in change.pieces if piece.kind != "same"] == [
        ("old", "入户"),
        ("new", "上门"),
    ]


def test_a_condition_is_said_in_the_words_of_its_fields():
    after = drawn(
        '=household_check.conclusion = "属实"',
        '=household_check.conclusion = "属实" and household_check.food = "有保障"',
    )

    change = only(after)

    assert told(change) == ("flows", "changed", "check_passed", "条件")
    assert change.old == "“入户核实”的“结论”为“属实”"
    assert change.new.endswith("，且“入户核实”的“吃不愁”为“有保障”")


def test_a_flow_led_elsewhere_says_from_where_to_where():
    change = only(
        drawn(
            'id="check_failed" name="不属实" sourceRef="check_gateway" targetRef="tell_household"',
            'id="check_failed" name="不属实" sourceRef="check_gateway" targetRef="apply"',
        )
    )

    assert told(change) == ("flows", "changed", "check_failed", "去向")
    assert change.new == "提交申请"


def test_a_lane_with_another_role_gives_its_steps_to_others():
    changes = compare(
        REAL, drawn('name="role" value="township_gov"', 'name="role" value="county_rvb"')
    ).changes

    assert {told(each) for each in changes} == {
        ("steps", "changed", "lane_township", "角色"),
        *(("steps", "changed", key, "办理角色") for key in ("township_review", "township_gateway")),
    }
    assert any(each.new == "区乡村振兴局" for each in changes)


LINE = drafts.bundle(
    drawing.START
    + "".join(drafts.task(key, "ask") for key in "abc")
    + drafts.end("over")
    + drawing.chain("S", "a", "b", "c", "over"),
    forms={"ask": drafts.form("text")},
)


def line(*keys, **more):
    tasks = "".join(drafts.task(key, "ask", **more.get(key, {})) for key in sorted(keys))
    body = drawing.START + tasks + drafts.end("over") + drawing.chain("S", *keys, "over")
    return drafts.bundle(body, forms=LINE.forms)


def test_a_step_put_in_between_is_added_and_moves_no_other():
    found = compare(LINE, line("a", "x", "b", "c"))

    steps = [told(each)[:3] for each in found.of("steps")]
    assert steps == [("steps", "added", "x")]
    assert found.of("steps")[0].sentence.startswith("新增环节")
    assert found.marks[1]["process.bpmn"]["x"] == "added"
    assert "x" not in found.marks[0]["process.bpmn"]
    assert {told(each)[1] for each in found.of("flows")} == {"added", "removed"}


def test_a_step_taken_out_is_removed_and_marked_in_the_old_diagram():
    found = compare(LINE, line("a", "c"))

    assert [told(each)[:3] for each in found.of("steps")] == [("steps", "removed", "b")]
    assert found.marks[0]["process.bpmn"]["b"] == "removed"
    assert "b" not in found.marks[1].get("process.bpmn", {})


def test_a_step_that_changes_places_is_moved_and_only_it():
    found = compare(LINE, line("b", "c", "a"))

    [moved] = found.of("steps")
    assert told(moved) == ("steps", "moved", "a", "先后次序")
    assert moved.old == "在最前"
    assert moved.new.startswith("在“")
    assert moved.new.endswith("”之后")
    assert found.marks[1]["process.bpmn"]["a"] == "moved"


def test_a_step_that_several_do_says_how_many():
    several = drawing.loop(card="3", until="=yes * 2 > total")
    after = drafts.bundle(
        drawing.START
        + drafts.task("a", "ask")
        + drafts.task("b", "ask", inside=several)
        + drafts.task("c", "ask")
        + drafts.end("over")
        + drawing.chain("S", "a", "b", "c", "over"),
        forms=LINE.forms,
    )

    change = only(after, LINE)

    assert told(change) == ("steps", "changed", "b", "多人办理")
    assert "人数 3" in change.new
    assert "完成条件" in change.new


def test_every_side_an_element_has_is_compared():
    assert {side.name for side in fields_of(Element)} == SIDES.keys() | PLACED


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


# The whole


def test_a_diagram_only_drawn_otherwise_is_said_to_be_so():
    text = REAL.diagrams["process.bpmn"]
    shape = text.index('bpmnElement="apply"')
    x = text.index('x="', shape)
    end = text.index('"', x + 3)
    after = replace(REAL, diagrams={"process.bpmn": f'{text[:x]}x="999{text[end:]}'})

    found = compare(REAL, after)

    assert found.layout_only
    assert found.sentence == "只调整了图的布局，办理内容没有变化。"


def test_other_spaces_are_no_change():
    found = compare(REAL, drawn("    <bpmn:userTask", "  \n  <bpmn:userTask"))

    assert not found.changes
    assert not found.same_text
    assert "没有变化" in found.sentence


@pytest.mark.parametrize("key", KEYS)
def test_nothing_differs_from_itself(key):
    own = folders.read(PROCEDURES, FORMS, key)

    found = compare(own, own)

    assert not found.changes
    assert found.sentence == "两个版本完全相同。"
    assert found.marks == ({}, {})


@pytest.mark.parametrize(("one", "other"), [("fp_01_ds", "fp_01_dk"), ("as_01_ew", "as_01_gt")])
def test_there_and_back_say_the_same_with_old_and_new_exchanged(one, other):
    first, second = (folders.read(PROCEDURES, FORMS, key) for key in (one, other))

    there, back = compare(first, second).changes, compare(second, first).changes

    assert sorted(mirrored(each) for each in there) == sorted(plainly(each) for each in back)
    assert len(there) > 20


@given(st.text("村镇县审核公示，12", max_size=30), st.text("村镇县审核公示，12", max_size=30))
def test_a_redline_holds_both_texts(old, new):
    pieces = redline(old, new)

    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "old") == new


@given(st.permutations(list("abcdef")))
def test_moving_the_displaced_back_makes_one_order_of_the_other(order):
    moved = displaced(list("abcdef"), list(order))

    assert [name for name in order if name not in moved] == [n for n in "abcdef" if n not in moved]
    assert set(moved) == set(displaced(list(order), list("abcdef")))
