import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

import forms
from tests.forms.desk import asking, fill, judged, posted, text

CHOICES = [{"value": "甲", "label": "甲类"}, {"value": "乙", "label": "乙类"}]
MONEY = text("number", "money", label="金额", properties={"kind": "money"}, appearance={"suffixer": "元"})
ID = "11010519491231002X"


def only(component, typed, **more):
    """What is wrong with one answer typed on a page."""
    return judged(asking(component), MultiDict({component["key"]: typed}), **more).errors.get(
        component["key"], ""
    )


def given_(component, value):
    """What is wrong with one answer given by another program."""
    return judged(asking(component), {component["key"]: value}).errors.get(component["key"], "")


# Every kind


def test_a_required_field_left_empty_says_what_to_do():
    needed = {"validate": {"required": True}}

    assert only(text(label="姓名", **needed), "  ") == "请填写姓名。"
    assert only(text("radio", label="结论", values=CHOICES, **needed), "") == "请选择结论。"
    assert only(text("checkbox", label="我已知晓", **needed), "") == "请勾选“我已知晓”。"
    assert only(text("filepicker", label="照片", **needed), "") == "请上传照片。"


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
    assert given_(component, value)


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


def test_what_is_on_file_is_filled_in_with_its_source_until_it_is_changed():
    definition = asking(text(), text(key="phone"))
    known = {"name": forms.OnFile("张三", "2026年监测台账，2026-11-02"), "phone": forms.OnFile(None, "台账")}

    new = fill(definition, None, on_file=known)
    kept = fill(definition, posted(name="张三"), on_file=known)
    changed = fill(definition, posted(name="李四"), on_file=known)

    assert new.answers() == {"name": "张三", "phone": None}
    assert (new["name"].source, new["phone"].source) == ("2026年监测台账，2026-11-02", "")
    assert kept["name"].source == "2026年监测台账，2026-11-02"
    assert changed["name"].source == ""


# Text


@pytest.mark.parametrize("typed", ["a\x00b", "\x1b[31m", "\ud800"])
def test_invisible_control_characters_are_refused_and_made_visible(typed):
    form = judged(asking(text()), {"name": typed})

    assert "控制字符" in form.errors["name"]
    assert "\ufffd" in form["name"].text


def test_text_keeps_its_lines_and_loses_the_blanks_around_it():
    assert judged(asking(text("textarea")), posted(name=" 一\r\n二 ")).answers() == {"name": "一\n二"}


def test_lengths_are_counted_in_characters():
    assert only(text(validate={"maxLength": 3}), "四个汉字") == "最多填写3个字，现有4个字，请精简。"
    assert only(text(validate={"minLength": 3}), "二字") == "至少填写3个字，现有2个字。"
    assert "最多填写200个字" in only(text(), "长" * 201)


def test_a_pattern_speaks_with_its_own_message():
    plot = text(validate={"pattern": r"\d{3}-\d{2}"}, properties={"pattern_message": "地块编号如 012-03。"})

    assert only(plot, "12-3") == "地块编号如 012-03。"
    assert only(plot, "012-03") == ""


# Numbers and money


def test_money_has_two_decimals_and_is_not_below_nothing():
    assert only(MONEY, "12.345") == "最多保留2位小数。"
    assert only(MONEY, "-1") == "不能小于0元。"
    assert only(text("number", properties={"kind": "money"}, validate={"min": -5}), "-1") == ""
    assert judged(asking(MONEY), posted(money="1,234.50")).answers() == {"money": 1234.5}
    assert judged(asking(MONEY), posted(money="100.00")).answers() == {"money": 100}


def test_a_number_keeps_to_its_bounds_and_decimals():
    people = text("number", validate={"min": 1, "max": 20}, decimalDigits=0)

    assert only(people, "0") == "不能小于1。"
    assert only(people, "21") == "不能大于20。"
    assert only(people, "2.5") == "应为整数，不带小数。"


@pytest.mark.parametrize("value", [1.1, 0.1, 123456789.12, 2.0, 10**14])
def test_a_json_number_comes_out_as_it_went_in(value):
    assert judged(asking(text("number")), {"name": value}).answers() == {"name": value}


# Dates


@pytest.mark.parametrize("typed", ["2026-11-02", "2026/11/2", "2026年11月2日", "20261102", "2026.11.02"])
def test_a_date_is_understood_as_people_write_it(typed):
    assert judged(asking(text("datetime")), posted(name=typed)).answers() == {"name": "2026-11-02"}


@pytest.mark.parametrize(
    "typed", ["2026-02-30", "昨天", "2026-13-01", "0000-01-01", "2026-11-02x", "２０２６-1-1-1"]
)
def test_a_date_that_does_not_exist_is_refused(typed):
    assert "真实存在" in only(text("datetime"), typed)


def test_a_date_that_must_be_past_is_not_in_the_future():
    visited = text("datetime", properties={"past": True})

    assert only(visited, "2026-11-23") == "日期不能晚于今天，请核对。"
    assert only(visited, "2026-11-22") == ""


def test_a_wrong_date_is_shown_in_a_field_that_can_show_it():
    definition = asking(text("datetime"))

    assert not judged(definition, posted(name="昨天"))["name"].native
    assert not judged(definition, posted(name="2026年11月2日"))["name"].native
    assert judged(definition, posted(name="2026-11-02"))["name"].native


