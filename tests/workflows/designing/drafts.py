"""Small drafts of procedures, drawn in a few words, with forms and tables where a test needs them."""

import json
from dataclasses import replace
from xml.sax.saxutils import quoteattr

from app.designer.trying import check_form
from tests.workflows.spiff import drawing
from workflows import catalogue
from workflows.catalogue import Bundle
from workflows.designing import simulate

META = {
    "key": "P",
    "name": "试办事项",
    "locality": "DS",
    "division": "150602000000",
    "category": "测试",
    "start_roles": ["household"],
    "retention": {"class": "30年", "origin": "default", "why": "从长。"},
}


def properties(**said):
    lines = "".join(
        f"<zeebe:property name={quoteattr(name)} value={quoteattr(value)}/>" for name, value in said.items()
    )
    return f"<zeebe:properties>{lines}</zeebe:properties>"


def task(key, form="", *, due="", role="village_committee", level="village", inside="", **attributes):
    """A user task with somebody to do it."""
    extra = f'<zeebe:formDefinition formId="{form}"/>' if form else ""
    extra += f"<zeebe:taskSchedule dueDate={quoteattr(due)}/>" if due else ""
    said = {"role": role, "level": level, "origin": "default"}
    extra += properties(**{name: value for name, value in said.items() if value})
    return drawing.user(key, inside, extra, **attributes)


def service(key, operation, **inputs):
    """A service task with inputs; every value is FEEL."""
    lines = "".join(
        f"<zeebe:input source={quoteattr(f'={value}')} target={quoteattr(name)}/>"
        for name, value in inputs.items()
    )
    extra = f'<zeebe:taskDefinition type="{operation}"/><zeebe:ioMapping>{lines}</zeebe:ioMapping>'
    return drawing.node("serviceTask", key, "", extra + properties(origin="default"))


def decision(key, decided, result, **inputs):
    """A business rule task; what it maps for its decision is FEEL."""
    extra = f'<zeebe:calledDecision decisionId="{decided}" resultVariable="{result}"/>'
    lines = "".join(
        f"<zeebe:input source={quoteattr(f'={value}')} target={quoteattr(name)}/>"
        for name, value in inputs.items()
    )
    extra += f"<zeebe:ioMapping>{lines}</zeebe:ioMapping>" if inputs else ""
    return drawing.node("businessRuleTask", key, "", extra + properties(origin="default"))


def end(key, name=""):
    return drawing.node("endEvent", key, name=name or key)


def form(*fields, **of_choice):
    """A form's JSON: plain texts by key, choices by key with their options."""
    parts = [{"type": "textfield", "key": key, "label": key} for key in fields]
    parts += [
        {
            "type": "radio",
            "key": key,
            "label": key,
            "values": [{"label": each, "value": each} for each in options],
            "validate": {"required": True},
        }
        for key, options in of_choice.items()
    ]
    return json.dumps({"type": "default", "components": parts}, ensure_ascii=False)


def table(*rules, key="grade", needs="apply", source="apply.text"):
    """A decision table of one column and one result; each rule is a pair of cells."""
    rows = "".join(
        f'<rule id="rule_{number}"><inputEntry id="i{number}"><text>{asked}</text></inputEntry>'
        f'<outputEntry id="o{number}"><text>{given}</text></outputEntry></rule>'
        for number, (asked, given) in enumerate(rules, 1)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'<inputData id="in" name="{needs}"><variable id="v" name="{needs}"/></inputData>'
        f'<decision id="{key}" name="{key}"><variable id="w" name="{key}"/>'
        '<informationRequirement id="r"><requiredInput href="#in"/></informationRequirement>'
        '<decisionTable id="t" hitPolicy="UNIQUE"><input id="c" label="内容">'
        f'<inputExpression id="e" typeRef="string"><text>{source}</text></inputExpression></input>'
        f'<output id="o" name="result" typeRef="string"/>{rows}</decisionTable></decision></definitions>'
    )


def bundle(body, *, extra="", forms=None, decisions=None, called=None, **meta):
    """A draft whose process is `body`."""
    diagrams = {"process.bpmn": drawing.process(body, extra=extra).decode()}
    for key, inner in (called or {}).items():
        diagrams[f"{key}/process.bpmn"] = drawing.process(inner, key=key).decode()
    return Bundle(
        key="P", meta={**META, **meta}, diagrams=diagrams, decisions=decisions or {}, forms=forms or {}
    )


def one(body, *keys, **more):
    """A draft that goes through the steps in `body` in a row."""
    return bundle(drawing.START + body + end("over") + drawing.chain("S", *keys, "over"), **more)


def redrawn(draft, old, new):
    """The draft with other words in its diagram."""
    assert old in draft.diagrams["process.bpmn"]
    text = draft.diagrams["process.bpmn"].replace(old, new)
    return replace(draft, diagrams={**draft.diagrams, "process.bpmn": text})


def scenario(*steps, start=None, **more):
    """A script as it would stand in a file of its own."""
    said = {"at": "2026-03-02T09:00:00+08:00", "start": {"answers": start or {}}, "steps": steps, **more}
    (read,) = simulate.read(json.dumps(said, ensure_ascii=False), "answers.json")
    return read


def walk(draft, *steps, start=None, **more):
    """What comes of walking a draft."""
    return simulate.run(
        catalogue.prepare(draft), scenario(*steps, start=start, **more), check_form=check_form
    )
