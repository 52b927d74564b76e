"""How long a gateway's condition and a decision table take; no database has a part in it."""

from datetime import UTC, datetime
from functools import cache
from xml.sax.saxutils import escape

from bench.rows import said, timed
from workflows import decisions, spiff
from workflows.clock import WorkingDays

RULES, ROUNDS = 50, 300
TABLE_MS = 1.0
CONDITION = '=review.conclusion = "同意" and review.amount <= param.most and count(review.papers) > 0'
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)


def measure(_databases, _folder):
    """Rows, once however many databases are measured."""
    _measured()


@cache
def _measured():
    scope = spiff.Scope(
        {"review": {"conclusion": "同意", "amount": 5000, "papers": [1]}, "param": {"most": 8000}},
        at=AT,
        calendar=WorkingDays(),
    )
    assert scope.evaluate(CONDITION) is True
    said("gateway condition", "none", [timed(lambda: scope.evaluate(CONDITION)) for _ in range(ROUNDS)])
    model = decisions.read(_table().encode())
    given = {"income": 100 * RULES - 50, "town": "丁", "param": {"most": 8000}}
    for hit, town in (("the last rule fires", "丁"), ("no rule fires", "戊")):
        asked = {**given, "town": town}
        assert (decisions.decide(model, "d", asked).value is None) == (town == "戊")
        times = [timed(lambda asked=asked: decisions.decide(model, "d", asked)) for _ in range(ROUNDS)]
        said(f"decision table of {RULES} rules, {hit}", "none", times, budget=TABLE_MS)


def _table():
    rows = "".join(
        f'<rule id="r{number}">'
        f"{_entry('inputEntry', f'[{number * 100}..{number * 100 + 100})')}"
        f"{_entry('inputEntry', quoted('甲乙丙丁'))}{_entry('inputEntry', '<= param.most')}"
        f"{_entry('outputEntry', quoted('类') + f' + string({number})')}</rule>"
        for number in range(RULES)
    )
    needs = "".join(
        f'<informationRequirement id="n_{name}"><requiredInput href="#{name}"/></informationRequirement>'
        for name in ("income", "town", "param")
    )
    inputs = "".join(
        f'<inputData id="{name}" name="{name}"><variable name="{name}"/></inputData>'
        for name in ("income", "town", "param")
    )
    columns = "".join(
        f"<input>{_entry('inputExpression', name)}</input>" for name in ("income", "town", "income")
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="urn:m">'
        f'{inputs}<decision id="d" name="d"><variable name="d"/>{needs}'
        f'<decisionTable id="t" hitPolicy="UNIQUE">{columns}<output name="result"/>{rows}</decisionTable>'
        "</decision></definitions>"
    )


def quoted(letters):
    """Texts as a cell lists them."""
    return ",".join(f'"{letter}"' for letter in letters)


def _entry(tag, content):
    return f"<{tag}><text>{escape(content)}</text></{tag}>"
