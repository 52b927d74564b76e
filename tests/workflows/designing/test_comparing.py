"""Two versions compared as wholes: nothing differs from itself, there and back say the same."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bpmn.artefacts import FORMS, KEYS, PROCEDURES
from tests.workflows.designing.mutated import REAL, drawn, mirrored, plainly
from workflows.designing import folders
from workflows.designing.comparing import compare, redline
from workflows.designing.comparing.changes import displaced


def test_a_diagram_only_drawn_otherwise_is_said_to_be_so():
    text = REAL.diagrams["process.bpmn"]
    shape = text.index('bpmnElement="apply"')
    x = text.index('x="', shape)
    end = text.index('"', x + 3)
    after = replace(REAL, diagrams={"process.bpmn": f'{text[:x]}x="999{text[end:]}'})

    found = compare(REAL, after)

    assert found.layout_only
    assert found.sentence == "只调整了图的布局，办理内容没有变化。"


def test_other_spaces_are_no_change():
    found = compare(REAL, drawn("    <bpmn:userTask", "  \n  <bpmn:userTask"))

    assert not found.changes
    assert not found.same_text
    assert "没有变化" in found.sentence


@pytest.mark.parametrize("key", KEYS)
def test_nothing_differs_from_itself(key):
    own = folders.read(PROCEDURES, FORMS, key)

    found = compare(own, own)

    assert not found.changes
    assert found.sentence == "两个版本完全相同。"
    assert found.marks == ({}, {})


@pytest.mark.parametrize(("one", "other"), [("fp_01_ds", "fp_01_dk"), ("as_01_ew", "as_01_gt")])
def test_there_and_back_say_the_same_with_old_and_new_exchanged(one, other):
    first, second = (folders.read(PROCEDURES, FORMS, key) for key in (one, other))

    there, back = compare(first, second).changes, compare(second, first).changes

    assert sorted(mirrored(each) for each in there) == sorted(plainly(each) for each in back)
    assert len(there) > 20


@given(st.text("村镇县审核公示，12", max_size=30), st.text("村镇县审核公示，12", max_size=30))
def test_a_redline_holds_both_texts(old, new):
    pieces = redline(old, new)

    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "old") == new


@given(st.permutations(list("abcdef")))
def test_moving_the_displaced_back_makes_one_order_of_the_other(order):
    moved = displaced(list("abcdef"), list(order))

    assert [name for name in order if name not in moved] == [n for n in "abcdef" if n not in moved]
    assert set(moved) == set(displaced(list(order), list("abcdef")))
