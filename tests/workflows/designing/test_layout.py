"""A diagram written by hand comes back drawn; what is drawn is measured."""

import re
from pathlib import Path

import pytest

from tests.workflows.designing import handwritten
from workflows.designing.layout import laid_out, measures, shortcomings

ROOT = Path(__file__).resolve().parents[3]
DIAGRAMS = sorted((ROOT / "bpmn").glob("*/process.bpmn"))

CROSSINGS = {
    # Who hands over stands below, the entry of a first helper ends before.
    "fp_10_gt": 1,
    "fp_10_ds": 1,
    # A step that is spared is passed by, and what it would have sent back is on the other side.
    "fp_08_aq": 1,
    # What is refused leaves the way on which a second check comes back.
    "fp_01_gt_admit": 1,
}
"""How many crossings a diagram may keep, each with its reason beside it."""


def cut(content: bytes) -> tuple[bytes, bytes]:
    """What stands before and after the drawing."""
    start = content.index(b"<bpmndi:BPMNDiagram")
    end = content.index(b"</bpmndi:BPMNDiagram>") + len(b"</bpmndi:BPMNDiagram>")
    return content[:start], content[end:]


@pytest.mark.parametrize("file", DIAGRAMS, ids=lambda file: file.parent.name)
def test_every_procedure_is_drawn_so_that_it_can_be_read(file):
    diagram = measures.drawn(file.read_bytes())

    assert measures.undrawn(diagram) == []
    assert measures.outside(diagram) == []
    assert measures.overlapping(diagram) == []
    assert measures.run_through(diagram) == []
    assert measures.slanting(diagram) == []
    assert measures.covered(diagram) == []
    assert measures.on_one_line(diagram) == []
    assert measures.astray(diagram) == []
    assert measures.bridges(diagram) == []
    assert len(measures.crossings(diagram)) <= CROSSINGS.get(file.parent.name, 0)


@pytest.mark.parametrize("name", ["fp_01_ds", "fp_08_ds"])
def test_laying_out_changes_the_drawing_only_and_twice_is_once(name):
    content = (ROOT / "bpmn" / name / "process.bpmn").read_bytes()

    drawn = laid_out(content)

    assert cut(drawn) == cut(content)
    assert laid_out(drawn) == drawn
    assert shortcomings(drawn) == []


@pytest.mark.parametrize(
    ("diagram", "crossings"),
    [
        # The way of the refused and that of the returned both leave for the uppermost lane.
        (handwritten.FOUR_LANES, 1),
        # Six returns between four lanes.
        (handwritten.RETURNS, 1),
        (handwritten.SUB_PROCESS, 0),
    ],
    ids=["four lanes", "returns", "sub-process"],
)
def test_what_is_written_by_hand_is_drawn_without_faults(diagram, crossings):
    drawn = laid_out(diagram)

    assert len(measures.crossings(measures.drawn(drawn))) <= crossings
    assert [each for each in shortcomings(drawn) if "交叉" not in each] == []


def test_a_diagram_that_was_never_drawn_gets_its_drawing_before_the_end():
    content = (ROOT / "bpmn/fp_08_ds/process.bpmn").read_bytes()
    before, after = cut(content)
    bare = before.rstrip(b" ") + after.lstrip(b"\n")

    assert laid_out(bare) == laid_out(content)


def test_a_name_far_from_its_flow_is_noticed():
    content = (ROOT / "bpmn/fp_08_ds/process.bpmn").read_bytes()
    before, _, after = content.partition(b'bpmnElement="green_may">')
    edge, end, rest = after.partition(b"</bpmndi:BPMNEdge>")
    moved = re.sub(rb'<dc:Bounds x="[\d.]+" y="[\d.]+"', b'<dc:Bounds x="190" y="80"', edge)

    wrong = before + b'bpmnElement="green_may">' + moved + end + rest

    assert moved != edge
    assert "“绿色通道”的名称离自己的连线太远。" in shortcomings(wrong)


def test_a_flow_that_leaves_one_line_only_to_join_another_is_noticed():
    ways = {
        "yes": [(0.0, 0.0), (200.0, 0.0)],
        "no": [(0.0, 0.0), (100.0, 0.0), (100.0, 10.0), (300.0, 10.0)],
        "on": [(0.0, 10.0), (300.0, 10.0)],
    }
    ends = {"yes": ("ask", "grant"), "no": ("ask", "tell"), "on": ("check", "tell")}

    assert measures.bridges(measures.Drawn(ways=ways, ends=ends)) == [("no", "on")]


def test_what_is_handed_to_the_next_lane_stands_right_below():
    shapes = measures.drawn(laid_out((ROOT / "bpmn/as_02_ew/process.bpmn").read_bytes())).boxes

    assert shapes["propose"].centre[0] == shapes["confirm"].centre[0]


def test_a_pool_is_as_high_as_its_name_is_long():
    content = (ROOT / "bpmn/fp_05_ew_check/process.bpmn").read_bytes()
    shapes = measures.drawn(laid_out(content)).boxes

    assert shapes["participant_fp_05_ew_check"].height >= 12 * len("鄂温克族自治旗预警信息登记")
    assert shortcomings(laid_out(content)) == []
