"""What the XML schema of BPMN 2.0 does not allow is told, by element, in a sentence."""

import pytest

from tests.bpmn.artefacts import KEYS, PROCEDURES
from tests.workflows.spiff.drawing import END, HEAD, START, chain, process, user
from workflows import spiff
from workflows.designing import lint


def told(content):
    return [(each.element, each.sentence) for each in spiff.schema_problems("a.bpmn", content)]


@pytest.mark.parametrize("key", KEYS)
def test_every_committed_diagram_is_as_the_schema_wants_it(key):
    assert told((PROCEDURES / key / "process.bpmn").read_bytes()) == []


@pytest.mark.parametrize(
    ("body", "element", "sentence"),
    [
        (user("a", colour="red"), "a", "第1行的元素“userTask”不能有属性“colour”。"),
        (user("a").replace(' id="a"', ' id="a" startQuantity="some"'), "a", "的属性“startQuantity”不合"),
        (
            user("a", "<bpmn:incoming>f</bpmn:incoming><bpmn:documentation/>"),
            "a",
            "不能放在这里，或顺序不对。",
        ),
        (user("a", "<bpmn:gadget/>"), "a", "“gadget”不能放在这里，或顺序不对。"),
        (user("a") + '<bpmn:sequenceFlow id="g" sourceRef="a"/>', "g", "缺少属性“targetRef”。"),
        (user("definitions"), "definitions", "的编号与别的元素相同，或写法不对。"),
        (user("a", "words"), "a", "里不能直接写文字。"),
    ],
)
def test_what_the_schema_does_not_allow_is_told_by_its_element(body, element, sentence):
    ((found, words), *_) = told(process(START + body + END + chain("S", "a", "E")))

    assert found == element
    assert sentence in words


def test_extensions_of_other_tools_are_allowed():
    own = user("a", extensions='<x:y xmlns:x="urn:x" z="1"/>').replace(
        'id="a"', 'id="a" xmlns:x="urn:x" x:z="1"'
    )

    assert told(process(START + own + END + chain("S", "a", "E"))) == []


def test_the_lint_says_it_once_for_an_element_and_with_advice():
    body = START + user("a", colour="red") + END + chain("S", "a", "E")

    (finding,) = [each for each in lint.diagram(process(body), "a.bpmn") if each.severity == "error"]

    assert (finding.rule, finding.element) == ("xml.schema", "a")
    assert finding.fix


def test_an_element_with_another_fault_is_not_told_twice():
    body = START + user("a", colour="red") + END + chain("S", "E")

    found = lint.diagram(process(body), "a.bpmn")

    assert {each.rule for each in found if each.element == "a"} == {"flow.missing", "reach.start"}


def test_what_is_no_diagram_is_refused():
    with pytest.raises(spiff.Unreadable):
        spiff.schema_problems("a.bpmn", HEAD.encode())
