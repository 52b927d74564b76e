"""The shapes of batches, entered beside the others."""

from __future__ import annotations

from app.api.schema_parts import many, maybe, moment, record, ref, request, text, whole
from app.api.schemas import BODIES, SCHEMAS
from app.batches.judging import ACTIONS

BODIES["Batch"] = request(
    "对多件待办的同一操作",
    ("action", "items"),
    action=text("操作", enum=list(ACTIONS)),
    items=many(
        request(
            "一件待办",
            ("id",),
            id=whole("待办编号", 1),
            revision=maybe(whole("读到的 revision；remind 以外必填", 0)),
        ),
        "1 至 200 件，不重复；complete、transfer 以件数最多的同环节、同岗位为一批，其余不办",
    ),
    conclusion=maybe(text("complete：每件都用的结论", 200)),
    opinion=maybe(text("complete：每件都用的意见", 2000)),
    to={"type": ["integer", "string", "null"], "description": "transfer：转给谁，人员编号或用户名"},
    reason=maybe(text("transfer：原因（必填）；remind：催办的话", 2000)),
)

SCHEMAS["BatchItem"] = record(
    "一批中的一件",
    id=whole("待办编号"),
    revision=maybe(whole("提交的 revision")),
    state=text(
        "open：待办理；done：已办；refused：未办；dropped：已取消",
        enum=["open", "done", "refused", "dropped"],
    ),
    code=maybe(text("未办的错误代码")),
    sentence=maybe(text("未办的原因")),
    settled_at=maybe(moment("有结果的时间")),
    case=maybe(text("办件编号；无权知道的为 null")),
    name=maybe(text("环节名称")),
    subject=maybe(text("户主等对象的姓名")),
)

SCHEMAS["BatchReport"] = record(
    "一批的进度和逐件结果",
    id=whole("批次，记入流转记录和审计记录"),
    action=text("操作", enum=list(ACTIONS)),
    state=text("状态", enum=["running", "finished", "cancelled"]),
    about=text("范围：环节或单位"),
    conclusion=maybe(text("结论")),
    opinion=maybe(text("意见")),
    to=maybe(text("转给谁")),
    reason=maybe(text("原因")),
    created_at=moment("提交时间"),
    total=whole("共几件"),
    open=whole("待办理几件"),
    done=whole("已办几件"),
    refused=whole("未办几件"),
    dropped=whole("取消几件"),
    items=many(ref("BatchItem"), "依提交的次序"),
)
