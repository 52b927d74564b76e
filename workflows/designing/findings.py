"""What a rule has to say about an artefact, how it is mended, and what the rules ask of the office."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workflows.designing.operations import OPERATIONS, Operation

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Change:
    """A mend that a program can make: ``set_kind``, the element becomes of another kind, ``value``."""

    kind: str
    element: str
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend (error) or to look at (warning), with the element it concerns.

    ``line`` is that of the file where it is known, else 0; ``change`` a mend that has been tried out.
    """

    severity: str
    file: str
    element: str
    rule: str
    sentence: str
    fix: str = ""
    line: int = 0
    change: Change | None = None

    def told(self) -> str:
        """The finding on one line, as the command line prints it."""
        fix = f"（{self.fix}）" if self.fix else ""
        at = f":{self.line}" if self.line else ""
        return f"{self.file}{at} {self.element or '-'} [{self.rule}] {self.sentence}{fix}"


@dataclass(frozen=True, slots=True)
class Office:
    """What the office offers to diagrams; what is None is not checked.

    ``roles`` are the roles somebody can hold, ``form_problem`` says what is wrong with a form's JSON text,
    ``sources`` are the source documents by file name, ``steps`` the ids other procedures' diagrams use,
    ``filing`` says what is wrong with an operation's inputs as far as they are written down, such as a
    register that is not there.
    """

    operations: Mapping[str, Operation] = field(default_factory=lambda: OPERATIONS)
    messages: frozenset[str] = frozenset({"objection"})
    roles: frozenset[str] | None = None
    form_problem: Callable[[str], str | None] | None = None
    sources: Mapping[str, str] | None = None
    steps: frozenset[str] = frozenset()
    filing: Callable[[str, Mapping[str, Any]], Iterable[str]] | None = None


def error(file: str, element: str, rule: str, sentence: str) -> Finding:
    """A finding that keeps the draft from being published."""
    return Finding(ERROR, file, element, rule, sentence, fix(rule))


def warning(file: str, element: str, rule: str, sentence: str) -> Finding:
    """A finding to look at."""
    return Finding(WARNING, file, element, rule, sentence, fix(rule))


def with_change(finding: Finding, change: Change | None) -> Finding:
    """The finding with a mend that a program can make."""
    return replace(finding, change=change)


def fix(rule: str) -> str:
    """What to do about a finding of this rule; a group's advice serves its rules without their own."""
    return FIXES.get(rule) or FIXES.get(rule.partition(".")[0], "")


