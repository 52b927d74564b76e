"""Every place where a diagram, a decision or a form carries an expression, times every way in that was known.

The ways in worked on SpiffWorkflow's own script engine or on popular sandboxes for Python. Here each is
refused with a sentence of ours or does nothing: no file appears, the names in scope stay as they were, and
what comes out is plain data.
"""

import copy
import json
from collections.abc import Callable
from xml.sax.saxutils import escape

import pytest

import forms
from app.attachments.shelf import evaluator
from tests.forms.desk import CHOICES, MOMENT, Desk, asking, text
from tests.workflows.decisions.conftest import Dmn
from tests.workflows.decisions.parts import context, entry, item, knowledge, literal
from tests.workflows.spiff.drawing import (
    END,
    START,
    Case,
    catch,
    chain,
    flow,
    loop,
    node,
    service,
    specification,
    timer,
    user,
    xor,
)
from workflows import decisions, feel
from workflows.errors import Refusal

MARK = "PWNED"
FAMILIES = {
    "import": f"__import__('os').system('touch {MARK}')",
    "import in double quotes": f'__import__("os").system("touch {MARK}")',
    "subclasses": "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0]"
    f".__init__.__globals__['system']('touch {MARK}')",
    "builtins of a lambda": "(lambda f: f.__globals__['__builtins__'])(lambda: 0)",
    "power": "9**9**9",
    "power upon power": "10**10**10",
    "long number": "10**5000",
    "long string": "'a'*10**9",
    "long list": "[0]*10**8",
    "format": "'{0.__class__.__mro__}'.format(())",
    "format in double quotes": '"{0.__class__.__mro__}".format(d)',
    "f-string": "f'{().__class__}'",
    "format_map": "'{a.__class__}'.format_map({'a':1})",
    "percent": "'%1000000000d' % 1",
    "endless lambda": "(lambda f:f(f))(lambda f:f(f))",
    "endless function": "(function(f) f(f))(function(f) [f(f), f(f)])",
    "comprehension": "[1 for a in range(10**4) for b in range(10**4)]",
    "product of loops": "for a in 1..10**9, b in 1..10**9 return a",
    "doubling": "for i in 1..60 return if i = 1 then [1, 1] else concatenate(partial[-1], partial[-1])",
    "assignment": "(x:=5)",
    "frame": "(g for g in [1]).gi_frame.f_back.f_builtins",
    "getattr": "getattr((),'__class__')",
    "getattr of the case": 'getattr(d, "__class__")',
    "new type": "type('X',(),{})",
    "open": f"open('{MARK}','w')",
    "open in double quotes": f'open("{MARK}", "w").close()',
    "globals": "globals()",
    "vars": "vars()",
    "exec": f"exec(\"open('{MARK}', 'w')\")",
    "nesting": "(" * 300 + "1" + ")" * 300,
    "chain": "+".join(["1"] * 5000),
    "unusual letters": f"__\u0131mport__('os').system('touch {MARK}')",
    "full width": "().__\uff43lass__",
    "dunder of the case": "d.__class__.__base__",
    "method": 'd.get("k")',
    "mutation": "d.clear()",
    "mutation twice": "d.clear() or d.update(k=99)",
    "await": "await x",
    "star": "max(*[1,2])",
    "catastrophic pattern": 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")',
    "mixed order": "1<'a'",
    "shift": "1<<10**9",
    "join": "','.join(['a'])",
    "identity": "id(1)",
    "print": "print(1)",
    "bytes": "b'x'",
    "complex": "1j",
    "ellipsis": "...",
    "set": "{a for a in 'x'}",
    "subscript": "{'a':1}['a']",
    "slice": "'abcdef'[1:3]",
    "foreign function": 'function(a) external {java: {class: "java.lang.System", method signature: "gc()"}}',
    "called foreign function": '(function(a) external {java: {class: "java.lang.Runtime"}})("touch")',
    "template": "{{7*7}}${7*7}<%= 7*7 %>",
    "entity": "&xxe;",
}
NAMES = {"d": {"k": 1}, "x": None, "amount": 20_000, "level": "县"}

Place = Callable[[str], object]


def diagram(draw: Callable[[str], str]) -> Place:
    """A diagram with the expression in it, played until it stands still; what it wrote and asked for."""

    def play(expression: str) -> object:
        names = copy.deepcopy(NAMES)
        case = Case(specification(draw("=" + expression)), **names)
        assert {key: case.variables[key] for key in NAMES} == NAMES
        return [case.variables, [call.inputs for call in case.calls]]

    return play


