"""A description changed part by part: what was not changed stays byte for byte, comments and order too."""

import tomllib
from pathlib import Path

import pytest

from workflows.designing import describing
from workflows.designing.parts import Unusable
from workflows.errors import Invalid

LIBRARY = sorted((Path(__file__).parents[3] / "bpmn").glob("*/procedure.toml"))
ONE = (Path(__file__).parents[3] / "bpmn" / "fp_01_ds" / "procedure.toml").read_text()
DAYS = {"name": "publicity_days_village", "label": "村级公示天数", "type": "integer", "default": "7"}
DAYS |= {"unit": "自然日", "min": "5", "max": "60", "origin": "default", "why": "改为七日。"}
NEW = {
    "name": "visits",
    "label": "入户次数",
    "type": "integer",
    "default": "2",
    "origin": "default",
    "why": "本地。",
}


def read(text):
    return tomllib.loads(text)


def test_every_description_of_the_library_saved_as_shown_is_the_same_file():
    for file in LIBRARY:
        text = file.read_text()

        assert describing.changed(text, describing.shown(text)) == text, file
        for each in describing.parameters_of(text):
            given = describing.parameter_shown(each)
            assert describing.with_parameter(text, given, each["name"]) == text, (file, each["name"])


def test_a_change_is_written_in_its_place_and_nothing_else_moves():
    given = {
        **describing.shown(ONE),
        "name": "新名称",
        "summary": "另一句话。",
        "document-0-number": "东府发〔2026〕1号",
    }

    made = describing.changed(ONE, given)

    before, after = ONE.splitlines(), made.splitlines()
    assert len(before) == len(after)
    assert [new for old, new in zip(before, after, strict=True) if old != new] == [
        'name = "新名称"',
        'summary = "另一句话。"',
        'number = "东府发〔2026〕1号"',
    ]


def test_documents_and_groups_come_and_go():
    given = {**describing.shown(ONE), "apart": "household_check、township_review"}
    given |= {
        "document-1-title": "实施细则",
        "document-1-file": "001.txt",
        "document-1-number": "",
        "document-1-clause": "",
    }

    more = describing.changed(ONE, given)
    fewer = describing.changed(
        more, {**describing.shown(more), "apart": "", "document-1-title": "", "document-1-file": ""}
    )

    assert [each["title"] for each in read(more)["documents"]][1] == "实施细则"
    assert read(more)["apart"] == [{"steps": ["household_check", "township_review"]}]
    assert read(fewer) == read(ONE)
    assert "# Parameters." in fewer


def test_a_parameter_is_changed_added_and_removed_with_the_comments_kept():
    changed = describing.with_parameter(ONE, DAYS, "publicity_days_village")
    more = describing.with_parameter(ONE, NEW)
    fewer = describing.without_parameter(more, "visits")

    [days] = [each for each in read(changed)["parameters"] if each["name"] == "publicity_days_village"]
    assert days["default"] == 7
    assert days["why"] == "改为七日。"
    assert read(more)["parameters"][-1]["default"] == 2
    assert read(fewer) == read(ONE)
    for text in (changed, more, fewer):
        assert '# origin "source": the source text gives it.' in text


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("name", "a b"),
        ("name", "total_days"),
        ("label", ""),
        ("type", "date"),
        ("default", "三"),
        ("default", "99"),
        ("min", "很小"),
        ("origin", ""),
        ("why", ""),
    ],
)
def test_what_cannot_be_a_parameter_is_said_by_field(name, typed):
    with pytest.raises(Invalid) as refusal:
        describing.with_parameter(ONE, {**DAYS, name: typed}, "publicity_days_village")

    assert list(refusal.value.errors) == [name]


def test_what_comes_from_the_source_names_its_words():
    with pytest.raises(Invalid) as refusal:
        describing.with_parameter(ONE, {**NEW, "origin": "source"})

    assert list(refusal.value.errors) == ["basis"]


def test_a_parameter_that_is_not_there_is_not_changed():
    with pytest.raises(Invalid):
        describing.with_parameter(ONE, DAYS, "gone")
    with pytest.raises(Invalid):
        describing.without_parameter(ONE, "gone")


@pytest.mark.parametrize(
    ("name", "typed"), [("name", " "), ("category", ""), ("start_roles", "\n"), ("apart", "只有一个")]
)
def test_what_a_description_needs_cannot_be_emptied(name, typed):
    with pytest.raises(Invalid) as refusal:
        describing.changed(ONE, {**describing.shown(ONE), name: typed})

    assert name in refusal.value.errors


def test_what_is_no_description_is_refused():
    with pytest.raises(Unusable):
        describing.shown("x =")
    with pytest.raises(Unusable):
        describing.changed("name = 1", {})


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("list", "甲\n乙", ["甲", "乙"]),
        ("boolean", "true", True),
        ("number", "1.5", 1.5),
        ("text", "话", "话"),
    ],
)
def test_a_default_is_of_its_type(kind, typed, value):
    made = describing.with_parameter(ONE, {**NEW, "type": kind, "default": typed})

    assert read(made)["parameters"][-1]["default"] == value
