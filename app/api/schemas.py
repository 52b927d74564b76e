"""The shapes of what goes in and comes out, as JSON Schema: checked on arrival, shown in OpenAPI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    """A query parameter: its name, how it is read, what it does, and the values it may take."""

    name: str
    kind: str
    says: str
    values: tuple[str, ...] = ()


def text(says: str = "", most: int | None = None, **more: Any) -> Schema:
    """A string."""
    found: Schema = {"type": "string", **more}
    if says:
        found["description"] = says
    if most is not None:
        found["maxLength"] = most
    return found


def whole(says: str = "", least: int | None = None) -> Schema:
    """An integer."""
    found: Schema = {"type": "integer", **({"description": says} if says else {})}
    if least is not None:
        found["minimum"] = least
    return found


def flag(says: str) -> Schema:
    """A boolean."""
    return {"type": "boolean", "description": says}


def moment(says: str) -> Schema:
    """An instant in UTC."""
    return {"type": "string", "format": "date-time", "description": says}


def free(says: str) -> Schema:
    """An object whose keys the procedure decides."""
    return {"type": "object", "description": says, "additionalProperties": True}


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    return {**schema, "type": [schema["type"], "null"]}


def many(items: Schema, says: str = "") -> Schema:
    """A list."""
    return {"type": "array", "items": items, **({"description": says} if says else {})}


def ref(name: str) -> Schema:
    """Another shape of this document."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(says: str, **properties: Schema) -> Schema:
    """An object that always has these properties."""
    return {"type": "object", "description": says, "required": list(properties), "properties": properties}


def page(name: str) -> Schema:
    """A stretch of a list of ``name``."""
    return record(
        "一页",
        items=many(ref(name)),
        next=maybe(text("取下一页时放进 cursor；null 表示没有了")),
    )


