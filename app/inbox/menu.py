"""What stands in a person's menu, and the page they arrive on: by the kind of work they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.commands import Actor

Entry = dict[str, Any]

WAITING: Entry = {
    "endpoint": "inbox.index",
    "label": "待办",
    "icon": "inbox",
    "count": "inbox",
    "tab": True,
    "also": [
        *("inbox.item", "inbox.ask_transfer", "inbox.ask_delegate", "inbox.ask_send_back"),
        *("inbox.ask_add_signer", "inbox.ask_remove_signer"),
        *("batches.index", "batches.check", "batches.begin", "batches.show"),
    ],
}
DONE: Entry = {
    "endpoint": "inbox.done",
    "label": "已办",
    "icon": "done",
    "tab": True,
    "also": ["inbox.ask_withdraw"],
}
STARTED: Entry = {"endpoint": "inbox.started", "label": "我发起", "icon": "started"}
DRAFTS: Entry = {
    "endpoint": "catalogue.drafts_list",
    "label": "草稿",
    "icon": "draft",
    "also": ["catalogue.ask_discard"],
}
COPIES: Entry = {
    "endpoint": "copies.index",
    "label": "抄送我",
    "icon": "person",
    "count": "copies",
    "also": ["copies.show"],
}
START: Entry = {
    "endpoint": "catalogue.index",
    "label": "事项",
    "icon": "procedure",
    "tab": True,
    "also": ["catalogue.guide", "catalogue.start"],
}
CASES: Entry = {
    "endpoint": "cases.index",
    "label": "办件",
    "icon": "paper",
    "also": [
        "cases.show",
        "cases.ask_reveal",
        "cases.ask_cancel",
        "copies.ask",
        *("supervision.past.as_of", "supervision.past.known"),
        "inbox.ask_remind",
        "papers.show",
    ],
    "rule": True,
}
NOTICES: Entry = {
    "endpoint": "notices.index",
    "label": "公示",
    "icon": "notice",
    "tab": True,
    "also": ["notices.show", "notices.progress"],
}
REGISTERS: Entry = {
    "endpoint": "registers.index",
    "label": "台账",
    "icon": "register",
    "also": [
        *("registers.show", "registers.row", "registers.subject", "registers.ask_new"),
        *("registers.ask_correct", "registers.ask_remove", "registers.ask_reveal", "registers.ask_import"),
    ],
}
PARAMETERS: Entry = {
    "endpoint": "parameters.index",
    "label": "参数",
    "icon": "clause",
    "tab": True,
    "also": ["parameters.show", "parameters.ask"],
}
AMENDMENTS: Entry = {
    "endpoint": "designer.index",
    "label": "事项修订",
    "icon": "paper",
    "tab": True,
    "also": [
        "designer.show",
        *("publishing.amendment", "publishing.ask_submit", "publishing.procedure"),
        *("publishing.ask_withdraw", "publishing.ask_retire", "publishing.ask_move", "publishing.migration"),
    ],
}
HANDLING: Entry = {
    "endpoint": "handling.index",
    "label": "办件处置",
    "icon": "paper",
    "tab": True,
    "also": ["handling.show", "handling.ask", "handling.ask_jump"],
}
CALENDAR: Entry = {
    "endpoint": "calendars.index",
    "label": "日历",
    "icon": "calendar",
    "also": ["calendars.show"],
}
MESSAGES: Entry = {
    "endpoint": "messages.index",
    "label": "消息",
    "icon": "info",
    "count": "messages",
    "rule": True,
}
WATCH: Entry = {
    "endpoint": "supervision.index",
    "label": "督查",
    "icon": "chart",
    "tab": True,
    "also": [
        *("supervision.steps", "supervision.maps.show", "supervision.maps.variants"),
        *("supervision.maps.behind", "supervision.logs.ask"),
        *("supervision.alerts.index", "supervision.alerts.show"),
        *("relatives.staff", "relatives.person", "relatives.ask_reveal"),
    ],
}
ORDERS: Entry = {
    "endpoint": "supervision.ordering.index",
    "label": "督办",
    "icon": "clause",
    "tab": True,
    "also": [
        *("supervision.ordering.ask_export", "supervision.ordering.export"),
        *("supervision.issuing.ask", "supervision.issuing.issue"),
    ],
}
REVIEWS: Entry = {**WAITING, "endpoint": "inbox.waiting"}
"""待办 of whoever arrives elsewhere."""
AUDIT: Entry = {"endpoint": "security.audit", "label": "审计记录", "icon": "search", "tab": True}
HANDOVERS: Entry = {
    "endpoint": "handover.index",
    "label": "离任交接",
    "icon": "person",
    "tab": True,
    "also": ["handover.ask", "handover.show"],
}
UNDELIVERED: Entry = {
    "endpoint": "messages.undelivered",
    "label": "消息发送",
    "icon": "notice",
    "count": "undelivered",
    "tab": True,
    "also": ["messages.ask_give_up", "messages.ask_give_up_kind"],
}
ACCOUNTS: Entry = {
    "endpoint": "officers.accounts",
    "label": "人员账号",
    "icon": "person",
    "tab": True,
    "also": [
        "officers.ask_account",
        "officers.enter",
        "officers.account",
        "officers.set_active",
        "officers.reset",
    ],
}
UNITS: Entry = {
    "endpoint": "officers.units",
    "label": "单位",
    "icon": "register",
    "tab": True,
    "also": ["officers.ask_unit", "officers.set_up"],
}
STATE: Entry = {"endpoint": "officers.show_state", "label": "运行状态", "icon": "info"}
RULES: Entry = {
    "endpoint": "supervision.alerts.broken",
    "label": "预警规则",
    "icon": "warning",
    "count": "broken",
}
DISPOSALS: Entry = {
    "endpoint": "keeping.index",
    "label": "档案处置",
    "icon": "paper",
    "also": ["keeping.ask", "keeping.propose"],
}
GRANTS: Entry = {
    "endpoint": "officers.grants",
    "label": "授权",
    "icon": "check",
    "tab": True,
    "also": ["officers.ask_grant", "officers.grant", "officers.ask_revoke", "officers.revoke"],
}
LOCKS: Entry = {
    "endpoint": "officers.locks",
    "label": "账号锁定",
    "icon": "person",
    "tab": True,
    "also": ["officers.lock", "officers.lock_account", "officers.unlock_account"],
}
SESSIONS: Entry = {"endpoint": "officers.open_sessions", "label": "登录会话", "icon": "out"}
SIGN_IN_RULES: Entry = {
    "endpoint": "officers.ask_rules",
    "label": "登录规则",
    "icon": "clause",
    "also": ["officers.set_rules"],
}
ERASING: Entry = {
    "endpoint": "evidence.ask_erase",
    "label": "依法删除",
    "icon": "close",
    "also": ["evidence.erase"],
}
ACCOUNT: Entry = {
    "endpoint": "security.me",
    "label": "我的账户",
    "icon": "person",
    "tab": True,
    "also": [
        *("messages.wishes", "absences.index", "absences.ask", "absences.ask_end"),
        *("relatives.index", "relatives.ask", "relatives.choose", "relatives.ask_end"),
    ],
}


def _tab(entry: Entry, **changes: Any) -> Entry:
    return {**entry, "tab": True, **changes}


CASEWORK = (WAITING, DONE, STARTED, COPIES, DRAFTS, START, CASES, NOTICES, REGISTERS, MESSAGES)
HOUSEHOLD = (
    {**WAITING, "label": "要我办的"},
    _tab(STARTED, label="我的申请"),
    DRAFTS,
    {**START, "label": "申请"},
    NOTICES,
    MESSAGES,
)
SUPERVISION = (
    *(WATCH, ORDERS, REVIEWS, _tab(CASES, rule=False)),
    *({**DONE, "tab": False}, STARTED, REGISTERS, {**NOTICES, "tab": False}),
    *({**AUDIT, "tab": False}, MESSAGES),
)
ADMINISTRATION = (PARAMETERS, AMENDMENTS, CALENDAR, HANDLING, START, NOTICES, MESSAGES)
_OWN_ACCOUNT: Entry = {**ACCOUNT, "tab": False}
OFFICERS: dict[str, tuple[Entry, ...]] = {
    "audit_officer": (AUDIT, DISPOSALS, NOTICES, ACCOUNT),
    "security_officer": (GRANTS, LOCKS, HANDOVERS, SESSIONS, SIGN_IN_RULES, ERASING, NOTICES, _OWN_ACCOUNT),
    "system_officer": (ACCOUNTS, UNITS, UNDELIVERED, STATE, RULES, DISPOSALS, NOTICES, _OWN_ACCOUNT),
}


def entries(actor: Actor) -> Sequence[Entry]:
    """The menu of whoever is signed in."""
    roles = {grant.role for grant in actor.grants}
    officer = next((menu for role, menu in OFFICERS.items() if role in roles), None)
    if officer is not None:
        return officer
    if roles == {"procedure_admin"}:
        return ADMINISTRATION
    if roles == {"supervisor"}:
        return SUPERVISION
    if roles == {"household"}:
        return HOUSEHOLD
    return (*CASEWORK, PARAMETERS, AMENDMENTS, CALENDAR, HANDLING) if "procedure_admin" in roles else CASEWORK


def arrival(actor: Actor) -> str:
    """The endpoint someone lands on who asks for the first page: the first of their menu."""
    return str(entries(actor)[0]["endpoint"])