FIXES: Mapping[str, str] = {
    "xml": "用流程图或决策表编辑器重新导出这个文件",
    "xml.doctype": "删去 DOCTYPE 声明",
    "xml.schema": "按 BPMN 2.0 的规定改正这一元素，或用流程图编辑器重新导出",
    "xml.size": "拆分为几个流程，用调用活动连接",
    "file.kind": "检查 .bpmn、.dmn、.json 文件，或含 procedure.toml 的事项文件夹",
    "procedure": "核对 procedure.toml",
    "procedure.apart": "列出流程图中两个以上由人办理的环节的编号",
    "procedure.campaign": "定时开始与 [campaign] 须成对出现",
    "retention.missing": "在事项说明里选择保管期限（永久、30年或10年）并写明理由；拿不准的从长",
    "retention.unknown": "改为永久、30年或10年",
    "retention.reason": "在事项说明里补上保管期限的来源和理由",
    "parameter": "核对 procedure.toml 的 [[parameters]]",
    "scenario": "核对 scenarios.toml",
    "process.none": "画一个可执行的流程",
    "process.missing": "核对 processId，并把所调用的事项列入 procedure.toml 的 calls",
    "process.twice": "给其中一个流程换一个编号",
    "process.circle": "改为不循环的调用",
    "process.bpmn": "核对流程图文件",
    "id": "给元素换一个编号",
    "size.nodes": "拆分为几个流程，用调用活动连接",
    "element": "改用支持的元素：用户任务、服务任务、业务规则任务、调用活动、子流程、网关和事件",
    "extension.machinery": "删去这一扩展",
    "event": "在元素上选择支持的事件类型",
    "timer": "填写 ISO 8601 的时间、时长，或以“=”开头的表达式，如 =workdays(3)",
    "timer.decides": "到时之后先接人办的环节；确实不作决定的，在定时事件的 decides_nothing 中写明理由",
    "timer.start": "改用周期（timeCycle），如 0 0 0 1 1,4,7,10 *",
    "timer.schedule": "写成 cron（秒 分 时 日 月 周）或 R/起点/周期",
    "message": "在流程图中定义消息并选中它",
    "message.unknown": "改用系统会发送的消息，如 objection（公示异议）",
    "error.interrupting": "勾选“中断”",
    "boundary": "把边界事件附着在用户任务、子流程或调用活动上",
    "work.operation": "填写 zeebe:taskDefinition type",
    "work.decision": "填写 zeebe:calledDecision 的 decisionId 和 resultVariable",
    "work.called": "填写 zeebe:calledElement processId",
    "work.mapping": "补全映射的 source 和 target",
    "loop": "核对多实例的名单（inputCollection）或份数",
    "loop.inner": "改用多实例的用户任务，或用 case.start 为每一项各发起一个办件",
    "flow.dangling": "把连线的两端接到节点上，或删去它",
    "flow.condition": "删去条件，或从网关引出这条连线",
    "flow": "重新连接连线，需要分叉时用网关",
    "start.one": "每个流程只留一个开始事件",
    "end.missing": "加一个结束事件",
    "gateway.condition": "给连线写条件，或把它设为默认路径",
    "gateway.feel": "在条件前加“=”",
    "gateway.default": "设一条默认路径",
    "gateway.never": "删去这条连线，或改正条件",
    "gateway.events": "事件网关后只接定时或消息等待事件",
    "gateway.deadlock": "改用排他网关汇合返回的路径",
    "reach.start": "从开始事件连到这里，或删去它",
    "reach.end": "从这里连到结束事件",
    "expression.syntax": "按提示的行列改正 FEEL 表达式",
    "expression.type": "让比较的两边是同一种类型",
    "expression.name_later": "改用此前环节的内容",
    "expression.name_beside": "先用并行网关汇合，或改用此前环节的内容",
    "expression.unknown_name": "核对环节编号、结果变量或参数名",
    "expression.unknown_field": "核对表单项的 key",
    "expression.unknown_option": "核对选项的 value",
    "expression.unknown_parameter": "在 procedure.toml 的 [[parameters]] 中定义它，或改正名称",
    "lane.role": "在泳道上填写 role",
    "lane.level": "在泳道上填写 level：village、township、county、department 或 farm",
    "role.unknown": "改用系统中已有的角色",
    "form.none": "填写 formId，否则这一环节没有可填的内容",
    "form.unknown": "核对 formId",
    "form.unreadable": "在表单设计器中改正后重新保存",
    "operation.unknown": f"可用：{'、'.join(sorted(OPERATIONS))}",
    "operation.input": "在输入映射中补上它",
    "operation.register": "核对 app/registers/definitions 中该台账的栏目、状态和事件",
    "operation.extra": "核对输入的名称",
    "decision.unknown": "核对 decisionId",
    "decision.input": "核对决策的输入名：应为环节编号、结果变量、param、case 或 subject",
    "basis.missing": "填写 basis，或把 origin 标为 default",
    "basis.form": "写成“源文件名｜原文”",
    "basis.quotation": "从源文件中原样复制引文",
    "drawing.none": "用流程图编辑器打开并重新保存，补上图形信息",
    "drawing.missing": "用流程图编辑器补画这一元素",
    "duty.nobody": "改由另一角色办理其中一个环节，或改 [[apart]]",
    "duty.own_review": "改由另一角色审核，或把两个环节列入 procedure.toml 的 [[apart]]",
    "sound.doubled": "用并行网关分开的几路，用并行网关汇合",
    "sound.deadlock": "用排他网关分开的几路，用排他网关汇合",
    "sound.livelock": "从这里加一条通往结束的路径",
    "sound.never_ends": "加一条通往结束的路径",
    "sound.unreachable": "从走得到的地方连到这里，或删去它",
    "sound.bound": "把并行的部分拆成子流程，各自检查",
    "dmn.unreadable": "用决策表编辑器重新导出这个文件",
    "dmn.syntax": "按提示的行列改正 FEEL 表达式",
    "dmn.unknown-name": "在决策的所需信息中连上它，或改正名称",
    "dmn.unknown-type": "改用 FEEL 的类型，或定义这一类型",
    "dmn.missing": "连上所需的决策或输入",
    "dmn.overlap": "改正其中一条规则，或改用其他命中策略",
    "dmn.gap": "补一条规则",
    "dmn.never": "删去或改正这条规则",
    "dmn.undecided": "核对这些规则；让一列只与一个参数比较，或列出输入的取值，就能判定",
    "dmn.contradiction": "让同时命中的规则给出相同的结果，或改用其他命中策略",
    "dmn.type": "让比较的两边、结果与声明是同一种类型",
    "dmn.hit-policy": "选择 UNIQUE、ANY、PRIORITY、FIRST、RULE ORDER、OUTPUT ORDER 或 COLLECT",
    "dmn.aggregation": "只留一个输出，或不汇总",
    "dmn.priority": "在输出的取值中按优先级从高到低列出全部结果",
    "dmn.empty": "给决策表加上输出和规则",
    "dmn.rule-size": "给每条规则补齐或删去单元格",
    "dmn.circle": "删去其中一条依赖",
    "dmn.name-twice": "给其中一个换一个名称",
    "dmn.id-twice": "给其中一个换一个编号",
    "dmn.output-value": "改正结果，或把它加入输出的取值",
}
"""Advice by rule, or by the group before its dot."""
