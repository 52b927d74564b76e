"""The shapes of acting on a case as a whole, and of what is sent to people to read."""

from __future__ import annotations

from app.api.schema_parts import Schema, flag, many, maybe, moment, record, request, text, whole

CASE_ACTIONS = ("cancel", "suspend", "resume", "copy", "circulate", "jump")

BODIES: dict[str, Schema] = {
    "Handle": request(
        "对整个办件的一个操作",
        reason=maybe(text("cancel、suspend、resume、jump 必填：原因", 500)),
        to={
            "type": ["integer", "string", "array", "null"],
            "items": {"type": ["integer", "string"]},
            "description": "copy、circulate：一人或几人，人员编号或用户名；jump：跳转到的环节编号，见 jumps",
        },
        item=maybe(whole("jump：从哪个待办跳转；办件只有一个待办时可缺省", 1)),
        words=maybe(text("copy、circulate：说明", 500)),
    ),
    "ReadCopy": request("阅", answer=maybe(text("circulate：阅后意见，记入流转记录", 500))),
}
"""What may be sent."""

MAY = many(text(enum=list(CASE_ACTIONS)), "当前账号现在可对整个办件做的操作")

HANDLED: dict[str, Schema] = {
    "number": text("办件编号"),
    "procedure": text("事项的 key"),
    "procedure_name": text(),
    "version": whole("事项的版本"),
    "division": text("区划代码"),
    "division_name": text("从旗区县到村"),
    "state": text("状态", enum=["running", "ended", "cancelled", "suspended"]),
    "outcome": maybe(text("办结结果")),
    "standing": text("现在到哪一步"),
    "created_at": moment("发起时间"),
    "suspended_at": maybe(moment("何时挂起")),
    "due_at": maybe(moment("全程时限")),
    "ended_at": maybe(moment("结束时间")),
    "open_items": many(
        record(
            "现在的一个待办，不含办理人",
            id=whole(),
            step=text(),
            name=text(),
            round=whole("第几轮"),
            unit=text("承办单位"),
            created_at=moment("到达时间"),
            due_at=maybe(moment("时限")),
            lamp=text("时限灯", enum=["green", "yellow", "red"]),
            lamp_words=text("时限灯的文字"),
        )
    ),
    "may": MAY,
}

SHAPES: dict[str, Schema] = {
    "CaseHandled": record("操作之后的办件，不含当事人的信息", **HANDLED),
    "CaseHandling": record(
        "办件处置：停在哪里，可以跳转到哪里，处置过什么；不含当事人的信息",
        **HANDLED,
        jumps=many(
            record(
                "可以跳转到的环节",
                item=whole("从哪个待办跳转"),
                step=text("环节编号"),
                name=text("环节名称"),
                left_out=many(
                    record("因此跳过的环节", name=text(), demanded=flag("文件有要求"), basis=text("依据原文"))
                ),
            )
        ),
        acts=many(
            record(
                "一次处置",
                name=text(),
                actor=text("谁；发起人自己终止的写“发起人”"),
                unit=maybe(text()),
                at=moment("时间"),
                reason=maybe(text("原因")),
                why=maybe(text("后果")),
            )
        ),
    ),
    "Copy": record(
        "抄送、传阅给当前账号的办件",
        id=whole(),
        kind=text("copy：抄送；circulate：传阅", enum=["copy", "circulate"]),
        case=text("办件编号"),
        procedure=text("事项的 key"),
        procedure_name=text(),
        division_name=text(),
        subject=text("户主等对象的姓名"),
        state=text("办件的状态"),
        standing=text("现在到哪一步"),
        by=text("谁送来"),
        unit=maybe(text("其单位")),
        words=maybe(text("说明")),
        sent_at=moment("时间"),
        read_at=maybe(moment("何时已阅；null 表示未阅")),
        answer=maybe(text("阅后意见")),
    ),
}
"""What may come back."""
