"""What the scenarios of a draft have been through, and what not."""

import json

from tests.workflows.designing.drafts import bundle, decision, end, form, table, task, walk
from tests.workflows.spiff.drawing import START, chain, flow, xor
from workflows import catalogue
from workflows.designing import simulate


def graded():
    return bundle(
        START
        + task("apply", "apply")
        + decision("ask", "grade", "graded")
        + xor("way", "no")
        + end("first")
        + end("second")
        + chain("S", "apply", "ask", "way")
        + flow("way", "first", '=graded = "一级"', key="yes")
        + flow("way", "second", key="no"),
        forms={"apply": form("text")},
        decisions={"P/decisions.dmn": table(('"大"', '"一级"'), ('not("大")', '"二级"'))},
    )


def covered(*texts):
    draft = graded()
    walks = [walk(draft, start={"text": text}) for text in texts]
    return simulate.coverage(catalogue.prepare(draft), walks)


def test_what_no_walk_has_passed_is_listed():
    coverage = covered("大")

    assert [element.id for element in coverage.elements] == ["second"]
    assert [flow.id for flow in coverage.flows] == ["no"]
    assert [(rule.decision, rule.number) for rule in coverage.rules] == [("grade", 2)]
    assert not coverage.is_whole


def test_several_walks_are_taken_together():
    assert covered("大", "小").is_whole


def test_without_any_walk_nothing_is_covered():
    coverage = covered()

    assert (len(coverage.elements), len(coverage.flows), len(coverage.rules)) == (6, 5, 2)


def test_coverage_is_json():
    told = covered("大").as_json()

    assert json.loads(json.dumps(told)) == told
    assert told["flows"] == {"all": 5, "missed": ["no"]}
    assert told["rules"] == {"all": 2, "missed": [{"decision": "grade", "rule": "rule_2", "number": 2}]}
