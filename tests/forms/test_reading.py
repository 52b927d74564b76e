import json

import pytest

import forms
from tests.forms.desk import asking, text


def refusal(*components, **top):
    with pytest.raises(forms.DefinitionError) as refused:
        asking(*components, **top)
    return refused.value.sentence


def test_the_same_questions_have_the_same_digest_however_the_file_is_laid_out():
    source = {"type": "default", "components": [text()]}

    spread = forms.parse(json.dumps(source, indent=4))
    tight = forms.parse(json.dumps(dict(reversed(source.items()))))

    assert spread.digest == tight.digest
    assert asking(text(label="另一个")).digest != asking(text()).digest


def test_fields_inside_groups_stand_in_the_order_of_the_page():
    group = {"type": "group", "label": "一组", "components": [text(key="b"), text("separator")]}

    definition = asking(text(key="a"), group, {"type": "text", "text": "# 说明\n第一行"}, text(key="c"))

    assert [field.key for field in definition.fields] == ["a", "b", "c"]
    assert definition.parts[1].parts[0].key == "b"
    assert definition.parts[2].lines == ((True, "说明"), (False, "第一行"))


def test_a_hidden_group_hides_its_fields():
    inner = text(key="b", conditional={"hide": "=x = 1"})
    group = {"type": "group", "conditional": {"hide": "=y = 2"}, "components": [inner]}

    assert asking(group).field("b").hides == ("y = 2", "x = 1")


def test_conclusions_come_affirmative_first_and_verbs_beside_them():
    options = [{"value": "属实", "label": "属实"}, {"value": "不属实", "label": "不属实"}]

    definition = asking(
        text("radio", "conclusion", values=options), properties={"verbs": {"属实": "核实属实"}}
    )

    assert [option.value for option in definition.conclusions()] == ["属实", "不属实"]
    assert definition.verbs == {"属实": "核实属实"}
    assert asking(text()).conclusions() == ()


def test_personal_numbers_are_known_by_their_path():
    members = {
        "type": "dynamiclist",
        "path": "members",
        "components": [text(key="id_number", properties={"kind": "identity"})],
    }

    definition = asking(text(key="phone", properties={"kind": "phone"}), text(), members)

    assert definition.sensitive == {("phone",): "phone", ("members", "id_number"): "identity"}


def test_every_expression_is_listed_with_its_place():
    component = text(label="说明", conditional={"hide": "=a = 1"}, properties={"required_if": "b = 2"})

    listed = asking(component).expressions

    assert [(one.text, one.place.split(".")[-1]) for one in listed] == [
        ("b = 2", "required_if"),
        ("a = 1", "hide"),
    ]
    assert "“说明”(name)" in listed[0].place


def test_a_field_others_depend_on_knows_that_it_governs():
    definition = asking(text(key="kind_of"), text(key="why", conditional={"hide": '=kind_of = "x"'}))

    assert [field.steers for field in definition.fields] == [True, False]


@pytest.mark.parametrize("source", ["", "{", "[]", '"x"', "null", "[" * 100_000])
def test_what_is_no_json_object_is_refused_in_a_sentence(source):
    with pytest.raises(forms.DefinitionError, match="JSON"):
        forms.parse(source)


def test_a_text_too_large_is_refused():
    with pytest.raises(forms.DefinitionError, match="过大"):
        forms.parse(" " * 600_000)


def test_an_unknown_component_is_named_with_its_place():
    assert refusal(text(), {"type": "iframe", "key": "x"}) == "components[1]：不支持的组件类型“iframe”。"


def test_two_fields_of_one_key_are_refused():
    assert "key 重复：name" in refusal(text(), text())


@pytest.mark.parametrize("key", ["", "_x", "a.b", "1a", "a b", "a" * 65])
def test_a_key_that_expressions_could_not_name_is_refused(key):
    assert "key" in refusal(text(key=key))


def test_a_key_may_be_chinese():
    assert asking(text(key="户主姓名")).field("户主姓名")


@pytest.mark.parametrize(
    ("component", "about"),
    [
        (text("number", validate={"min": "很小"}), "min 应为数字"),
        (text(validate={"maxLength": -1}), "maxLength"),
        (text(validate={"required": "是"}), "required 应为 true 或 false"),
        (text(validate=[]), "validate 应为对象"),
        (text(validate={"pattern": "("}), "正则"),
        (text("radio"), "没有可选项"),
        (text("radio", values=[{"value": 1}]), "value 应为非空文字"),
        (text("radio", values=[{"value": "a"}, {"value": "a"}]), "value 有重复"),
        (text(properties={"kind": "密码"}), "kind“密码”不认识"),
        (text("checkbox", properties={"kind": "identity"}), "不能用于 checkbox"),
        (text("datetime", subtype="year"), "subtype"),
        (text(conditional={"hide": True}), "hide 应为FEEL"),
        (text(properties={"exemption": "没有"}), "不在同一层"),
        ({"type": "dynamiclist", "path": "rows", "components": []}, "没有任何填写项"),
        ({"type": "group", "path": "x", "components": []}, "不能设置 path"),
        ({"type": "group", "components": {}}, "components 应为对象的列表"),
        ({"type": 3}, "type 应为文字"),
    ],
)
def test_what_a_component_gets_wrong_is_said_with_its_place(component, about):
    sentence = refusal(component)

    assert about in sentence
    assert sentence.startswith("components[0]")


def test_rows_within_rows_are_refused():
    inner = {"type": "dynamiclist", "path": "inner", "components": [text()]}

    assert "不能再放重复行" in refusal({"type": "dynamiclist", "path": "outer", "components": [inner]})