def of_a_task(attribute: str, extension: str) -> Place:
    """A time limit or a role, which the office asks for when the item opens."""

    def play(expression: str) -> object:
        inside = extension.format(quoted("=" + expression))
        spec = specification(START + user("X", extensions=inside) + END + chain("S", "X", "E"))
        case = Case(spec, **copy.deepcopy(NAMES))
        given = getattr(spec.elements["X"], attribute)
        return case.scope.evaluate(given[0] if isinstance(given, tuple) else given or "")

    return play


def quoted(value: str) -> str:
    return '"' + escape(value, {'"': "&quot;"}) + '"'


REST = END + chain("S", "X", "E")
DIAGRAMS = {
    "condition": lambda e: START + xor("X", "X-E") + user("A") + flow("X", "A", e) + flow("A", "E") + REST,
    "inclusive condition": lambda e: START + node("inclusiveGateway", "X", default="X-E") + user("A")
    + flow("X", "A", e) + flow("A", "E") + REST,
    "timer date": lambda e: START + catch("X", timer(e, "timeDate")) + REST,
    "timer duration": lambda e: START + catch("X", timer(e)) + REST,
    "timer cycle": lambda e: START + catch("X", timer(e, "timeCycle")) + REST,
    "literal timer": lambda e: START + catch("X", timer(e[1:], "timeDate")) + REST,
    "loop cardinality": lambda e: START + user("X", loop(card=e)) + REST,
    "literal loop cardinality": lambda e: START + user("X", loop(card=e[1:])) + REST,
    "loop collection": lambda e: START + user("X", loop(over=e, item="one")) + REST,
    "completion condition": lambda e: START + service("X", inside=loop(card="2", until=e)) + REST,
    "input": lambda e: START + service("X", "do.it", f"<zeebe:input source={quoted(e)} target='a'/>") + REST,
    "output": lambda e: START + service("X", "do.it", f"<zeebe:output source={quoted(e)} target='a'/>")
    + REST,
    "standard loop": lambda e: START + user("X", "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>"
    f"{escape(e)}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>") + REST,
    "conditional event": lambda e: START + catch("X", "<bpmn:conditionalEventDefinition><bpmn:condition>"
    f"{escape(e)}</bpmn:condition></bpmn:conditionalEventDefinition>") + REST,
    "script": lambda e: START + node("scriptTask", "X", f"<bpmn:script>{escape(e)}</bpmn:script>") + REST,
}  # fmt: skip


def decided(logic: Callable[[str], str], **more: str) -> Place:
    """A decision with the expression in it, made."""

    def play(expression: str) -> object:
        body = (
            more.get("before", "")
            + Dmn.given("d", "x", "amount")
            + Dmn.decision("结果", logic(expression), *NEEDS, **_kind(more))
        )
        model = decisions.read(Dmn.document(body))
        names = copy.deepcopy(NAMES)
        outcome = decisions.decide(model, "结果", names)
        assert names == NAMES
        json.loads(feel.dumps([outcome.value, outcome.feel, outcome.explanation]))
        return outcome.value

    return play


def _kind(more: dict[str, str]) -> dict[str, str]:
    return {"kind": more["kind"]} if "kind" in more else {}


NEEDS = ("#i_d", "#i_x", "#i_amount")


def column(expression: str, cell: str = "-", output: str = "1", **more: str) -> str:
    """A table of one rule."""
    values = f"<outputValues><text>{more['values']}</text></outputValues>" if "values" in more else ""
    usual = (
        f"<defaultOutputEntry><text>{more['usual']}</text></defaultOutputEntry>" if "usual" in more else ""
    )
    return (
        '<decisionTable id="t"><input id="i">' + Dmn.text("inputExpression", expression)
        + f'</input><output id="o" name="o">{values}{usual}</output><rule id="r">'
        + Dmn.text("inputEntry", cell) + Dmn.text("outputEntry", output) + "</rule></decisionTable>"
    )  # fmt: skip


def safe(expression: str) -> str:
    return literal(escape(expression))


DECISIONS = {
    "input expression": decided(column),
    "input entry": decided(lambda e: column("amount", e)),
    "output entry": decided(lambda e: column("amount", "-", e)),
    "output values": decided(lambda e: column("amount", "-", "1", values=escape(e))),
    "default output": decided(lambda e: column("amount", "< 0", "1", usual=escape(e))),
    "literal expression": decided(safe),
    "context entry": decided(lambda e: context(entry("a", safe(e)), entry("", literal("a")))),
    "list": decided(lambda e: f"<list>{safe(e)}</list>"),
    "relation": decided(lambda e: f'<relation><column name="a"/><row>{safe(e)}</row></relation>'),
    "invocation": decided(
        lambda e: (
            f'<invocation>{literal("abs")}<binding><parameter name="n"/>{safe(e)}</binding></invocation>'
        )
    ),
    "invoked function": decided(
        lambda e: f'<invocation>{safe(e)}<binding><parameter name="n"/>{literal("1")}</binding></invocation>'
    ),
    "conditional": decided(
        lambda e: f"<conditional><if>{safe(e)}</if><then>{safe(e)}</then><else>{safe(e)}</else></conditional>"
    ),
    "boxed for": decided(
        lambda e: f'<for iteratorVariable="i"><in>{safe(e)}</in><return>{safe(e)}</return></for>'
    ),
    "boxed filter": decided(lambda e: f"<filter><in>{safe(e)}</in><match>{safe(e)}</match></filter>"),
}


