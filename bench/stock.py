"""The peer: what SpiffWorkflow itself does for one step of the same diagram, specification and all."""

import io
import logging
import re

import orjson
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from app.demo import answers, households
from app.demo.answers import MINUTES, PHOTO, SIGNATURE
from bench.office import ROOT, TODAY
from bench.rows import timed

DIAGRAM = ROOT / "bpmn" / "fp_01_ds" / "process.bpmn"
FILES = {PHOTO: 1, SIGNATURE: 2, MINUTES: 3}


class StockStep:
    """Load, complete 入户核实, dump: stock serializer, data in the tasks; no database, no forms."""

    def __init__(self):
        logging.getLogger("spiff").setLevel(logging.ERROR)
        self._serializer = BpmnWorkflowSerializer()
        self._stored = self._serializer.serialize_json(_at_household_check())
        self.bytes = len(self._stored.encode())
        self.times = []

    def take(self):
        """Do it once and keep how long it took."""
        self.times.append(timed(lambda: _round_trip(self._serializer, self._stored)))


def _at_household_check():
    flow = BpmnWorkflow(_specification())
    flow.do_engine_steps()
    _complete(flow, "apply", answers.application(_household(), TODAY.date(), "折海军"))
    return flow


def _round_trip(serializer, stored):
    flow = serializer.deserialize_json(stored)
    _complete(flow, "household_check", answers.check(_household(), TODAY.date(), "折海军", FILES))
    assert flow.get_next_task(state=TaskState.READY).task_spec.name == "village_review"
    serializer.serialize_json(flow)


def _complete(flow, step, given):
    task = next(iter(flow.get_tasks(spec_name=step, state=TaskState.READY)))
    task.data[step] = orjson.loads(orjson.dumps(given))
    task.run()
    flow.do_engine_steps()


def _household():
    return households.household(1, "折家梁村")


def _specification():
    """The diagram in the words stock SpiffWorkflow knows: Python conditions, no operations."""
    text = re.sub(r'>=(\w+)\.conclusion = ("[^"]*")<', r'>\1["conclusion"] == \2<', DIAGRAM.read_text())
    text = text.replace(">=end of notice<", '>"2027-01-01T00:00:00+00:00"<')
    text = re.sub(r"bpmn:serviceTask\b", "bpmn:manualTask", text)
    parser = BpmnParser()
    parser.add_bpmn_xml(etree.parse(io.BytesIO(text.encode())), filename="process.bpmn")
    return parser.get_spec("fp_01_ds")
