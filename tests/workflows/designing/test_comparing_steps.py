"""Two diagrams compared: each kind of change of a step or a flow is found, by its name and in words."""

from dataclasses import fields as fields_of
from dataclasses import replace

import pytest

from tests.workflows.designing import drafts
from tests.workflows.designing.mutated import REAL, drawn, only, told
from tests.workflows.spiff import drawing
from workflows.designing.comparing import compare
from workflows.designing.comparing.steps import PLACED, SIDES
from workflows.spiff import Element

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
