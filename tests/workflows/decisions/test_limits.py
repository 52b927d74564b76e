"""A value that unfolds without end stops no decision: not in a box, not in a table, not in a sentence."""

import pytest

from tests.workflows.decisions.conftest import Dmn
from tests.workflows.decisions.parts import literal
from workflows.decisions import decide, read


def doubled(step, first):
    entries = ", ".join(f"a{i}: {step.format(f'a{i - 1}')}" for i in range(1, 40))
    return f"{{a0: {first}, {entries}}}.a39"


ENDLESS = [doubled("[{0}, {0}]", "[1, 1]"), doubled("{{l: {0}, r: {0}}}", "{b: 1}")]


@pytest.mark.parametrize("value", ENDLESS, ids=["lists", "contexts"])
@pytest.mark.parametrize("policy", ["UNIQUE", "ANY", "COLLECT"])
def test_a_table_whose_outputs_unfold_without_end_gives_null_and_says_so(model_of, policy, value):
    model = model_of(
        policy, ["分:number"], ["级"], [f"> 0 => {value}", f"> {1 if policy != 'UNIQUE' else 9} => {value}"]
    )

    outcome = decide(model, "结果", {"分": 5})

    assert outcome.value is None
    assert outcome.errors
    assert sum(map(len, outcome.explanation)) < 5_000


@pytest.mark.parametrize("value", ENDLESS, ids=["lists", "contexts"])
def test_a_box_whose_value_unfolds_without_end_gives_null_and_says_so(value):
    outcome = decide(read(Dmn.document(Dmn.decision("结果", literal(value)))), "结果", {})

    assert outcome.value is None
    assert outcome.errors
