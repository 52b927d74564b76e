"""A timer grants and refuses nothing: a person acts first, whatever the diagram draws behind it."""

import pytest

from tests.bpmn.artefacts import FORMS, KEYS, PROCEDURES, nodes, properties
from tests.workflows.designing import drafts
from tests.workflows.designing.drafts import end, service, task
from tests.workflows.designing.faults import said
from tests.workflows.spiff.drawing import START, boundary, catch, chain, flow, message, node, timer, xor
from workflows import spiff
from workflows.designing import folders, lint
from workflows.designing.timeouts import EXCUSE, RULE, timeout_findings

NOTE = '<zeebe:properties><zeebe:property name="decides_nothing" value="{}"/></zeebe:properties>'
MESSAGE = '<bpmn:message id="m" name="objection"/>'
ENTER = service("enter", "register.enter", register='"monitored_ds"')
PAPER = service("paper", "document.issue")
WAIT = catch("wait", timer("P5D"))


def found(draft):
    """What the rule names, as timer and what it does."""
    return [(each.element, each.sentence.split("，")[1][1:]) for each in said(draft) if each.rule == RULE]


def waited(*behind, body="", **more):
    """Somebody looks, five days pass, then what is ``behind``."""
    return drafts.one(task("look") + WAIT + body, "look", "wait", *behind, **more)


def late(body, *ways, interrupting=True, extension=""):
    """A step with a timer on its border; ``ways`` lead on from there."""
    edge = boundary("late", "look", timer("P5D"), interrupting=interrupting)
    if extension:
        edge = edge.replace(">", f"><bpmn:extensionElements>{extension}</bpmn:extensionElements>", 1)
    drawn = START + task("look") + task("check") + edge + body + end("over")
    drawn += end("gone") if any('targetRef="gone"' in way for way in ways) else ""
    return drafts.bundle(drawn + chain("S", "look", "check", "over") + "".join(ways))


# What is refused


def test_a_case_that_ends_because_time_passed_is_refused():
    assert found(waited()) == [("wait", "结束“over”：准许或拒绝不能由超时决定。")]


def test_a_timeout_on_a_step_that_ends_the_case_is_refused():
    assert [element for element, _ in found(late("", flow("late", "gone")))] == ["late"]


@pytest.mark.parametrize("operation", [ENTER, PAPER, service("enter", "register.close", register='"r"')])
def test_a_timeout_that_enters_or_issues_is_refused_even_beside_the_main_way(operation):
    key = "paper" if operation is PAPER else "enter"
    draft = late(operation, flow("late", key), flow(key, "gone"), interrupting=False)

    assert [what[:3] for _, what in found(draft)] == ["办理“"]


def test_a_change_of_status_is_refused_and_a_change_without_one_is_not():
    status = service("set", "register.change", register='"r"', row="1", status='"不予认定"')
    marked = service("set", "register.change", register='"r"', row="1", fields='{"灯": "红"}')

    for drawn, count in ((status, 1), (marked, 0)):
        draft = late(drawn, flow("late", "set"), flow("set", "gone"), interrupting=False)
        assert len(found(draft)) == count


def test_a_way_around_the_person_is_found_behind_a_gateway():
    body = xor("way", "skip") + ENTER + task("check")
    drawn = START + task("look") + WAIT + body + end("over") + end("gone")
    ways = chain("S", "look", "wait", "way") + flow("way", "check", "=look.far = true")
    ways += flow("way", "enter", key="skip") + chain("check", "over") + chain("enter", "gone")

    names = [what for _, what in found(drafts.bundle(drawn + ways))]

    assert [name.partition("：")[0] for name in names] == ["办理“enter”", "结束“gone”"]


def test_a_decision_table_is_no_person():
    body = drafts.decision("ask", "grade", "graded")

    assert found(waited("ask", body=body))


def test_what_a_called_process_leads_back_to_is_looked_at_too():
    call = node("callActivity", "call", "", '<zeebe:calledElement processId="Q"/>')
    inner = node("startEvent", "S2") + task("see") + catch("pause", timer("P1D")) + node("endEvent", "E2")
    inner += chain("S2", "see", "pause", "E2")

    straight = drafts.one(call, "call", called={"Q": inner}, calls=["Q"])
    careful = drafts.one(call + task("check"), "call", "check", called={"Q": inner}, calls=["Q"])

    assert [element for element, _ in found(straight)] == ["pause"]
    assert found(careful) == []


