"""Nothing written into a diagram or an answer is ever run as a program."""

from __future__ import annotations

from xml.sax.saxutils import escape

import pytest

from tests.workflows.spiff.drawing import (
    END,
    START,
    Case,
    catch,
    chain,
    flow,
    loop,
    node,
    process,
    service,
    specification,
    timer,
    user,
    xor,
)
from workflows import spiff
from workflows.spiff.scripting import NoScripts

FOREIGN = (
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)


def payloads(path) -> list[str]:
    """Ways into Python that worked on SpiffWorkflow's own script engine and on popular sandboxes."""
    touch = f"open({str(path)!r}, 'w')"
    return [
        f"__import__('os').system('touch {path}')",
        (
            "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0]"
            f".__init__.__globals__['system']('touch {path}')"
        ),
        f"(lambda f: f.__globals__['__builtins__'])(lambda: 0)[{touch!r}]",
        touch,
        f"exec({touch!r})",
        "'{0.__class__.__mro__}'.format(())",
        f"f'{{{touch}}}'",
        "9**99999999999",
        "'%1000000000d' % 1",
    ]


def places(text: str) -> dict[str, str]:
    """Diagram bodies with the expression at every point where one is evaluated."""
    marked = f"={text}"
    ask = service("X", "do.it", f"<zeebe:input source={quoted(marked)} target='a'/>")
    back = service("X", "do.it", f"<zeebe:output source={quoted(marked)} target='a'/>")
    rest = END + chain("S", "X", "E")
    return {
        "condition": START + xor("X", "X-E") + user("A") + flow("X", "A", marked) + flow("A", "E") + rest,
        "inclusive condition": START + node("inclusiveGateway", "X", default="X-E") + user("A")
        + flow("X", "A", marked)
        + flow("A", "E") + rest,
        "date": START + catch("X", timer(marked, "timeDate")) + rest,
        "duration": START + catch("X", timer(marked)) + rest,
        "literal date": START + catch("X", timer(text, "timeDate")) + rest,
        "cardinality": START + user("X", loop(card=marked)) + rest,
        "literal cardinality": START + user("X", loop(card=text)) + rest,
        "collection": START + user("X", loop(over=marked)) + rest,
        "completion": START + service("X", inside=loop(card="2", until=marked)) + rest,
        "input": START + ask + rest,
        "output": START + back + rest,
    }  # fmt: skip


def quoted(text: str) -> str:
    return '"' + escape(text, {'"': "&quot;"}) + '"'


@pytest.mark.parametrize("place", sorted(places("1")))
def test_python_in_an_expression_does_nothing(place, tmp_path):
    mark = tmp_path / "pwned"

    for payload in payloads(mark):
        try:
            case = Case(specification(places(payload)[place]))
        except (spiff.Unreadable, spiff.Undecided):
            continue
        given = [call.inputs.get("a") for call in case.calls] + [case.variables.get("a")]
        assert all(value is None for value in given), payload

    assert not mark.exists()


@pytest.mark.parametrize("place", sorted(places("1")))
def test_python_in_an_answer_does_nothing(place, tmp_path):
    mark = tmp_path / "pwned"

    for payload in payloads(mark):
        try:
            case = Case(specification(places("answer")[place]), answer=payload)
        except (spiff.Unreadable, spiff.Undecided):
            continue
        assert all(call.inputs.get("a") == payload for call in case.calls if "a" in call.inputs)

    assert not mark.exists()


@pytest.mark.parametrize(
    "extension",
    [
        "<spiffworkflow:preScript>{}</spiffworkflow:preScript>",
        "<spiffworkflow:postScript>{}</spiffworkflow:postScript>",
        "<camunda:executionListener><camunda:script>{}</camunda:script></camunda:executionListener>",
        "<camunda:formData><camunda:formField id='a' defaultValue=\"{}\"/></camunda:formData>",
        "<spiffworkflow:calledDecisionId>{}</spiffworkflow:calledDecisionId>",
    ],
)
def test_scripts_in_other_makers_extensions_are_not_looked_at(extension, tmp_path):
    mark = tmp_path / "pwned"

    for payload in payloads(mark):
        inside = extension.format(escape(payload, {'"': "&quot;"}))
        text = process(START + user("A", extensions=inside) + END + chain("S", "A", "E"))
        text = text.replace(b' id="definitions"', FOREIGN.encode() + b' id="definitions"')
        spec = spiff.parse({"p.bpmn": text}, "P")
        assert Case(spec).do("A").step.ended

    assert not mark.exists()


def test_correlations_of_messages_are_not_evaluated(tmp_path):
    mark = tmp_path / "pwned"
    extra = (
        '<bpmn:message id="m" name="异议"/><bpmn:collaboration id="co">'
        '<bpmn:participant id="pp" processRef="P"/><bpmn:correlationKey name="K">'
        "<bpmn:correlationPropertyRef>cp</bpmn:correlationPropertyRef></bpmn:correlationKey>"
        '</bpmn:collaboration><bpmn:correlationProperty id="cp"><bpmn:correlationPropertyRetrievalExpression'
        f' messageRef="m"><bpmn:messagePath>{escape(payloads(mark)[0])}</bpmn:messagePath>'
        "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
    )
    spec = specification(
        START + node("receiveTask", "M", messageRef="m") + END + chain("S", "M", "E"), extra=extra
    )

    assert Case(spec).tell("异议").step.ended
    assert not mark.exists()


def test_the_place_of_the_python_engine_is_empty():
    for ask in (NoScripts().evaluate, NoScripts().execute, NoScripts().call_service):
        with pytest.raises(PermissionError):
            ask(None, "1")


def test_an_answer_named_like_the_engine_s_own_words_is_only_an_answer():
    body = START + user("A") + user("B") + END + chain("S", "A", "B", "E")

    case = Case(specification(body)).do("A", typename="x", __class__="y", data={"v": 9})

    assert case.do("B").step.ended
