"""What stood in the registers before a scenario begins: cases played earlier, or rows entered by hand."""

import dataclasses

from app.registers import definition
from tests.bpmn import artefacts
from tests.bpmn.artefacts import BPMN, ZEEBE


@dataclasses.dataclass(frozen=True)
class Earlier:
    """A case that was before: played as its scenario says, about the same project, asset or household."""

    key: str
    name: str
    by_another: bool = False


@dataclasses.dataclass(frozen=True)
class Row:
    """What somebody entered by hand before."""

    register: str
    fields: tuple[tuple[str, object], ...]
    name: str | None = None
    status: str | None = None


IN_LIBRARY_EW = Earlier("pj_01_ew", "入库后本年度不编入预算，留作储备")
IN_LIBRARY_GT = Earlier("pj_01_gt", "村申报、乡审核、行业部门论证、县备案，进入项目库")
TARGETS_EW = Earlier("pf_02_ew", "审核通过，登记绩效目标")
TARGETS_GT = Earlier("pf_02_gt", "两家都认为合理，登记绩效目标")
BEGUN_EW = Earlier("pj_03_ew", "开工，资格核对通过后登记")
FINISHED_EW = Earlier("pj_03_ew", "完工，核实后登记")
PAID_EW = Earlier("fd_02_ew", "补录以后再核对，相符")
MONITORED_DS = Earlier("fp_01_ds", "一次通过，纳入监测")

EARLIER = {
    **{f"as_0{n}_aq": (Earlier("as_01_aq", "经营性资产摸底，建立管理台账"),) for n in (5, 6, 8)},
    **{f"as_0{n}_ds": (Earlier("as_01_ds", "逐件查清，记入台账"),) for n in (5, 6, 8)},
    **{f"as_0{n}_ew": (Earlier("as_01_ew", "逐件查清，记入台账"),) for n in (5, 6, 8)},
    **{f"as_0{n}_gt": (Earlier("as_01_gt", "逐件查清，记入台账"),) for n in (5, 6)},
    "fd_02_ew": (IN_LIBRARY_EW, PAID_EW),
    "fd_02_gt": (IN_LIBRARY_GT,),
    **{
        f"fp_10_{where}:{end}": (Earlier(f"fp_10_{where}", "在册户确定第一名"),)
        for where in ("ds", "ew", "gt")
        for end in ("不能办理", "已交接")
    },
    "fp_12_ds": (MONITORED_DS,),
    "fp_14_ds": (MONITORED_DS,),
    "pf_01_ew": (IN_LIBRARY_EW,),
    "pf_01_gt": (IN_LIBRARY_GT,),
    "pf_02_ew": (IN_LIBRARY_EW,),
    "pf_02_gt": (IN_LIBRARY_GT,),
    "pf_03_ew": (IN_LIBRARY_EW, TARGETS_EW),
    "pf_03_gt": (IN_LIBRARY_GT, TARGETS_GT),
    "pf_03_gt:不是监管部门": (IN_LIBRARY_GT, dataclasses.replace(TARGETS_GT, by_another=True)),
    "pf_04_ew": (IN_LIBRARY_EW, TARGETS_EW, BEGUN_EW, FINISHED_EW),
    "pf_04_ew:没有绩效目标": (IN_LIBRARY_EW, BEGUN_EW, FINISHED_EW),
    "pf_04_ew:项目尚未实施结束": (IN_LIBRARY_EW, TARGETS_EW, BEGUN_EW),
    "pf_04_ew:不是资金使用单位": (
        IN_LIBRARY_EW,
        dataclasses.replace(TARGETS_EW, by_another=True),
        BEGUN_EW,
        FINISHED_EW,
    ),
    "pj_01_ew": (),
    "pj_03_ew": (IN_LIBRARY_EW,),
    "pj_03_ew:已登记变动，规模超过上限": (
        IN_LIBRARY_EW,
        BEGUN_EW,
        Row("projects_ew", (("项目名称", "辉苏木奶食品加工点"), ("年度", 2026), ("项目投资", 3_500_000))),
    ),
    "pj_03_ew:资格核对未通过": (
        Row(
            "projects_ew",
            (
                ("项目名称", "查干诺尔嘎查饲草料基地"),
                ("年度", 2026),
                ("受益人数", 136),
                ("绩效目标", "新增饲草料地500亩"),
                ("环境影响评估", "未完成"),
            ),
        ),
    ),
    "pj_03_gt": (IN_LIBRARY_GT,),
}
"""What was before a procedure or, after a colon, before one of its ends."""

ALSO = {
    "helpers_ds": {"帮扶联系人": "赵五", "来源": "镇干部", "结对日期": "2026-01-05"},
    "helpers_ew": {"包户干部": "赵五", "来源": "干部包户", "结对日期": "2026-01-05"},
    "helpers_gt": {"帮扶责任人": "赵五", "来源": "乡干部", "结对日期": "2026-01-05"},
    "households_ds": {"重点人群": True},
    "projects_dk": {"年度": 2026},
    "warnings_ew": {"部门": "民政", "预警日期": "2026-02-20"},
    "warning_ledger": {"监测对象类别": "脱贫不稳定户"},
    "monitored_gt": {"监测对象类别": "脱贫不稳定户"},
}
"""Columns a register asks for and no scenario speaks of."""

LEFT_OUT = {
    "已抽足比例的不抽查": "asks for ten evaluations and two spot checks before it",
    "不是重点项目的，不委托第三方": "asks for the same",
    "入库以后绩效目标被改为空的，不得编入预算": "asks for a correction by hand between two steps",
}
"""Scenarios passed over for another one that reaches the same end, by name: why."""

OF_THE_MONITORED = ("fp_09", "fp_10", "fp_11", "fp_12", "fp_13")
LEDGERS = {
    "warning_ledger",
    "monitored_aq",
    "monitored_ew",
    "monitored_gt",
    "monitored_dk",
    "township_ledger_dk",
}


def before(key, scene):
    """What was before the scenario: none where it finds nothing on file; None where no table tells."""
    if not any(given.get("found") or given.get("rows") for given in scene.results.values()):
        return None
    return EARLIER.get(f"{key}:{scene.expect.outcome}", EARLIER.get(key))


def rows(key, scene):
    """Rows the scenario finds in the registers."""
    told = any("found" in given or "rows" in given for given in scene.results.values())
    if not told and key.startswith(OF_THE_MONITORED):
        fields = (("监测对象类别", "脱贫不稳定户"),)
        written = {said["register"] for _, said in operations(key).values() if "register" in said}
        return [Row(register, fields, status="监测中") for register in sorted(LEDGERS & written)]
    found = []
    for element, given in scene.results.items():
        operation, said = operations(key).get(element, ("", {}))
        told = {
            "register.read": [given] if given.get("found") else [],
            "register.list": given.get("rows", ()),
        }
        of = definition.named(said["register"]) if "register" in said else None
        for row in told.get(operation, ()):
            fields = tuple({**ALSO.get(of.key, {}), **row.get("fields", {})}.items())
            found.append(Row(of.key, fields, row.get("name"), row.get("status")))
    return found


def operations(key):
    """(operation, inputs) of each service task of the diagram, by id."""
    found = {}
    for name, node in artefacts.nodes(key).items():
        task = node.find(f"{BPMN}extensionElements/{ZEEBE}taskDefinition")
        if task is not None:
            inputs = node.iter(f"{ZEEBE}input")
            found[name] = (task.get("type"), {each.get("target"): each.get("source") for each in inputs})
    return found
