"""The committed procedures as the tests see them: trees, tables, forms, the source texts."""

import json
import shutil
import tomllib
from pathlib import Path

from lxml import etree

from workflows import decisions

ROOT = Path(__file__).parents[2]
PROCEDURES = ROOT / "bpmn"
FORMS = ROOT / "forms" / "definitions"
KEYS = sorted(path.parent.name for path in PROCEDURES.glob("*/procedure.toml"))
FORM_KEYS = sorted(path.stem for path in FORMS.glob("*.json"))

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"

NODES = {
    *("startEvent", "endEvent", "intermediateCatchEvent", "boundaryEvent"),
    *("exclusiveGateway", "parallelGateway", "eventBasedGateway"),
    *("userTask", "serviceTask", "businessRuleTask", "callActivity", "subProcess"),
}


def copied(root, *keys):
    """These procedures and the source texts below ``root``, to be damaged."""
    for name in (*keys, "sources"):
        shutil.copytree(PROCEDURES / name, root / name)
    return root


def diagram(key):
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.parse(str(PROCEDURES / key / "process.bpmn"), parser).getroot()


def nodes(key):
    """Flow nodes by id."""
    return {each.get("id"): each for each in diagram(key).iter() if kind(each) in NODES}


def flows(key):
    """Sequence flows by id."""
    return {each.get("id"): each for each in diagram(key).iter(f"{BPMN}sequenceFlow")}


def kind(element):
    """The BPMN name of an element; empty for anything else."""
    return str(element.tag).removeprefix(BPMN) if str(element.tag).startswith(BPMN) else ""


def properties(element):
    """An element's own zeebe properties."""
    found = element.findall(f"{BPMN}extensionElements/{ZEEBE}properties/{ZEEBE}property")
    return {each.get("name"): each.get("value") for each in found}


def procedure(key):
    said = tomllib.loads((PROCEDURES / key / "procedure.toml").read_text(encoding="utf-8"))
    return {"parameters": [], **said}


def scenarios(key):
    return tomllib.loads((PROCEDURES / key / "scenarios.toml").read_text(encoding="utf-8"))


def parameters(key):
    """The procedure's parameters by name, those of what it calls included."""
    described = procedure(key)
    found = {}
    for called in described["calls"]:
        found |= parameters(called)
    return found | {each["name"]: each for each in described["parameters"]}


def tables(key):
    """The procedure's own decision tables by the names of their decisions."""
    path = PROCEDURES / key / "decisions.dmn"
    return {table.owner: table for table in decisions.read(path.read_bytes()).tables} if path.exists() else {}


def decision_files(key):
    """The texts of the procedure's decision tables and of those it calls."""
    paths = [PROCEDURES / each / "decisions.dmn" for each in (key, *procedure(key)["calls"])]
    return [path.read_text(encoding="utf-8") for path in paths if path.exists()]


def form_text(key):
    return (FORMS / f"{key}.json").read_text(encoding="utf-8")


def components(key):
    """Every component of a form, nested ones included."""

    def walk(parts):
        for part in parts:
            yield part
            yield from walk(part.get("components", ()))

    return list(walk(json.loads(form_text(key))["components"]))


def asked(key):
    """The forms a diagram asks for, by user task."""
    found = {}
    for name, node in nodes(key).items():
        form = node.find(f"{BPMN}extensionElements/{ZEEBE}formDefinition")
        if form is not None:
            found[name] = form.get("formId")
    return found


def plain(text):
    return "".join(text.split())


def quotation_problem(basis):
    """What is wrong with a `file｜quotation`, or None."""
    file, _, quotation = basis.partition("｜")
    path = PROCEDURES / "sources" / file
    if not path.is_file():
        return f"no source text {file!r}"
    if len(plain(quotation)) < 6:
        return f"too short to be found again: {quotation!r}"
    if plain(quotation) not in plain(path.read_text(encoding="utf-8")):
        return f"not in {file}: {quotation!r}"
    return None
