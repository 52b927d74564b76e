"""What a diagram asks of a decision's result is held against what the decision can give."""

import pytest

from tests.workflows.designing.drafts import bundle, decision, end, form, table, task
from tests.workflows.spiff.drawing import START, chain, flow, xor
from workflows.designing import lint

VALUES = '<outputValues><text>"一级","二级"</text></outputValues>'


def asking(condition, decided=None):
    """A decision whose result is asked for at a gateway."""
    text = decided or table(('"大"', '"一级"'), ('not("大")', '"二级"')).replace(
        '<output id="o" name="result" typeRef="string"/>',
        f'<output id="o" name="result" typeRef="string">{VALUES}</output>',
    )
    return bundle(
        START
        + task("apply", "apply")
        + decision("ask", "grade", "graded")
        + xor("way", "no")
        + end("first")
        + end("second")
        + chain("S", "apply", "ask", "way")
        + flow("way", "first", condition.replace("<", "&lt;"), key="yes")
        + flow("way", "second", key="no"),
        forms={"apply": form("text")},
        decisions={"P/decisions.dmn": text},
    )


def several():
    """The same with two outputs: result and points."""
    one = table(('"大"', '"一级"'), ('not("大")', '"二级"'))
    one = one.replace(
        '<output id="o" name="result" typeRef="string"/>',
        f'<output id="o" name="result" typeRef="string">{VALUES}</output>'
        '<output id="p" name="points" typeRef="number"/>',
    )
    return one.replace(
        "</outputEntry></rule>", "</outputEntry><outputEntry><text>1</text></outputEntry></rule>"
    )


def told(draft):
    return [(each.rule, each.sentence) for each in lint.bundle(draft) if each.rule.startswith("expression")]


def test_what_the_decision_gives_may_be_asked_for():
    assert told(asking('=graded = "一级"')) == []
    assert told(asking('=graded.result = "一级" and graded.points > 0', several())) == []


@pytest.mark.parametrize(
    ("condition", "rule", "said"),
    [
        ('=graded = "三级"', "expression.unknown_option", "把“graded”与“三级”比较，而决策没有这个结果"),
        ("=graded > 5", "expression.type", "文字与数字不能比较"),
        ('=graded.level = "一级"', "expression.unknown_field", "用了“graded”没有的内容“level”"),
    ],
)
def test_what_a_single_result_can_never_be_is_told(condition, rule, said):
    ((came, sentence),) = told(asking(condition))

    assert came == rule
    assert said in sentence


@pytest.mark.parametrize(
    ("condition", "rule", "said"),
    [
        ('=graded.result = "三级"', "expression.unknown_option", "把“graded.result”与“三级”比较"),
        ('=graded.points = "1"', "expression.type", "数字与文字不能比较"),
        ("=graded.sum > 1", "expression.unknown_field", "用了“graded”没有的内容“sum”"),
    ],
)
def test_what_one_of_several_results_can_never_be_is_told(condition, rule, said):
    ((came, sentence),) = told(asking(condition, several()))

    assert came == rule
    assert said in sentence
