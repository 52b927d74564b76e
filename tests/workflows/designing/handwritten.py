"""Diagrams as an author writes them: lanes, nodes and flows, nothing drawn."""

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' id="file" targetNamespace="t">\n'
)


def diagram(lanes, nodes, flows, extra=""):
    """The text of a diagram.

    `lanes`: name → ids separated by spaces. `nodes`: (kind, id, name, attributes and content).
    `flows`: "a b" or "a b name", or with a fourth word for the content.
    """
    inside = "".join(
        f'      <bpmn:lane id="lane_{place}" name="{name}">'
        + "".join(map("<bpmn:flowNodeRef>{}</bpmn:flowNodeRef>".format, members.split()))
        + "</bpmn:lane>\n"
        for place, (name, members) in enumerate(lanes.items())
    )
    pool = (
        '  <bpmn:collaboration id="pools"><bpmn:participant id="pool" name="事项" processRef="p" />'
        "</bpmn:collaboration>\n"
    )
    return (
        HEAD
        + pool
        + '  <bpmn:process id="p" isExecutable="true">\n    <bpmn:laneSet id="l">\n'
        + f"{inside}    </bpmn:laneSet>\n"
        + content(nodes, flows)
        + extra
        + "  </bpmn:process>\n</bpmn:definitions>\n"
    ).encode()


def content(nodes, flows):
    """Nodes and flows of one scope."""
    return "".join(map(_node, nodes)) + "".join(map(_flow, flows))


def _node(node):
    kind, key, name, *rest = node
    attributes, inside = [*rest, "", ""][:2]
    return f'    <bpmn:{kind} id="{key}" name="{name}" {attributes}>{inside}</bpmn:{kind}>\n'


def _flow(line):
    source, target, *name = line.split()
    named = f' name="{name[0]}"' if name else ""
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'    <bpmn:sequenceFlow id="{source}__{target}" {ends}{named} />\n'


TIMER = "<bpmn:timerEventDefinition><bpmn:timeDuration>P3D</bpmn:timeDuration></bpmn:timerEventDefinition>"
ERROR = "<bpmn:errorEventDefinition />"
MANY = "<bpmn:multiInstanceLoopCharacteristics />"

FOUR_LANES = diagram(
    {
        "申请人": "start apply told refused",
        "村民委员会": "check check_gw a",
        "乡镇人民政府": "accept late accept_gw split b join decide decide_gw end_a reminded",
        "县级部门": "c c_gw c2 issue done",
    },
    [
        ("startEvent", "start", "符合条件的农户"),
        ("userTask", "apply", "提出书面申请"),
        ("userTask", "check", "村级核实并公示"),
        ("exclusiveGateway", "check_gw", "核实是否属实"),
        ("userTask", "accept", "受理"),
        ("exclusiveGateway", "accept_gw", "材料是否齐全"),
        ("parallelGateway", "split", ""),
        ("userTask", "a", "村级评议", "", MANY),
        ("userTask", "b", "乡镇实地查看", "", MANY),
        ("userTask", "c", "部门信息比对"),
        ("exclusiveGateway", "c_gw", "比对结果"),
        ("userTask", "c2", "复核比对疑点"),
        ("parallelGateway", "join", ""),
        ("userTask", "decide", "乡镇审核确认"),
        ("exclusiveGateway", "decide_gw", "审核结论"),
        ("serviceTask", "issue", "制发批准文书"),
        ("endEvent", "done", "已批准"),
        ("serviceTask", "told", "书面告知不予批准及理由"),
        ("endEvent", "refused", "不予批准"),
        ("boundaryEvent", "late", "受理期限届满", 'attachedToRef="accept" cancelActivity="false"', TIMER),
        ("serviceTask", "end_a", "提醒办理"),
        ("endEvent", "reminded", "已提醒"),
    ],
    [
        "start apply",
        "apply check",
        "check check_gw",
        "check_gw accept 属实",
        "check_gw told 不属实",
        "accept accept_gw",
        "accept_gw split 齐全",
        "accept_gw apply 退回补正",
        "split a",
        "split b",
        "split c",
        "a join",
        "b join",
        "c c_gw",
        "c_gw c2 有疑点",
        "c_gw join 无疑点",
        "c2 join",
        "join decide",
        "decide decide_gw",
        "decide_gw issue 同意",
        "decide_gw told 不同意",
        "decide_gw check 退回重新核实",
        "issue done",
        "told refused",
        "late end_a",
        "end_a reminded",
    ],
)

