import pytest

from tests.forms.desk import (
    MONEY,
    asking,
    judged,
    posted,
    text,
    wrong_when_typed,
)

ID = "11010519491231002X"


@pytest.mark.parametrize("typed", ["a\x00b", "\x1b[31m", "\ud800"])
def test_invisible_control_characters_are_refused_and_made_visible(typed):
    form = judged(asking(text()), {"name": typed})

    assert "控制字符" in form.errors["name"]
    assert "\ufffd" in form["name"].text


def test_text_keeps_its_lines_and_loses_the_blanks_around_it():
    assert judged(asking(text("textarea")), posted(name=" 一\r\n二 ")).answers() == {"name": "一\n二"}


def test_lengths_are_counted_in_characters():
    short, long = text(validate={"maxLength": 3}), text(validate={"minLength": 3})

    assert wrong_when_typed(short, "四个汉字") == "最多填写3个字，现有4个字，请精简。"
    assert wrong_when_typed(long, "二字") == "至少填写3个字，现有2个字。"
    assert "最多填写200个字" in wrong_when_typed(text(), "长" * 201)


def test_a_pattern_speaks_with_its_own_message():
    plot = text(validate={"pattern": r"\d{3}-\d{2}"}, properties={"pattern_message": "地块编号如 012-03。"})

    assert wrong_when_typed(plot, "12-3") == "地块编号如 012-03。"
    assert wrong_when_typed(plot, "012-03") == ""


def test_money_has_two_decimals_and_is_not_below_nothing():
    assert wrong_when_typed(MONEY, "12.345") == "最多保留2位小数。"
    assert wrong_when_typed(MONEY, "-1") == "不能小于0元。"
    assert wrong_when_typed(text("number", properties={"kind": "money"}, validate={"min": -5}), "-1") == ""
    assert judged(asking(MONEY), posted(money="1,234.50")).answers() == {"money": 1234.5}
    assert judged(asking(MONEY), posted(money="100.00")).answers() == {"money": 100}


def test_a_number_keeps_to_its_bounds_and_decimals():
    people = text("number", validate={"min": 1, "max": 20}, decimalDigits=0)

    assert wrong_when_typed(people, "0") == "不能小于1。"
    assert wrong_when_typed(people, "21") == "不能大于20。"
    assert wrong_when_typed(people, "2.5") == "应为整数，不带小数。"


@pytest.mark.parametrize("value", [1.1, 0.1, 123456789.12, 2.0, 10**14])
def test_a_json_number_comes_out_as_it_went_in(value):
    assert judged(asking(text("number")), {"name": value}).answers() == {"name": value}


@pytest.mark.parametrize("typed", ["2026-11-02", "2026/11/2", "2026年11月2日", "20261102", "2026.11.02"])
def test_a_date_is_understood_as_people_write_it(typed):
    assert judged(asking(text("datetime")), posted(name=typed)).answers() == {"name": "2026-11-02"}


@pytest.mark.parametrize(
    "typed", ["2026-02-30", "昨天", "2026-13-01", "0000-01-01", "2026-11-02x", "２０２６-1-1-1"]
)
def test_a_date_that_does_not_exist_is_refused(typed):
    assert "真实存在" in wrong_when_typed(text("datetime"), typed)


def test_a_date_that_must_be_past_is_not_in_the_future():
    visited = text("datetime", properties={"past": True})

    assert wrong_when_typed(visited, "2026-11-23") == "日期不能晚于今天，请核对。"
    assert wrong_when_typed(visited, "2026-11-22") == ""


def test_a_wrong_date_is_shown_in_a_field_that_can_show_it():
    definition = asking(text("datetime"))

    assert not judged(definition, posted(name="昨天"))["name"].native
    assert not judged(definition, posted(name="2026年11月2日"))["name"].native
    assert judged(definition, posted(name="2026-11-02"))["name"].native


def test_a_time_of_day_may_come_with_its_date():
    held = text("datetime", subtype="datetime")

    assert judged(asking(held), posted(name="2026-11-02T09:30")).answers() == {"name": "2026-11-02T09:30"}
    assert judged(asking(held), {"name": "2026-11-02 09:30"}).answers() == {"name": "2026-11-02T09:30"}
    assert "日期和时间" in wrong_when_typed(held, "2026-11-02")
    assert judged(asking(text("datetime", subtype="time")), posted(name="9:30")).errors
    assert judged(asking(text("datetime", subtype="time")), posted(name="09:30")).answers() == {
        "name": "09:30"
    }


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
