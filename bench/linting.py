"""How long the lint with its proof takes over a large diagram; no database has a part in it."""

from functools import cache

from app.designer.trying import OFFICE
from bench.rows import said, timed
from tests.workflows.designing.drafts import bundle, end, form, task
from tests.workflows.spiff.drawing import START, chain, flow, node, xor
from workflows import spiff
from workflows.designing import lint

ELEMENTS, BRANCHES, TIMES = 300, 12, 7
BUDGET_MS = 2_000
ASKED = {"ask": form(conclusion=["同意", "退回"])}


def measure(_databases, _folder):
    """Rows, once however many databases are measured."""
    _measured()


@cache
def _measured():
    for words, draft, bounded in (("", _blocks(), False), (", searched to the bound", _wide(), True)):
        elements = len(spiff.parse({"process.bpmn": draft.diagrams["process.bpmn"].encode()}, "P").elements)
        assert elements >= ELEMENTS
        found = {finding.rule for finding in lint.bundle(draft, OFFICE)}
        assert found == {"drawing.none", *(["sound.bound"] if bounded else [])}, found
        times = [timed(lambda draft=draft: lint.bundle(draft, OFFICE)) for _ in range(TIMES)]
        said(f"lint of a diagram of {elements} elements{words}", "none", times, budget=BUDGET_MS)


def _blocks():
    """One parallel block after the other, in each branch of which a step is done until it is agreed to."""
    body, last = START, "S"
    for number in range(ELEMENTS // 8 + 1):
        fork, meet = f"fork{number}", f"meet{number}"
        body += _gate(fork) + _gate(meet) + flow(last, fork)
        for side in "ab":
            step, head, way = f"{side}{number}", f"head_{side}{number}", f"way_{side}{number}"
            body += task(step, "ask", due="=workdays(3)") + xor(head) + xor(way, f"{way}-{meet}")
            body += chain(fork, head, step, way, meet) + flow(way, head, _sent_back(step))
        last = meet
    return bundle(body + end("over") + flow(last, "over"), forms=ASKED)


def _wide():
    """Branches side by side, each of which may end the whole: nothing of it shrinks."""
    body = START + _gate("fork") + _gate("meet") + end("over") + chain("S", "fork") + chain("meet", "over")
    for branch in range(BRANCHES):
        body += node("endEvent", f"stop{branch}", "<bpmn:terminateEventDefinition/>")
        last = "fork"
        for place in range(ELEMENTS // BRANCHES // 2 + 1):
            step, way = f"s{branch}_{place}", f"w{branch}_{place}"
            body += task(step, "ask") + xor(way, f"{way}-on")
            body += chain(last, step) if place == 0 else flow(last, step, key=f"{last}-on")
            body += chain(step, way) + flow(way, f"stop{branch}", _sent_back(step))
            last = way
        body += flow(last, "meet", key=f"{last}-on")
    return bundle(body, forms=ASKED)


def _gate(key):
    return node("parallelGateway", key)


def _sent_back(step):
    return f'={step}.conclusion = "退回"'
