"""What DMN 1.5, chapter 10, says of hundreds of expressions, family by family; the tables are in `cases/`.

A row is `expression => literal`, `=> null!` for a null whose reason must be recorded, or `=> refused` for a
text that cannot be read. Values are compared as literals, so that 1 is not true and P1D has one writing only.
"""

import re
from pathlib import Path

import pytest

from workflows.feel import FeelSyntaxError, evaluate_recording, parse, to_literal

CASES = Path(__file__).with_name("cases")
ROWS = [
    pytest.param(*line.rsplit(" => ", 1), id=f"{table.stem}:{number}")
    for table in sorted(CASES.glob("*.txt"))
    for number, line in enumerate(table.read_text().splitlines(), 1)
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_an_expression_is_worth_what_the_standard_says(text, expected):
    if expected == "refused":
        with pytest.raises(FeelSyntaxError):
            parse(text)
        return
    result = evaluate_recording(text)

    assert to_literal(result.value) == expected.removesuffix("!")
    if expected == "null!":
        assert result.errors
    assert all(
        problem.line >= 1 and problem.column >= 1 and re.search("[一-鿿]", problem.sentence)
        for problem in result.errors
    )


def test_the_tables_are_broad():
    assert len(ROWS) > 1_000