def request(says: str, required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """A request's body: only these fields, of which some must be there."""
    return {
        "type": "object",
        "description": says,
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


ACTIONS = (
    "claim",
    "release",
    "save",
    "complete",
    "send-back",
    "withdraw",
    "transfer",
    "delegate",
    "add-signer",
    "remove-signer",
    "remind",
)

ANSWERS = free("表单各字段的填写内容，键为字段的 key；文件、照片、签名字段为附件编号的列表")

BODIES: dict[str, Schema] = {
    "SignIn": request(
        "账号和密码",
        ("username", "password"),
        username=text("用户名", 200, minLength=1),
        password=text("密码", 500, minLength=1, format="password"),
    ),
    "StartCase": request(
        "发起办件",
        ("procedure", "division"),
        procedure=text("事项的 key", 60, minLength=1),
        division=text("办件所属的 12 位区划代码（村、嘎查、社区）", 12, minLength=12),
        subject=maybe(free("已登记的对象，如 {household_id}；缺省由表单写明")),
        answers=ANSWERS,
        opinion=maybe(text("意见", 2000)),
    ),
    "Act": request(
        "对待办的一个操作",
        answers=ANSWERS,
        opinion=maybe(text("意见；表单有意见栏时写入该栏", 2000)),
        to={
            "type": ["integer", "string", "array", "null"],
            "items": {"type": ["integer", "string"]},
            "description": "transfer、delegate：一人，add-signer：一人或几人，均为人员编号或用户名；"
            "send-back：退回到的环节编号，见待办的 ways_back，缺省为流程图所画的退回或上一环节",
        },
        straight={"type": ["boolean", "null"], "description": "send-back：改好后直送退回人；缺省逐级重走"},
        place=maybe(text("add-signer：前加签、后加签、会签加人", enum=["before", "after", "beside", None])),
        count=maybe(whole("add-signer：会签增加的人数，缺省 1", 1)),
        reason=maybe(text("remind：催办的话；complete、save、claim、release 以外的操作必填", 2000)),
        revision=maybe(
            whole("读到的 revision；complete、save、send-back、transfer、delegate、add-signer 必填", 0)
        ),
    ),
    "Objection": request(
        "异议",
        ("name", "phone", "reason"),
        name=text("姓名", 40),
        phone=text("联系电话", 40),
        reason=text("异议的内容和理由", 1000),
    ),
}
"""What may be sent, by name."""

STEP = record(
    "人办的环节",
    step=text("环节编号"),
    name=text("环节名称，源文件原词"),
    lane=text("泳道"),
    role=text("办理角色"),
    level=text("层级"),
    form=maybe(text("表单编号")),
    basis=text("依据：源文件名｜原文"),
    origin=text("source：源文件所定；default：默认设置"),
)

OPEN_ITEM = record(
    "办件现在的一个待办",
    id=whole(),
    step=text(),
    name=text(),
    role=text(),
    unit=text("承办单位"),
    assignee=maybe(text("签收人")),
    round=whole("第几轮"),
    state=text("offered：待签收；claimed：已签收；held：已决定，待后加签；planned：后加签，待决定"),
    kind=text("step：环节；delegated：委派；before、after：前、后加签"),
    asked_by=maybe(text("委派、加签由谁提出")),
    created_at=moment("到达时间"),
    due_at=maybe(moment("时限")),
    lamp=text("时限灯", enum=["green", "yellow", "red"]),
    lamp_words=text("时限灯的文字"),
)

STANDING = record(
    "办件现状",
    state=text("running、ended、cancelled、suspended"),
    outcome=maybe(text("办结结果")),
    open_items=many(ref("OpenItem")),
    waiting=many(ref("Waiting")),
)

ITEM: dict[str, Schema] = {
    "id": whole("待办编号"),
    "case": text("办件编号"),
    "procedure": text("事项的 key"),
    "procedure_name": text(),
    "step": text("环节编号"),
    "name": text("环节名称"),
    "role": text("办理角色"),
    "unit": text("承办单位"),
    "unit_id": whole(),
    "division": text("区划代码"),
    "division_name": text(),
    "subject": text("户主等对象的姓名"),
    "assignee": maybe(text("签收人")),
    "assignee_id": maybe(whole()),
    "round": whole("第几轮"),
    "state": text("状态", enum=["offered", "claimed", "held", "planned", "done", "withdrawn", "taken_back"]),
    "kind": text("step：环节；delegated：委派；before、after：前、后加签"),
    "asked_by": maybe(text("委派、加签由谁提出")),
    "revision": whole("随每次改动加一，提交时带回"),
    "created_at": moment("到达时间"),
    "due_at": maybe(moment("时限；null 表示没有时限")),
    "lamp": text("时限灯", enum=["green", "yellow", "red"]),
    "lamp_words": text("时限灯的文字"),
    "done_at": maybe(moment("办结时间")),
    "done_by": maybe(text("办结人")),
    "conclusion": maybe(text("结论")),
    "opinion": maybe(text("意见")),
}

CASE_HEAD: dict[str, Schema] = {
    "number": text("办件编号"),
    "procedure": text("事项的 key"),
    "procedure_name": text(),
    "version": whole("事项的版本"),
    "division": text("区划代码"),
    "division_name": text(),
    "subject": record("对象", name=text(), kind=text(), identity=maybe(text("证件号，已遮掩"))),
    "state": text("状态", enum=["running", "ended", "cancelled", "suspended"]),
    "outcome": maybe(text("办结结果，即到达的结束事件的名称")),
    "standing": text("现在到哪一步"),
    "started_by": text("发起人"),
    "parent": maybe(text("由哪个办件发起，没有则为空")),
    "created_at": moment("发起时间"),
    "ended_at": maybe(moment("办结时间")),
}

SCHEMAS: dict[str, Schema] = {
    "Problem": record(
        "错误（RFC 9457）",
        type=text(),
        title=text(),
        status=whole("HTTP 状态码"),
        code=text("稳定的错误代码，供程序判断"),
        detail=text("给人看的一句话"),
    ),
    "Token": record("令牌", token=text("放进 Authorization: Bearer"), expires_at=moment("到期时间")),
    "Step": STEP,
    "Procedure": record(
        "在用的事项",
        key=text(),
        name=text(),
        locality=text("地区代号"),
        division=text("适用范围的区划代码"),
        category=text("类别"),
        summary=text("概要"),
        version=whole("版本"),
        digest=text("该版本全部内容的 SHA-256"),
        startable=flag("当前账号可否发起"),
        start_roles=many(text(), "可发起的角色"),
        steps=many(ref("Step")),
        start_form=maybe(free("发起时填写的表单（bpmn.io 表单格式）")),
        parameters=many(free("一个参数：名称、默认值、来源"), "参数"),
        documents=many(free("一份源文件"), "源文件"),
    ),
    "OpenItem": OPEN_ITEM,
    "Waiting": record(
        "办件在等什么",
        element=text(),
        name=text(),
        kind=text("timer、message 等"),
        due=maybe(moment("何时到期")),
    ),
    "Entry": record(
        "经过的一步",
        seq=whole("从 1 起"),
        kind=text(
            "start、task、system、timer、message、remind；back：退回；withdraw：撤回；aside：委派、加签；"
            "handling：终止、挂起、恢复、跳转；copy：抄送、传阅"
        ),
        step=text(),
        name=text(),
        round=whole("第几轮"),
        actor=text("办理人"),
        unit=maybe(text("单位")),
        opened_at=maybe(moment("到达时间")),
        at=moment("办理时间"),
        conclusion=maybe(text("结论")),
        opinion=maybe(text("意见")),
        why=maybe(text("自动步骤的缘由")),
        basis=text("依据"),
        answers=free("当轮填写的内容，证件号等已遮掩"),
    ),
    "CaseLine": record("办件（列表）", **CASE_HEAD),
    "Case": record(
        "办件",
        **CASE_HEAD,
        variables=free("各环节最近一轮的内容，证件号等已遮掩"),
        open_items=many(ref("OpenItem")),
        waiting=many(ref("Waiting")),
        history=many(ref("Entry")),
    ),
    "Standing": STANDING,
    "WorkItem": record("待办", **ITEM),
    "WorkItemFull": record(
        "待办及其表单",
        **ITEM,
        form=maybe(free("表单（bpmn.io 表单格式）")),
        answers=free("草稿；没有草稿时为上一轮的内容，证件号等已遮掩"),
        basis=text("依据：源文件名｜原文"),
        may=many(text(enum=list(ACTIONS)), "当前账号现在可做的操作"),
        colleagues=many(record("可转办、委派的同事", id=whole(), name=text())),
        ways_back=many(ref("WayBack"), "可退回到的环节，最近办的在后"),
        case_now=ref("Standing"),
    ),
    "WayBack": record(
        "可退回到的环节",
        step=text("环节编号"),
        name=text("环节名称"),
        who=text("办理人"),
        straight=flag("改好后可否直送退回人"),
    ),
    "WorkItemActed": record(
        "操作之后的待办；仍可由当前账号办理的，另有 WorkItemFull 的各项",
        **ITEM,
        may=many(text(enum=list(ACTIONS)), "当前账号现在可做的操作"),
        case_now=ref("Standing"),
    ),
    "Attachment": record(
        "附件", id=whole(), sha256=text(), name=text(), size=whole("字节"), type=text("媒体类型")
    ),
    "Register": record(
        "台账",
        key=text(),
        name=text(),
        category=text("类别"),
        localities=many(text(), "所属地区"),
        statuses=free("各状态的条数"),
    ),
    "RegisterRow": record(
        "台账的一行",
        id=whole(),
        number=text("台账编号"),
        division=text(),
        division_name=text(),
        subject=text("户主等"),
        identity=maybe(text("证件号，已遮掩")),
        status=text(),
        fields=free("各栏"),
        case=maybe(text("最近的办件编号；手工登记的没有")),
        entered_at=moment("进入台账"),
        changed_at=moment("最近变动"),
        ended_at=maybe(moment("移出台账")),
        history=many(ref("RegisterEvent"), "从最早起"),
    ),
    "RegisterEvent": record(
        "台账的一次变动",
        seq=whole(),
        event=text(),
        status=text(),
        fields=free("这次写入的各栏"),
        before=free("这些栏原来的内容"),
        status_before=maybe(text("原来的状态")),
        actor=text("经办人"),
        unit=maybe(text("经办单位")),
        step=maybe(text("环节")),
        clause=maybe(text("依据")),
        case=maybe(text()),
        reason=maybe(text()),
        at=moment("时间"),
    ),
    "Notice": record(
        "公示",
        id=whole(),
        case=text("办件编号"),
        round=whole(),
        division=text(),
        title=text(),
        name=text("公示对象，按设置遮掩"),
        content=text(),
        contact=text(),
        posted_at=moment("张贴时间"),
        starts_on=text("起算日", format="date"),
        last_day=text("最后一日", format="date"),
        ends_at=moment("届满时刻（最后一日 24:00）"),
        state=text("open、over、undisputed、stopped、withdrawn"),
        takes_objections=flag("现在可否提出异议"),
    ),
    "ObjectionTaken": record("异议已收到", id=whole("异议编号"), notice=ref("Notice")),
    "AuditEntry": record(
        "审计记录",
        stream=text("哪条链"),
        seq=whole(),
        at=moment("时间"),
        command=text("命令"),
        deed=text("命令的中文名"),
        actor=free("谁"),
        facts=free("记下的事实"),
        hash=text("SHA-256"),
    ),
    "Verification": record(
        "核验结果",
        sound=flag("是否完好"),
        entries=whole("核验的记录数"),
        streams=whole("链数"),
        breaks=many(record("断点", stream=text(), seq=whole(), sentence=text())),
    ),
    "OpenApi": free("本文档"),
    "Health": free("状态"),
} | {
    f"{name}Page": page(name)
    for name in (
        "Procedure",
        "CaseLine",
        "WorkItem",
        "Register",
        "RegisterRow",
        "Notice",
        "AuditEntry",
    )
}
"""What may come back, by name."""
