"""A form changed part by part: what was not touched stays, what cannot be is said by field."""

import json
from pathlib import Path

import pytest

import forms
from forms import editing, settings

LIBRARY = sorted((Path(__file__).parents[2] / "forms" / "definitions").glob("*.json"))


def sample():
    text = (Path(__file__).parents[2] / "forms" / "definitions" / "fp_01_ds_apply.json").read_text()
    return editing.load(text)


def usable(source):
    return forms.parse(json.dumps(source, ensure_ascii=False))


def path_of(source, key):
    return next(line.path for line in editing.outline(source) if line.key == key)


def as_shown(component):
    asked = settings.settings_of(component["type"])
    return {"type": component["type"], **{each.name: settings.shown(component, each) for each in asked}}


def test_every_form_of_the_library_saved_without_a_change_is_the_same_file():
    assert LIBRARY
    for file in LIBRARY:
        source = editing.load(file.read_text())
        for line in editing.outline(source):
            made, errors = editing.changed(source, line.path, as_shown(line.component))

            assert errors == {}, (file.name, line.path)
            assert made == source, (file.name, line.path)
        assert editing.dump(source) == file.read_text(), file.name


def test_what_the_page_does_not_know_stays_in_the_component():
    source = sample()
    path = path_of(source, "head_name")
    editing.at(source, path)["layout"] = {"columns": 8, "row": "Row_1"}
    editing.at(source, path)["properties"]["theirs"] = "kept"
    given = {**as_shown(editing.at(source, path)), "label": "申请人姓名", "max_length": "30"}

    made, errors = editing.changed(source, path, given)

    after = editing.at(made, path)
    assert errors == {}
    assert after["label"] == "申请人姓名"
    assert after["validate"] == {"required": True, "maxLength": 30}
    assert after["layout"] == {"columns": 8, "row": "Row_1"}
    assert after["properties"]["theirs"] == "kept"
    assert editing.at(source, path)["label"] == "户主姓名", "what was given in is not written to"


@pytest.mark.parametrize("kind", sorted(settings.TYPES))
def test_a_component_of_every_type_can_be_added_and_the_form_still_asks(kind):
    made, path = editing.added(editing.blank("f", "试"), kind)
    again, second = editing.added(made, kind)

    usable(again)
    assert editing.at(again, path)["type"] == editing.at(again, second)["type"] == kind
    assert len({line.component["id"] for line in editing.outline(again)}) == len(editing.outline(again))


def test_a_field_moves_among_its_siblings_and_stops_at_the_ends():
    source = sample()
    keys = [line.key for line in editing.outline(source) if line.path.startswith("0.")]

    made, path = editing.moved(source, "0.0", +1)
    same, _ = editing.moved(source, "0.0", -1)

    assert path == "0.1"
    assert [line.key for line in editing.outline(made) if line.path.startswith("0.")][:2] == keys[1::-1]
    assert same == source


def test_a_field_is_put_into_another_group_and_a_group_not_into_itself():
    source, group = editing.added(sample(), "group")
    made, path = editing.put_into(source, "0.0", group)

    assert editing.at(made, path)["key"] == "head_name"
    assert path == f"{group}.0"
    with pytest.raises(forms.DefinitionError):
        editing.put_into(source, "0", "0")
    with pytest.raises(forms.DefinitionError):
        editing.put_into(source, "0", "0.0")


def test_a_removed_field_is_gone_with_what_stands_in_it():
    source = sample()
    made = editing.removed(source, "0")

    assert len(editing.outline(made)) < len(editing.outline(source))
    assert "head_name" not in [line.key for line in editing.outline(made)]


@pytest.mark.parametrize("path", ["", "x", "-1", "0.99", "0.0.0", "999999999999"])
def test_a_path_that_leads_nowhere_is_refused(path):
    with pytest.raises(forms.DefinitionError):
        editing.at(sample(), path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("key", "9x"),
        ("key", "head_identity"),
        ("label", ""),
        ("max_length", "-1"),
        ("max_length", "许多"),
        ("pattern", "["),
        ("meaning", "secret"),
        ("min", "nan"),
    ],
)
def test_what_cannot_be_is_said_beside_its_setting(name, said):
    source = sample()
    path = path_of(source, "head_name")

    _, errors = editing.changed(source, path, {**as_shown(editing.at(source, path)), name: said})

    assert list(errors) == [name]


def test_options_are_lines_with_their_words_and_keep_what_else_they_say():
    source = editing.blank("f", "试")
    source, path = editing.added(source, "radio")
    editing.at(source, path)["values"] = [{"label": "同意", "value": "yes", "theirs": 1}]
    shown = as_shown(editing.at(source, path))

    made, errors = editing.changed(source, path, {**shown, "options": "yes｜同意办理\nno｜不同意"})
    _, none_left = editing.changed(source, path, {**shown, "options": ""})
    _, twice = editing.changed(source, path, {**shown, "options": "a\na"})

    assert shown["options"] == "yes｜同意"
    assert errors == {}
    assert editing.at(made, path)["values"] == [
        {"label": "同意办理", "value": "yes", "theirs": 1},
        {"label": "不同意", "value": "no"},
    ]
    assert "options" in none_left
    assert "options" in twice


def test_conditions_are_written_as_the_builder_of_the_format_writes_them():
    source = sample()
    path = path_of(source, "head_name")
    given = {**as_shown(editing.at(source, path)), "hide": 'source = "其他"', "required_if": "=1 = 1"}

    made, _ = editing.changed(source, path, given)

    assert editing.at(made, path)["conditional"] == {"hide": '=source = "其他"'}
    assert editing.at(made, path)["properties"]["required_if"] == "=1 = 1"
    assert usable(made).field("head_name").hides == ('source = "其他"',)


def test_a_date_is_called_by_its_own_label_and_keeps_it_in_step():
    source = editing.blank("f", "试")
    source, path = editing.added(source, "datetime")
    del editing.at(source, path)["label"]
    shown = as_shown(editing.at(source, path))

    same, _ = editing.changed(source, path, shown)
    made, _ = editing.changed(source, path, {**shown, "label": "入户日期"})

    assert shown["label"] == "新的字段"
    assert same == source
    assert editing.outline(made)[0].words == "入户日期"
    assert editing.at(made, path)["dateLabel"] == "入户日期"


def test_a_question_changes_only_between_types_that_ask_alike():
    source = sample()
    path = path_of(source, "head_name")
    shown = as_shown(editing.at(source, path))

    longer, _ = editing.changed(source, path, {**shown, "type": "textarea"})
    same, _ = editing.changed(source, path, {**shown, "type": "filepicker"})

    assert editing.at(longer, path)["type"] == "textarea"
    assert same == source


@pytest.mark.parametrize("text", ["", "[]", "{", '{"components": 3}', "null"])
def test_what_is_no_form_is_refused(text):
    with pytest.raises(forms.DefinitionError):
        editing.load(text)
