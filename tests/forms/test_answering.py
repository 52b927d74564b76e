import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from tests.forms.desk import (
    CHOICES,
    MONEY,
    asking,
    fill,
    judged,
    posted,
    text,
    wrong_when_told,
    wrong_when_typed,
)


def test_a_required_field_left_empty_says_what_to_do():
    needed = {"validate": {"required": True}}

    assert wrong_when_typed(text(label="姓名", **needed), "  ") == "请填写姓名。"
    assert wrong_when_typed(text("radio", label="结论", values=CHOICES, **needed), "") == "请选择结论。"
    assert wrong_when_typed(text("checkbox", label="我已知晓", **needed), "") == "请勾选“我已知晓”。"
    assert wrong_when_typed(text("filepicker", label="照片", **needed), "") == "请上传照片。"


def test_everything_typed_is_shown_again_exactly():
    definition = asking(text(), MONEY, text("checklist", "kinds", values=CHOICES), text("textarea", "why"))
    typed = MultiDict(
        [("name", "  张 三 "), ("money", "一百"), ("kinds", "乙"), ("why", "\n第一行\r\n 第二行 ")]
    )

    form = judged(definition, typed)

    assert "money" in form.errors
    assert form["name"].text == "  张 三 "
    assert form["money"].text == "一百"
    assert form["kinds"].typed == ["乙"]
    assert form["why"].text == "\n第一行\r\n 第二行 "


@pytest.mark.parametrize(
    ("component", "value"),
    [
        (text(), 3),
        (text(), ["x"]),
        (text(), {}),
        (text("textarea"), True),
        (text("number"), "3"),
        (text("number"), True),
        (text("number"), [1]),
        (text("number"), float("nan")),
        (text("number"), float("inf")),
        (text("number"), 10**400),
        (text("checkbox"), "true"),
        (text("checkbox"), 1),
        (text("checklist", values=CHOICES), "甲"),
        (text("checklist", values=CHOICES), [["甲"]]),
        (text("radio", values=CHOICES), 1),
        (text("radio", values=CHOICES), ["甲"]),
        (text("select", values=CHOICES), {}),
        (text("datetime"), 20261122),
        (text("filepicker"), 1),
        (text("filepicker"), ["1"]),
        (text("filepicker"), [True]),
        (text("filepicker"), [10**400]),
        (text(properties={"kind": "identity"}), 11010519491231002),
        (text(properties={"kind": "identity"}), {"sealed": "x", "mask": "1", "hash": "y"}),
        (text(properties={"kind": "division"}), 150602000000),
        (text(properties={"kind": "person"}), "7"),
        (text(properties={"kind": "person"}), 7.0),
        ({"type": "dynamiclist", "path": "name", "key": "name", "components": [text()]}, {"0": {}}),
    ],
)
def test_a_value_of_the_wrong_json_type_is_an_error_on_its_field(component, value):
    assert wrong_when_told(component, value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    )
)
def test_no_json_whatever_breaks_the_form(value):
    definition = asking(
        text(),
        MONEY,
        text("checklist", "kinds", values=CHOICES),
        text("datetime", "day"),
        text("filepicker", "files"),
        text(key="identity", properties={"kind": "identity"}),
        text(key="place", properties={"kind": "division"}),
        {"type": "dynamiclist", "path": "rows", "components": [text()]},
    )

    form = judged(definition, {field.key: value for field in definition.fields})

    assert isinstance(form.draft(), dict)
    assert judged(definition, value).answers().keys() == form.answers().keys()


def test_a_key_the_form_does_not_ask_for_is_refused_by_name():
    assert judged(asking(text()), {"name": "张三", "salary": 1}).errors == {
        "salary": "表单中没有这一项，请删去。"
    }


def test_a_page_may_send_more_than_the_form_asks_for():
    assert judged(asking(text()), MultiDict({"name": "张三", "csrf_token": "x"})).errors == {}


def test_answers_that_are_no_object_are_refused():
    assert judged(asking(text()), ["张三"]).errors == {"": "答案应为一个对象。"}


def test_a_new_form_holds_what_is_on_file_or_usual():
    definition = asking(
        text(properties={"default": "=apply.head"}),
        text("radio", "kind_of", values=CHOICES, defaultValue="甲"),
        text("number", "amount", properties={"default": "=1.50 + 1"}),
        text("datetime", "day", properties={"default": "=today()"}),
    )

    form = fill(definition, None, scope={"apply": {"head": "张三"}})

    assert form.answers() == {"name": "张三", "kind_of": "甲", "amount": 2.5, "day": "2026-11-22"}
    assert form["amount"].text == "2.5"


