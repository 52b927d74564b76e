"""What an audit entry's command is called in the office's words."""

from __future__ import annotations

NAMES = {
    "StartCase": "发起办件",
    "ClaimWorkItem": "签收",
    "ReleaseWorkItem": "退签",
    "SaveDraft": "暂存",
    "CompleteWorkItem": "办结环节",
    "SendBack": "退回",
    "TransferWorkItem": "转办",
    "ProposeParameter": "提议调整参数",
    "ConfirmParameter": "核准参数",
    "WithdrawParameter": "撤回参数提议",
    "OpenPeriods": "开启定期事项的一期",
    "StartCampaign": "定期发起办件",
    "WakeCase": "到时自动推进",
    "PublishVersion": "发布事项版本",
    "SignIn": "登录",
    "SignOut": "退出登录",
    "IssueToken": "取得接口令牌",
    "ChangePassword": "更改密码",
    "ResetPassword": "重置密码",
    "RevealField": "查看隐去的信息",
    "CreateUnit": "设立单位",
    "CreatePerson": "登记人员",
    "CreateAccount": "开设账号",
    "SetAccountActive": "启停账号",
    "AppointPost": "登记职务",
    "GrantRole": "授予角色",
    "RevokeRole": "收回角色",
    "LoadDivisions": "载入行政区划",
    "SeedPeople": "载入演示人员",
    "TakeIn": "上传材料",
    "RaiseObjection": "提出异议",
    "AskProgress": "查询进度",
    "ExportRegister": "导出台账",
    "RegisterByHand": "登记台账",
    "CorrectRow": "更正台账",
    "RemoveFromList": "销号",
    "RevealColumn": "查看台账中隐去的号码",
    "ImportRows": "导入台账",
    "SeedRegisters": "载入演示台账",
    "RemindHolders": "催办",
    "ReadMessage": "阅读消息",
    "ReadAllMessages": "阅读全部消息",
    "TurnClock": "调整演示时钟",
    "DeliverNext": "送达通知",
    "CountFailure": "记下送达失败",
}


def deed(command: str) -> str:
    """The office's name of a command; one without a name here is shown by its own."""
    return NAMES.get(command, command)
