"""What is on file fills a form, and whoever answers otherwise says why."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import forms
from tests.forms.desk import CHOICES, asking, fill, judged, posted, seal, text

ON = date(2026, 3, 1)
PHONE = "13947712345"


def known(value, source="东胜区防返贫预警台账"):
    return forms.OnFile(value, source, ON)


def asked(kind="textfield", key="name", name="household.name", **more):
    properties = {"on_file": name, **more.pop("properties", {})}
    return text(kind, key, properties=properties, **more)


NAME = asked()
PHONE_FIELD = asked(key="phone", name="household.phone", properties={"kind": "phone"})
TYPE = asked("radio", "type", "household.type", values=CHOICES)
MEMBERS = {
    "type": "dynamiclist",
    "path": "members",
    "label": "家庭成员",
    "allowAddRemove": True,
    "defaultRepetitions": 0,
    "properties": {"on_file": "household.members"},
    "components": [text(), text(key="identity", properties={"kind": "identity"}), text(key="labour")],
}
DAUGHTER = {"name": "张小妹", "identity": seal("identity", "150602199001010024"), "labour": None}


def filled_page(form):
    """What a page with this form in it sends when nothing is touched."""
    sent = [("_filled", field.path) for field in form if field.on_file and not field.is_blank()]
    for field in form:
        rows = getattr(field, "entries", None)
        if rows is None:
            sent += [(field.path, one) for one in field.typed or [""]]
            continue
        for row in rows:
            sent.append((f"{field.path}.{row.index}._from", "" if row.origin is None else str(row.origin)))
            sent += [(child.path, child.text) for child in row]
    return forms_posted(sent)


def forms_posted(pairs):
    data = posted()
    for name, value in pairs:
        data.add(name, value)
    return data


def test_a_new_form_is_filled_with_what_is_on_file_and_says_where_from():
    form = fill(asking(NAME, TYPE), None, on_file={"household.name": known("张三")})

    assert form["name"].text == "张三"
    assert form["name"].on_file == known("张三")
    assert form["type"].on_file is None


def test_a_choice_the_form_does_not_offer_is_not_filled_in():
    form = fill(asking(TYPE), None, on_file={"household.type": known("丙")})

    assert form["type"].typed == []
    assert form["type"].on_file is None


def test_what_is_on_file_is_nobodys_answer_until_it_is_sent():
    form = judged(asking(NAME), {}, on_file={"household.name": known("张三")})

    assert form.answers() == {"name": None}
    assert form.errors == {}


def test_a_changed_answer_needs_a_reason_which_is_kept_with_the_old_one():
    definition, file = asking(NAME), {"household.name": known("张三")}

    bare = judged(definition, {"name": "张三丰"}, on_file=file)
    told = judged(definition, {"name": "张三丰", "_corrections": {"name": "登记时写错"}}, on_file=file)

    assert bare.errors == {"name": "name与在册内容不同（在册：张三），请写明更正原因。"}
    assert told.errors == {}
    assert told.corrections() == {
        "name": {"reason": "登记时写错", "was": "张三", "source": "东胜区防返贫预警台账", "on": "2026-03-01"}
    }


def test_a_reason_for_what_was_not_changed_is_not_kept():
    form = judged(
        asking(NAME),
        {"name": "张三", "_corrections": {"name": "多余"}},
        on_file={"household.name": known("张三")},
    )

    assert form.errors == {}
    assert form.corrections() == {}


def test_a_reason_is_of_some_words_and_not_a_book():
    definition, file = asking(NAME), {"household.name": known("张三")}
    long = judged(definition, {"name": "李四", "_corrections": {"name": "字" * 201}}, on_file=file)
    blank = judged(definition, {"name": "李四", "_corrections": {"name": "  "}}, on_file=file)
    strange = judged(definition, {"name": "李四", "_corrections": "写错"}, on_file=file)

    assert "最多200个字" in long.errors["name"]
    assert "请写明更正原因" in blank.errors["name"]
    assert set(strange.errors) == {"_corrections", "name"}


def test_a_sealed_number_is_filled_in_by_its_mask_and_stays_sealed():
    sealed = seal("phone", PHONE)
    definition, file = asking(PHONE_FIELD), {"household.phone": known(sealed)}
    page = fill(definition, None, on_file=file)

    sent = judged(definition, filled_page(page), on_file=file)

    assert page["phone"].text == sealed["mask"]
    assert sent.errors == {}
    assert sent.answers() == {"phone": sealed}
    assert PHONE not in str(filled_page(page))


def test_a_sealed_number_of_somebody_else_is_not_taken():
    file = {"household.phone": known(seal("phone", PHONE))}
    form = judged(asking(PHONE_FIELD), {"phone": seal("phone", "13800000000")}, on_file=file)

    assert form.errors == {"phone": "请重新完整填写phone。"}


def test_what_was_taken_away_needs_a_reason_but_what_was_never_shown_does_not():
    definition, file = asking(NAME), {"household.name": known("张三")}
    cleared = judged(definition, posted(name="", _filled="name"), on_file=file)
    unseen = judged(definition, posted(name=""), on_file=file)

    assert "请写明更正原因" in cleared.errors["name"]
    assert unseen.errors == {}
    assert unseen.said() == {}
    assert cleared.said() == {"name": None}


def test_a_name_whose_values_a_button_took_away_does_no_harm():
    data = posted(name="李四")
    data.setlist("photos", [])
    data.setlist("_reason:name", [])

    form = judged(asking(NAME), data, on_file={"household.name": known("张三")})

    assert set(form.errors) == {"name"}


def test_members_on_file_fill_rows_and_one_reason_stands_for_the_list():
    definition, file = asking(MEMBERS), {"household.members": known([DAUGHTER])}
    page = fill(definition, None, on_file=file)
    kept = judged(definition, filled_page(page), on_file=file)
    told_more = filled_page(page)
    told_more.setlist("members.0.labour", ["普通劳动力"])
    one_less = judged(definition, posted(_filled="members"), on_file=file)

    assert kept.errors == {}
    assert kept.answers()["members"] == [DAUGHTER]
    assert judged(definition, told_more, on_file=file).errors == {}
    assert one_less.errors == {"members": "家庭成员与在册内容不同（在册：1行：张小妹），请写明更正原因。"}


def test_a_form_reopened_with_a_draft_is_filled_where_the_draft_is_open():
    definition = asking(NAME, PHONE_FIELD)
    file = {"household.name": known("张三"), "household.phone": known(seal("phone", PHONE))}
    form = fill(definition, {"name": "李四", "phone": None}, on_file=file).fill()

    assert form["name"].text == "李四"
    assert form["phone"].text == seal("phone", PHONE)["mask"]


def test_what_a_draft_took_away_with_a_reason_stays_away():
    draft = {"name": None, "_corrections": {"name": "查无此人"}}
    form = fill(asking(NAME), draft, on_file={"household.name": known("张三")}).fill()

    assert form["name"].text == ""
    assert form.draft() == draft


def test_readonly_answers_are_the_systems_and_never_corrected():
    field = asked(readonly=True, defaultValue="张三")
    form = judged(asking(field), {}, on_file={"household.name": known("李四")})

    assert form.errors == {}
    assert form["name"].on_file is None


@pytest.mark.parametrize("name", ["phone", "Household.phone", "household.", "a.b.c"])
def test_a_name_on_file_is_written_with_one_dot(name):
    with pytest.raises(forms.DefinitionError, match="on_file"):
        asking(text(properties={"on_file": name}))


def test_rows_are_on_file_as_a_whole():
    inside = {**MEMBERS, "components": [asked()]}

    with pytest.raises(forms.DefinitionError, match="重复行"):
        asking(inside)


VALUES = st.fixed_dictionaries(
    {
        "household.name": st.sampled_from(["张三", "乌云 其其格", "a"]),
        "household.phone": st.sampled_from([PHONE, "13800001111"]).map(lambda one: seal("phone", one)),
        "household.type": st.sampled_from(["甲", "乙"]),
        "household.members": st.lists(st.just(DAUGHTER), max_size=1),
    }
)
OTHERS = {"name": "另一个人", "phone": "13711112222", "type": "丙"}


@given(values=VALUES, touched=st.sets(st.sampled_from(["name", "phone", "type"])), clear=st.booleans())
def test_an_untouched_field_is_never_asked_for_a_reason_and_a_touched_one_always_is(values, touched, clear):
    definition = asking(NAME, PHONE_FIELD, TYPE, MEMBERS)
    file = {name: known(value) for name, value in values.items()}
    page = filled_page(fill(definition, None, on_file=file))
    other = {**OTHERS, "type": "乙" if values["household.type"] == "甲" else "甲"}
    for key in touched:
        page.setlist(key, [""] if clear else [other[key]])

    form = judged(definition, page, on_file=file)
    again = judged(definition, form.said(), on_file=file)

    assert {path for path, said in form.errors.items() if "更正原因" in said} == touched
    assert set(form.errors) == touched
    assert set(again.errors) == touched
