"""Every diagram can be read by an official, opened in a modeler, and traced to its clauses."""

import re

import pytest

from tests.bpmn import artefacts
from tests.bpmn.artefacts import BPMN, BPMNDI, DC, KEYS, ZEEBE

WORDS = "000_ad920af171c7151f.txt"
every_diagram = pytest.mark.parametrize("key", KEYS)


def boxes(key):
    """Where each node is drawn: left, top, right, bottom."""
    return {
        shape.get("bpmnElement"): box(shape.find(f"{DC}Bounds"))
        for shape in artefacts.diagram(key).iter(f"{BPMNDI}BPMNShape")
    }


def box(bounds):
    x, y, width, height = (float(bounds.get(name)) for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


@every_diagram
def test_the_process_bears_the_key_of_its_folder(key):
    process = artefacts.diagram(key).find(f"{BPMN}process")

    assert process.get("id") == key == artefacts.procedure(key)["key"]
    assert process.get("name")


@every_diagram
def test_every_node_and_flow_is_drawn(key):
    root = artefacts.diagram(key)
    shapes = {each.get("bpmnElement") for each in root.iter(f"{BPMNDI}BPMNShape")}
    edges = {each.get("bpmnElement") for each in root.iter(f"{BPMNDI}BPMNEdge")}
    lanes = {each.get("id") for each in root.iter(f"{BPMN}lane", f"{BPMN}participant")}

    assert shapes == set(artefacts.nodes(key)) | lanes
    assert edges == set(artefacts.flows(key))


@every_diagram
def test_every_node_stands_in_exactly_one_lane_and_is_drawn_inside_it(key):
    root, drawn = artefacts.diagram(key), boxes(key)
    seats = [(ref.text, ref.getparent().get("id")) for ref in root.iter(f"{BPMN}flowNodeRef")]

    assert sorted(node for node, _ in seats) == sorted(artefacts.nodes(key))
    for node, lane in seats:
        left, top, right, bottom = drawn[node]
        outer = drawn[lane]
        assert outer[0] <= left, node
        assert outer[1] <= top, node
        assert right <= outer[2], node
        assert bottom <= outer[3], node


@every_diagram
def test_every_lane_names_a_role_and_its_level(key):
    for lane in artefacts.diagram(key).iter(f"{BPMN}lane"):
        said = artefacts.properties(lane)

        assert said["role"]
        assert said["level"] in {"village", "township", "county", "department", "farm"}


@every_diagram
def test_everything_drawn_names_its_clause_or_says_that_it_is_a_default(key):
    for name, each in (artefacts.nodes(key) | artefacts.flows(key)).items():
        said = artefacts.properties(each)

        assert said.get("basis") or said.get("origin") == "default", name


@every_diagram
def test_every_node_says_whether_it_comes_from_the_source(key):
    for name, node in artefacts.nodes(key).items():
        assert artefacts.properties(node)["origin"] in {"source", "default"}, name


@pytest.mark.parametrize("key", [key for key in KEYS if key.startswith("db_02_")])
def test_no_step_of_an_order_is_laid_on_a_source_that_speaks_of_none(key):
    """What is quoted asks for supervision; 督办单, cards and their closing are defaults in all of it."""
    assert {artefacts.properties(node)["origin"] for node in artefacts.nodes(key).values()} == {"default"}


@every_diagram
def test_every_quotation_stands_in_its_source(key):
    found = [artefacts.properties(each).get("basis") for each in artefacts.diagram(key).iter()]
    problems = [artefacts.quotation_problem(basis) for basis in found if basis]

    assert problems
    assert [problem for problem in problems if problem] == []


@every_diagram
def test_every_step_is_explained_to_whoever_does_it(key):
    gateways = {"exclusiveGateway", "parallelGateway", "endEvent"}
    silent = [
        name
        for name, node in artefacts.nodes(key).items()
        if artefacts.kind(node) not in gateways and not node.findtext(f"{BPMN}documentation")
    ]

    assert silent == []


@every_diagram
def test_every_gateway_asks_one_question_and_has_a_way_out(key):
    flows = artefacts.flows(key)
    for name, node in artefacts.nodes(key).items():
        if artefacts.kind(node) != "exclusiveGateway":
            continue
        out = [flow for flow in flows.values() if flow.get("sourceRef") == name]
        asking = [flow for flow in out if flow.find(f"{BPMN}conditionExpression") is not None]

        assert len(out) == len(asking) + 1
        assert flows[node.get("default")] not in asking
        assert all(flow.get("name") for flow in out)


@every_diagram
def test_every_parameter_a_diagram_uses_is_described(key):
    described = artefacts.parameters(key)
    texts = [(artefacts.PROCEDURES / key / "process.bpmn").read_text(encoding="utf-8")]
    texts += [artefacts.form_text(form) for form in artefacts.asked(key).values()]
    used = {name for text in texts for name in re.findall(r"param\.(\w+)", text)}
    steering = {artefacts.properties(node).get("parameter") for node in artefacts.nodes(key).values()}

    assert used | (steering - {None}) <= set(described)


@every_diagram
def test_every_operation_is_described_in_the_readme(key):
    readme = (artefacts.PROCEDURES / "README.md").read_text(encoding="utf-8")

    for name, node in artefacts.nodes(key).items():
        task = node.find(f"{BPMN}extensionElements/{ZEEBE}taskDefinition")
        if task is None:
            continue
        row = next(line for line in readme.splitlines() if line.startswith(f"| `{task.get('type')}` |"))
        for given in node.iter(f"{ZEEBE}input"):
            assert f"`{given.get('target')}`" in row, f"{name}.{given.get('target')}"


def test_the_steps_of_monitoring_follow_the_words_and_the_order_of_the_source():
    clause = "严格履行提交申请、入户核实、村评议公示、镇（街道）审核和区级比对审定的程序"
    named = [
        node.get("name").partition("（评议")[0].partition("（公示")[0]
        for node in artefacts.nodes("fp_01_ds").values()
        if artefacts.kind(node) == "userTask"
    ]

    assert artefacts.quotation_problem(f"{WORDS}｜{clause}") is None
    steps = "提交申请 入户核实 村评议公示 镇（街道）审核 区级比对审定"
    assert list(dict.fromkeys(named)) == steps.split()
    assert [clause.index(name) for name in named] == sorted(clause.index(name) for name in named)