def _of_the_model(make: Callable[[str], str], call: str, **more: str) -> Place:
    def play(expression: str) -> object:
        return decided(lambda _e: literal(call), before=make(escape(expression)), **more)(expression)

    return play


DECISIONS |= {
    "allowed values": _of_the_model(lambda e: item("kind", "number", allowed=e), "amount", kind="kind"),
    "type constraint": _of_the_model(lambda e: item("kind", "number", constraint=e), "amount", kind="kind"),
    "business knowledge": lambda e: (
        decisions.decide(
            decisions.read(Dmn.document(knowledge("算", ["n"], safe(e)))),
            "算",
            {"n": 1, **copy.deepcopy(NAMES)},
        ).value
    ),
}


def asked(*components: dict[str, object]) -> Place:
    """A form with `EXPRESSION` in it, filled in, judged, stored."""

    def play(expression: str) -> object:
        filled_in = json.loads(json.dumps(components).replace('"EXPRESSION"', json.dumps("=" + expression)))
        definition, names = asking(*filled_in), copy.deepcopy(NAMES)
        found = []
        for data in (None, {"name": "甲"}):
            form = forms.build(definition, data, evaluate=evaluator(MOMENT), scope=names, lookups=Desk())
            form.validate()
            found.append([form.errors, form.answers() if data else {}])
        assert names == NAMES
        return found

    return play


E = "EXPRESSION"
FORMS = {
    "hidden when": asked(text(), text(key="more", conditional={"hide": E})),
    "required when": asked(text(), text(key="more", properties={"required_if": E})),
    "check": asked(text(properties={"check": E, "check_message": "不对。"})),
    "default": asked(text(properties={"default": E})),
    "fixed value": asked(text(readonly=True, properties={"default": E})),
    "values": asked(text("select", valuesExpression=E)),
    "within": asked(text(properties={"kind": "division", "within": E, "level": "village"})),
    "options": asked(text("radio", values=CHOICES, conditional={"hide": E})),
    "rows": asked({"type": "dynamiclist", "path": "rows", "label": "行", "components": [text()],
                   "properties": {"default": E}}),
    "in rows": asked({"type": "dynamiclist", "path": "rows", "label": "行",
                      "properties": {"default": "=[{name: 1}]"},
                      "components": [text(), text(key="more", properties={"required_if": E, "check": E})]}),
}  # fmt: skip

PLACES: dict[str, Place] = {
    **{f"diagram: {name}": diagram(draw) for name, draw in DIAGRAMS.items()},
    "diagram: due date": of_a_task("due", "<zeebe:taskSchedule dueDate={}/>"),
    "diagram: role": of_a_task("groups", "<zeebe:assignmentDefinition candidateGroups={}/>"),
    **{f"decision: {name}": place for name, place in DECISIONS.items()},
    **{f"form: {name}": place for name, place in FORMS.items()},
}


def outcome_of(place: str, expression: str) -> object:
    """What came of it; a refusal of ours gives nothing, anything else is a hole."""
    try:
        return PLACES[place](expression)
    except (Refusal, forms.DefinitionError, feel.FeelSyntaxError):
        return None


@pytest.mark.parametrize("place", PLACES)
def test_no_known_way_into_python_leads_anywhere(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    for family, expression in FAMILIES.items():
        written = feel.dumps(outcome_of(place, expression))
        assert "<" not in written.replace("<%", "").replace("<<", "").replace("1<'a'", ""), (family, written)

    assert list(tmp_path.iterdir()) == []


HONEST = (
    *("1", "[1]", "true", "< 30000", "abs", "workdays(1)"),
    *("2026-03-05", '"150602000000"', '"R1/PT1H"'),
)
REFUSED_ALTOGETHER = {
    *("diagram: standard loop", "diagram: conditional event", "diagram: script"),
    "diagram: timer cycle",  # a cycle is written out, never worked out
}


@pytest.mark.parametrize("place", PLACES)
def test_the_same_place_takes_an_honest_expression(place):
    assert any(outcome_of(place, expression) is not None for expression in HONEST) == (
        place not in REFUSED_ALTOGETHER
    )
