"""What a decision wants to know is read from its tables; what was typed becomes its value."""

from pathlib import Path

import pytest

from workflows import decisions
from workflows.designing import questioning

LIBRARY = sorted((Path(__file__).parents[3] / "bpmn").glob("*/decisions.dmn"))


def test_every_decision_of_the_library_can_be_asked_for_what_its_tables_read():
    for file in LIBRARY:
        model = decisions.read(file.read_bytes())
        for part in model.decisions():
            found = questioning.wanted(model, part.id)

            paths = [each.path for each in found]
            assert len(paths) == len(set(paths))
            assert not any(path == "param" or path.startswith("param.") for path in paths)


def test_the_paths_of_a_table_are_wanted_with_their_labels_and_no_parameters():
    model = decisions.read((LIBRARY[0].parent / "decisions.dmn").read_bytes())
    [decision] = model.decisions()

    paths = [each.path for each in questioning.wanted(model, decision.id)]

    assert paths == ["inventory.formed_on", "inventory.sources"]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("", None),
        ("12.5", 12.5),
        ("true", True),
        ("因灾", "因灾"),
        ('"因灾"', "因灾"),
        ('["甲", "乙"]', ["甲", "乙"]),
        ("null", None),
        ("1 +", "1 +"),
        ("王三 李四", "王三 李四"),
    ],
)
def test_what_is_typed_is_a_value_or_plain_words(typed, value):
    assert questioning.value(typed) == value


def test_typed_paths_become_names_within_names():
    assert questioning.given({"apply.n": "1", "apply.name": "甲", "x": "true"}) == {
        "apply": {"n": 1, "name": "甲"},
        "x": True,
    }
