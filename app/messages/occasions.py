"""What people are told of: each occasion with its words inside the system and its words outside it.

A new occasion is one entry in ABOUT; a test looks whether every `about=` in the sources has one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.work_items import WorkItem

WORK, TIME, RESULT = "work", "time", "result"

GROUPS = {
    WORK: "要我办的事（转办、委派、加签、退回、传阅等）",
    TIME: "时限提醒（催办、快到期、已超期）",
    RESULT: "办理情况（送达的文书，办件终止、挂起、恢复）",
}
"""What a person may choose to be told of outside the system; inside it everything is told."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One occasion.

    ``inside`` may name {who} did it, the {step}, the {subject} and the case's {number}, and whatever else
    the promise brings along under its own name. ``outside`` stands as it is: it is followed by step and
    number, and says nothing of a person.
    """

    group: str
    outside: str
    inside: str


ABOUT = {
    "transferred": Occasion(
        WORK, "有一件待办转交给您", "{who}把一件待办转交给您办理：{step}，{subject}（{number}）。"
    ),
    "delegated": Occasion(
        WORK, "有一件待办委派给您", "{who}委派您办理，办好后交回：{step}，{subject}（{number}）。"
    ),
    "reminded": Occasion(TIME, "有人催办您的待办", "请尽快办理：{step}，{subject}（{number}）。"),
    "near": Occasion(TIME, "有待办快到办理期限", "办理期限将到，请尽快办理：{step}，{subject}（{number}）。"),
    "overdue": Occasion(
        TIME,
        "有待办已超过办理期限",
        "已超过办理期限，请尽快办理，办结时须说明原因：{step}，{subject}（{number}）。",
    ),
    "overdue_own": Occasion(
        TIME, "有要您办的事已过期限", "办理期限已过，请尽快办理：{step}，{subject}（{number}）。"
    ),
    "overdue_started": Occasion(
        TIME,
        "您发起的办件有环节超过期限",
        "您发起的办件已超过“{step}”的办理期限，系统已提醒承办人员：{subject}（{number}）。",
    ),
    "returned": Occasion(WORK, "有办件退回，请您办理", "办件已退回：{step}，{subject}（{number}）。"),
    "signer_asked": Occasion(WORK, "请您加签", "{who}请您加签：{step}，{subject}（{number}）。"),
    "aside_done": Occasion(
        WORK,
        "您委派或请加签的事项已办完",
        "{who}已办完您委派或请加签的事项：{step}，{subject}（{number}）。",
    ),
    "signer_refused": Occasion(
        WORK,
        "加签不同意，请您重新作出决定",
        "{who}加签不同意，请您重新作出决定：{step}，{subject}（{number}）。",
    ),
    "moved_here": Occasion(
        WORK,
        "流程改版后，有一件待办改由您单位办理",
        "流程改版后改由您单位办理：{step}，{subject}（{number}）。",
    ),
    "moved_away": Occasion(
        WORK,
        "流程改版后，您的一件待办改由其他单位办理",
        "流程改版后改由{to}办理，您不用再办：{step}，{subject}（{number}）。",
    ),
    "case_cancelled": Occasion(RESULT, "有办件已终止", "办件已终止：{number}。"),
    "case_suspended": Occasion(RESULT, "有办件已挂起，暂停办理", "办件已挂起，暂停办理：{number}。"),
    "case_resumed": Occasion(RESULT, "有办件已恢复办理", "办件已恢复办理：{step}，{subject}（{number}）。"),
    "case_goes_on": Occasion(RESULT, "有办件已恢复办理", "办件已恢复办理，各项时限相应顺延：{number}。"),
    "copied": Occasion(WORK, "有办件抄送给您", "{who}将办件抄送给您：{number}。"),
    "absence_made": Occasion(
        WORK, "有一项离岗委托与您有关", "{person}{days}离岗，委托{deputy}代为办理{what}。"
    ),
    "absence_ended": Occasion(
        WORK, "有一项离岗委托已提前结束", "{person}委托{deputy}代为办理{what}，已提前结束。"
    ),
    "absence_over": Occasion(
        WORK, "有一项离岗委托已期满", "{person}委托{deputy}代为办理{what}，已于今日零时期满（{days}）。"
    ),
    "handed_over": Occasion(
        WORK,
        "有同事的工作交接给您",
        "{person}的工作交接给您：待办 {items} 件，帮扶户 {duties} 户，请及时办理。",
    ),
    "amendment_submitted": Occasion(
        WORK, "有一份修订稿请您复核", "{who}提交了修订稿“{title}”，请由没有参与起草的管理员复核。"
    ),
    "amendment_approved": Occasion(
        WORK, "有一份修订稿复核通过，可以发布", "{who}复核通过了修订稿“{title}”，可以发布。"
    ),
    "amendment_returned": Occasion(
        WORK, "您参与起草的修订稿被退回", "{who}退回了修订稿“{title}”，请按意见修改后重新提交。"
    ),
    "amendment_back": Occasion(
        WORK, "有一份修订稿退回起草", "{who}将修订稿“{title}”退回起草，原有的复核同时作废。"
    ),
    "amendment_published": Occasion(RESULT, "您经手的修订稿已发布", "{who}发布了修订稿“{title}”。"),
    "circulated": Occasion(WORK, "有办件请您传阅", "{who}请您传阅办件，阅后请反馈：{number}。"),
}
"""The occasions by the name a promise gives them (`about=`)."""

OWN_WORDS = Occasion(RESULT, "您有一条新消息", "")
"""A message that brings its own text. Diagrams write it and may name people in it, so it stays inside."""

FILLED_IN = ("who", "step", "subject", "number")
"""What every sentence may name without the promise bringing it along."""


def of(payload: Mapping[str, Any]) -> Occasion:
    """The occasion of a promised message; raises KeyError for one nobody has words for."""
    return OWN_WORDS if payload.get("text") else ABOUT[payload["about"]]


def inside(payload: Mapping[str, Any], item: WorkItem | None) -> str:
    """The message as it is read inside the system."""
    own = payload.get("text")
    if own:
        return str(own)
    known = {
        "who": payload.get("by") or "同事",
        "step": item.name if item else "",
        "subject": f"{item.subject_name}·{item.division_name}" if item else "",
        "number": payload.get("case") or "",
    }
    return ABOUT[payload["about"]].inside.format(**{**payload, **known})


def outside(payload: Mapping[str, Any], item: WorkItem | None) -> str:
    """The message as it leaves the house: occasion, step and case number, never a person."""
    words = of(payload).outside
    step = f"：{item.name}" if item else ""
    number = f"（办件 {payload['case']}）" if payload.get("case") else ""
    return f"{words}{step}{number}"