RETURNS = diagram(
    {"农户": "s a", "村": "b bg", "乡镇": "c cg", "县": "d dg e x"},
    [
        ("startEvent", "s", "每年一月一日", "", TIMER),
        ("userTask", "a", "申请"),
        ("userTask", "b", "村级初审"),
        ("exclusiveGateway", "bg", "初审是否通过"),
        ("userTask", "c", "乡镇审核"),
        ("exclusiveGateway", "cg", "审核是否通过"),
        ("userTask", "d", "县级审批"),
        ("exclusiveGateway", "dg", "审批是否通过"),
        ("serviceTask", "e", "登记台账"),
        ("endEvent", "x", "已登记"),
    ],
    [
        "s a",
        "a b",
        "b bg",
        "bg c 通过",
        "bg a 退回",
        "c cg",
        "cg d 通过",
        "cg a 退回农户",
        "cg b 退回村级",
        "d dg",
        "dg e 通过",
        "dg c 退回乡镇",
        "dg a 退回农户补正",
        "dg b 退回村级",
        "e x",
    ],
)

INSIDE = content(
    [
        ("startEvent", "is", ""),
        ("userTask", "i1", "张贴公示"),
        ("eventBasedGateway", "ig", "公示期内"),
        ("intermediateCatchEvent", "it", "公示期满", "", TIMER),
        ("intermediateCatchEvent", "im", "收到异议", "", "<bpmn:messageEventDefinition />"),
        ("userTask", "i2", "调查异议"),
        ("exclusiveGateway", "ix", "异议是否成立"),
        ("endEvent", "ie", "无异议"),
        ("endEvent", "if", "异议成立", "", ERROR),
    ],
    ["is i1", "i1 ig", "ig it", "ig im", "it ie", "im i2", "i2 ix", "ix if 成立", "ix i1 不成立，重新公示"],
)

SUB_PROCESS = diagram(
    {"村": "s a sub o t z r re", "乡镇": "c g call x y"},
    [
        ("startEvent", "s", "发现线索"),
        ("userTask", "a", "入户核查", "", MANY),
        ("subProcess", "sub", "公示七日", "", INSIDE),
        ("userTask", "z", "处理异议"),
        ("boundaryEvent", "o", "异议成立", 'attachedToRef="sub"', ERROR),
        ("boundaryEvent", "t", "超过三十日仍未办结", 'attachedToRef="sub" cancelActivity="false"', TIMER),
        ("userTask", "c", "乡镇审核"),
        ("exclusiveGateway", "g", "是否通过"),
        ("callActivity", "call", "普通程序"),
        ("endEvent", "x", "已纳入"),
        ("endEvent", "y", "未纳入"),
        ("serviceTask", "r", "催办"),
        ("endEvent", "re", "已催办"),
    ],
    [
        "s a",
        "a sub",
        "sub c",
        "o z",
        "z a 重新核查",
        "c g",
        "g call 通过",
        "call x",
        "g y 不通过",
        "t r",
        "r re",
    ],
    '    <bpmn:textAnnotation id="note">'
    "<bpmn:text>公示期自次日起算，节假日顺延；涉及个人隐私的内容不得公示。</bpmn:text>"
    "</bpmn:textAnnotation>\n"
    '    <bpmn:association id="tie" sourceRef="sub" targetRef="note" />\n'
    '    <bpmn:textAnnotation id="note2"><bpmn:text>重大事项集体研究</bpmn:text></bpmn:textAnnotation>\n'
    '    <bpmn:association id="tie2" sourceRef="c" targetRef="note2" />\n',
)