def test_defaults_do_not_answer_for_the_person():
    definition = asking(text(defaultValue="张三", validate={"required": True}))

    assert judged(definition, {}).errors == {"name": "请填写name。"}


def test_a_field_is_required_when_its_expression_says_so():
    definition = asking(
        text("radio", "kind_of", values=CHOICES), text(properties={"required_if": '=kind_of = "乙"'})
    )

    assert judged(definition, {"kind_of": "乙"}).errors == {"name": "请填写name。"}
    assert judged(definition, {"kind_of": "甲"}).errors == {}


def test_a_hidden_field_is_neither_judged_nor_stored_but_its_words_stay():
    definition = asking(
        text("radio", "kind_of", values=CHOICES),
        text("number", "many", validate={"required": True}, conditional={"hide": '=kind_of = "甲"'}),
    )

    form = judged(definition, posted(kind_of="甲", many="很多"))

    assert form.errors == {}
    assert form.answers() == {"kind_of": "甲", "many": None}
    assert form["many"].text == "很多"


def test_hiding_one_field_hides_those_that_depend_on_it():
    definition = asking(
        text(key="third", conditional={"hide": "=second != null"}),
        text(key="second", conditional={"hide": '=first = "x"'}),
        text(key="first"),
    )

    form = judged(definition, {"first": "x", "second": "y", "third": "z"})

    assert form.answers() == {"third": "z", "second": None, "first": "x"}


def test_answers_may_be_checked_against_each_other():
    present = text(
        "number",
        "present",
        properties={"check": "=present <= expected", "check_message": "实到不能多于应到。"},
    )
    definition = asking(text("number", "expected"), present)

    assert judged(definition, {"expected": 10, "present": 11}).errors == {"present": "实到不能多于应到。"}
    assert judged(definition, {"expected": 10, "present": 10}).errors == {}
    assert judged(definition, {"present": 10}).errors == {}


def test_what_only_the_system_fills_in_cannot_be_changed():
    definition = asking(text(readonly=True, properties={"default": "=case.number"}))
    scope = {"case": {"number": "2026-1"}}

    typed = fill(definition, posted(name="2026-9"), scope=scope)
    told = fill(definition, {"name": "2026-9"}, scope=scope)

    assert typed.validate()
    assert typed.answers() == {"name": "2026-1"}
    assert not told.validate()
    assert fill(definition, {"name": "2026-1"}, scope=scope).validate()


def test_a_draft_keeps_what_was_not_understood():
    definition = asking(text(), MONEY, text("datetime", "day"))
    typed = posted(name="张三", money="一百", day="2026-11-02")

    draft = fill(definition, typed).draft()
    again = fill(definition, draft)

    assert draft == {"name": "张三", "money": "一百", "day": "2026-11-02"}
    assert again["money"].text == "一百"
    assert not again.validate()


@given(
    st.fixed_dictionaries(
        {
            "name": st.none() | st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=50),
            "money": st.none() | st.decimals(0, 10**9, places=2).map(float),
            "kinds": st.lists(st.sampled_from(["甲", "乙"]), unique=True),
            "day": st.none() | st.dates().map(lambda day: f"{day:%Y-%m-%d}" if day.year > 999 else None),
            "yes": st.booleans(),
        }
    )
)
def test_answers_shown_on_a_page_and_sent_back_are_the_same_answers(answers):
    definition = asking(
        text(),
        MONEY,
        text("checklist", "kinds", values=CHOICES),
        text("datetime", "day"),
        text("checkbox", "yes"),
    )
    stored = judged(definition, answers)

    page = MultiDict([(field.path, one) for field in stored.every() for one in field.typed])

    assert stored.errors == {}
    assert judged(definition, page).answers() == stored.answers()


def test_answers_judged_once_are_judged_the_same_again():
    typed = posted(
        **{"name": " 张三 ", "money": "1,234.50", "many": "3", "rows.0.name": "甲", "rows.1.name": ""}
    )
    definition = asking(
        text(),
        MONEY,
        text("number", "many", conditional={"hide": '=name = "张三"'}),
        {"type": "dynamiclist", "path": "rows", "components": [text()]},
    )

    once = judged(definition, typed)
    twice = judged(definition, once.answers())

    assert once.answers() == {"name": "张三", "money": 1234.5, "many": None, "rows": [{"name": "甲"}]}
    assert (twice.errors, twice.answers()) == ({}, once.answers())