def test_a_time_of_day_may_come_with_its_date():
    held = text("datetime", subtype="datetime")

    assert judged(asking(held), posted(name="2026-11-02T09:30")).answers() == {"name": "2026-11-02T09:30"}
    assert judged(asking(held), {"name": "2026-11-02 09:30"}).answers() == {"name": "2026-11-02T09:30"}
    assert "日期和时间" in only(held, "2026-11-02")
    assert judged(asking(text("datetime", subtype="time")), posted(name="9:30")).errors
    assert judged(asking(text("datetime", subtype="time")), posted(name="09:30")).answers() == {
        "name": "09:30"
    }


# Choices


def test_only_what_is_offered_can_be_chosen():
    assert only(text("radio", values=CHOICES), "丙") == "请从列出的选项中选择name。"
    assert given_(text("checklist", values=CHOICES), ["甲", "丙"]) == "请从列出的选项中选择name。"
    assert judged(asking(text("checklist", values=CHOICES)), {"name": ["乙", "甲", "乙"]}).answers() == {
        "name": ["乙", "甲"]
    }


def test_options_may_come_from_a_parameter():
    channel = text("select", valuesExpression="=param.channels")
    scope = {"param": {"channels": ["村委会", {"value": "12345", "label": "热线"}]}}

    form = fill(asking(channel), {"name": "12345"}, scope=scope)

    assert form.validate()
    assert [option.label for option in form["name"].options] == ["村委会", "热线"]


def test_an_unticked_box_is_a_no():
    assert judged(asking(text("checkbox")), posted()).answers() == {"name": False}
    assert judged(asking(text("checkbox")), posted(name="true")).answers() == {"name": True}


# Places and people


def test_a_place_must_exist_and_lie_within_reach():
    place = text(
        label="所在村", properties={"kind": "division", "within": "=case.division", "level": "village"}
    )
    scope = {"case": {"division": "150602102000"}}

    assert only(place, "150602102205", scope=scope) == ""
    assert "没有代码为" in only(place, "150602102999", scope=scope)
    assert "不在可选的范围内" in only(place, "150623000000", scope=scope)
    assert "村（嘎查、社区）一级" in only(place, "150602102000", scope=scope)


def test_places_are_offered_in_groups():
    form = fill(asking(text("select", properties={"kind": "division"})), None)

    assert [name for name, _ in form["name"].groups] == ["", "东胜区", "罕台镇", ""]


def test_a_person_must_be_known():
    handler = text("select", label="承办人", properties={"kind": "person"})

    assert judged(asking(handler), posted(name="7")).answers() == {"name": 7}
    assert only(handler, "8") == "查无此人，请重新选择。"
    assert only(handler, "乌兰") == "请选择承办人。"


# Files


def test_a_file_must_be_there_of_the_right_type_and_size():
    photo = text("filepicker", properties={"kind": "image"})

    assert judged(asking(photo), posted(name="1")).answers() == {"name": [1]}
    assert only(photo, "99") == "找不到编号为99的文件，请重新上传。"
    assert only(photo, "2") == "“申请书.pdf”不是照片，请换一个文件。"
    assert only(photo, "3") == "“很大.png”超过20MB，请压缩后重新上传。"
    assert only(text("filepicker", properties={"accept": ".pdf,.docx"}), "2") == ""


def test_only_so_many_files_fit():
    one = text("filepicker", properties={"max_files": 1})

    assert judged(asking(one), {"name": [1, 2]}).errors["name"].startswith("最多上传1个文件，现有2个")
    assert judged(asking(text("filepicker", properties={"kind": "signature"})), {"name": [1, 3]}).errors


# Conditions


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


# Identity


IDENTITY = text(
    label="身份证号",
    key="id_number",
    validate={"required": True},
    properties={"kind": "identity", "exemption": "why_not"},
)
WHY_NOT = text(
    "select",
    "why_not",
    values=[{"value": one, "label": one} for one in ("15 位旧证", "无证新生儿", "其他，须说明")],
)


def person(**typed):
    return judged(asking(IDENTITY, WHY_NOT, text(key="why_not_reason", label="说明")), posted(**typed))


def test_without_an_exemption_a_number_is_needed_and_must_be_right():
    assert person().errors == {"id_number": "请填写身份证号。"}
    assert "校验位" in person(id_number=ID[:-1] + "1").errors["id_number"]
    assert person(id_number=ID.lower()).answers()["id_number"] == ID


def test_a_newborn_without_papers_needs_no_number():
    form = person(why_not="无证新生儿")

    assert form.errors == {}
    assert form.answers()["id_number"] is None


def test_an_old_card_must_still_have_fifteen_real_digits():
    assert person(why_not="15 位旧证", id_number="110105491231002").errors == {}
    assert "15位旧证" in person(why_not="15 位旧证", id_number="12345").errors["id_number"]
    assert person(why_not="15 位旧证").errors == {"id_number": "请填写15位旧证号码。"}


def test_another_reason_must_be_told():
    assert person(why_not="其他，须说明", id_number="H12345678").errors == {"why_not_reason": "请填写说明。"}
    assert person(why_not="其他，须说明", id_number="H12345678", why_not_reason="港澳居民").errors == {}


# Drafts and journeys


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