def test_a_timer_in_a_subprocess_leads_out_of_it():
    inside = node("startEvent", "S2") + task("see") + catch("pause", timer("P1D")) + node("endEvent", "E2")
    part = node("subProcess", "part", inside + chain("S2", "see", "pause", "E2"))

    assert [element for element, _ in found(drafts.one(part, "part"))] == ["pause"]
    assert found(drafts.one(part + task("check"), "part", "check")) == []


def test_a_branch_beside_that_stops_everything_is_refused():
    stop = node("endEvent", "stop", "<bpmn:terminateEventDefinition/>")

    assert found(late(stop, flow("late", "stop"), interrupting=False))


# What is allowed


def test_a_notice_that_ends_and_goes_on_to_a_person_is_allowed():
    close = service("close", "notice.close", notice="1")
    drawn = (
        START + task("look") + node("eventBasedGateway", "either") + WAIT + catch("objection", message("m"))
    )
    drawn += close + task("check") + end("over")
    ways = chain("S", "look", "either", "wait", "close", "check", "over")
    ways += flow("either", "objection") + flow("objection", "look")

    assert found(drafts.bundle(drawn + ways, extra=MESSAGE)) == []


def test_a_reminder_beside_the_step_is_allowed():
    send = service("send", "notify.send", text='"请办理"')

    assert found(late(send, flow("late", "send"), flow("send", "gone"), interrupting=False)) == []


def test_a_timeout_that_hands_the_step_to_somebody_else_is_allowed():
    assert found(late("", flow("late", "check"))) == []


def test_a_gateway_that_asks_what_somebody_concluded_is_that_person_s_decision():
    body = xor("way", "no") + ENTER
    drawn = START + task("look") + WAIT + body + end("over") + end("gone")
    ways = chain("S", "look", "wait", "way", "enter", "over")
    ways = ways.replace(flow("way", "enter"), flow("way", "enter", '=look.conclusion = "通过"'))

    assert found(drafts.bundle(drawn + ways + flow("way", "gone", key="no"))) == []


def test_a_campaign_begins_by_time_and_decides_nothing():
    assert RULE not in {each.rule for each in lint.bundle(folders.read(PROCEDURES, FORMS, "fp_05_gt"))}


# What is excused


def test_a_reason_why_it_decides_nothing_excuses_an_end_and_a_line_in_a_register():
    why = NOTE.format("期满只是公开到期。")

    assert found(late(ENTER, flow("late", "enter"), flow("enter", "gone"), extension=why)) == []
    assert found(late("", flow("late", "gone"), extension=NOTE.format(" ")))


def test_nothing_excuses_a_paper_to_somebody():
    draft = late(PAPER, flow("late", "paper"), flow("paper", "gone"), extension=NOTE.format("没有决定。"))

    assert [what.partition("：")[0] for _, what in found(draft)] == ["办理“paper”"]


EXCUSED = {
    ("vg_01_ds", "vg_ended"),
    ("vg_01_ds_result", "vg_result_ended"),
    ("vg_01_ew", "vg_ended"),
    ("vg_01_ew_result", "vg_result_ended"),
}
"""The timers of committed procedures that say why they decide nothing: none is added unread."""


def test_only_these_committed_timers_need_an_excuse():
    said_so = {(key, name) for key in KEYS for name, each in nodes(key).items() if EXCUSE in properties(each)}

    assert said_so == EXCUSED


@pytest.mark.parametrize(("key", "timer_id"), sorted(EXCUSED))
def test_each_excuse_is_needed(key, timer_id):
    bundle = folders.read(PROCEDURES, FORMS, key)
    bare = {name: text.replace(EXCUSE, "note").encode() for name, text in bundle.diagrams.items()}

    assert {each.element for each in timeout_findings(spiff.parse(bare, key), "")} == {timer_id}


def test_a_lone_diagram_is_looked_at_too():
    content = waited().diagrams["process.bpmn"].encode()

    assert RULE in {each.rule for each in lint.diagram(content, "mine.bpmn")}
