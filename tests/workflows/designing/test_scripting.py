"""Scenarios written to their file: read again they are the same, and what was not touched stays as it was."""

from pathlib import Path

import pytest

from workflows.designing import scenarios, scripting
from workflows.errors import Invalid

LIBRARY = sorted((Path(__file__).parents[3] / "bpmn").glob("*/scenarios.toml"))
SMALL = """# Kept at the top.
[answers.good]
text = "好"

[[scenario]]
name = "一"
start = {use = "good"}

# Kept before the second.
[[scenario]]
name = "二"
at = "2026-03-02T09:00:00+08:00"
start = {answers = {text = "乙"}}

[[scenario.step]]
do = "complete"
step = "a"
use = "good"

[scenario.expect]
steps = ["a"]
outcome = "办结"

[[decision]]
name = "问"
decide = "grade"
inputs = {x = 1}
gives = "A"
"""


def read(text):
    return scenarios.read(text, "scenarios.toml"), scenarios.questions(text, "scenarios.toml")


@pytest.mark.parametrize("file", LIBRARY, ids=lambda file: file.parent.name)
def test_scenarios_of_the_library_written_and_read_again_are_the_same(file):
    scenes, asked = read(file.read_text())

    again = read(scripting.written(scenes, asked))

    assert again == (scenes, asked)


@pytest.mark.parametrize("file", LIBRARY[::7], ids=lambda file: file.parent.name)
def test_a_scenario_put_back_as_it_was_written_changes_nothing_that_is_read(file):
    text = file.read_text()
    for index, table in enumerate(scripting.tables(text)[:6]):
        assert read(scripting.put(text, table, index)) == read(text)


def test_a_new_scenario_stands_at_the_end_and_the_rest_stays_word_for_word():
    table = {"name": "三", "start": {"answers": {"text": "丙", "list": [{"a": 1}]}}}

    made = scripting.put(SMALL, table)

    assert [each.name for each in read(made)[0]] == ["一", "二", "三"]
    assert read(made)[0][2].start.answers == {"text": "丙", "list": [{"a": 1}]}
    assert read(made)[1] == read(SMALL)[1]
    for kept in ("# Kept at the top.", "# Kept before the second.", 'text = "好"', 'use = "good"'):
        assert kept in made


def test_a_scenario_is_changed_in_its_place_and_another_is_removed():
    table = {**scripting.tables(SMALL)[1], "name": "改"}

    changed = scripting.put(SMALL, table, 1)
    fewer = scripting.without(changed, 0)
    none = scripting.without(fewer, 0)

    assert [each.name for each in read(changed)[0]] == ["一", "改"]
    assert read(changed)[0][1].moves == read(SMALL)[0][1].moves
    assert [each.name for each in read(fewer)[0]] == ["改"]
    assert read(none) == ((), read(SMALL)[1])
    assert scripting.scenes(scripting.without('[[scenario]]\nname = "一"\nstart = {}\n', 0)) == ()


def test_the_first_scenario_of_an_empty_file_is_written():
    made = scripting.put("", {"name": "一", "start": {"answers": {}}})

    assert [each.name for each in read(made)[0]] == ["一"]


def test_what_cannot_be_followed_is_not_written():
    with pytest.raises(scenarios.BadScenario, match="第1步"):
        scripting.put(SMALL, {"name": "三", "start": {}, "step": [{"do": "time", "advance": "明天"}]})
    with pytest.raises(scenarios.BadScenario):
        scripting.put(SMALL, {"name": "", "start": {}})
    with pytest.raises(scenarios.BadScenario):
        scripting.put("not toml", {"name": "三", "start": {}})
    with pytest.raises(Invalid):
        scripting.put(SMALL, {"name": "三", "start": {}}, 9)
    with pytest.raises(Invalid):
        scripting.without(SMALL, 9)


def test_values_are_typed_one_a_line():
    values = {
        "text": "甲",
        "n": 1.5,
        "yes": True,
        "rows": [{"a": 1}],
        "a.b": "x",
        "many": ["长" * 60, "长" * 60],
    }

    assert scripting.values_in(scripting.lines_of(values), "x") == values
    with pytest.raises(Invalid) as refusal:
        scripting.values_in("text = 甲", "answers")
    assert "answers" in refusal.value.errors
