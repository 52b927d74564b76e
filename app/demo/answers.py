"""What is written into the forms of 东胜区监测对象识别 when a demonstration fills them in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.demo.households import Household

DEPARTMENTS = ("民政", "卫健", "医保", "住建", "教育", "残联", "应急管理")
INDICATORS = ("food", "clothing", "education", "medical", "housing", "water")
CATEGORIES = ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")

PHOTO, SIGNATURE, MINUTES = "入户照片.png", "户主签字.png", "评议会议记录.png"


def application(of: Household, day: date, cadre: str) -> dict[str, Any]:
    """提交申请: found on a round or in a department's data, or written down for the household."""
    answers: dict[str, Any] = {
        "head_name": of.name,
        "head_identity": of.identity,
        "phone": of.phone,
        "address": of.address,
        "household_type": "脱贫户" if of.number % 3 == 0 else "非脱贫户",
        "risk_reasons": list(of.reasons),
        "risk_statement": of.statement,
        "members": [dict(member) for member in of.members],
        "head_labour": "普通劳动力",
        "income_total": of.income,
        "cost_business": of.income // 4,
        "rigid_spend": of.spending,
    }
    if of.number % 5 < 2:
        proxy = {"by_proxy": True, "proxy_name": cadre, "proxy_reason": "户主口述，逐项念给本人核对无误。"}
        return answers | proxy | {"source": "农牧户自主申报", "channel": "书面"}
    source = "干部走访排查" if of.number % 5 < 4 else "部门筛查预警"
    found = (day - timedelta(days=1)).isoformat()
    return answers | {"source": source, "found_on": found, "found_by": cadre}


def check(of: Household, day: date, cadres: str, files: Mapping[str, int], **more: Any) -> dict[str, Any]:
    """入户核实: everything in order but what hit the household."""
    return {
        "visited_on": day.isoformat(),
        "visitors": cadres,
        **{name: "有问题" if name == of.hit else "有保障" for name in INDICATORS},
        "problem_note": of.statement,
        "household_size": of.size,
        "net_income": of.income * 3 // 4,
        "rigid_spend": of.spending,
        "photos": [files[PHOTO]],
        "household_signature": [files[SIGNATURE]],
        "conclusion": "属实",
        **more,
    }


def review(of: Household, day: date, host: str, files: Mapping[str, int], *, agreed: bool) -> dict[str, Any]:
    """村评议: the votes fit the conclusion."""
    present = 24 + of.number % 7
    agree = present - 2 if agreed else present // 3
    answers: dict[str, Any] = {
        "held_on": day.isoformat(),
        "place": "村委会会议室",
        "host": host,
        "expected": 31,
        "present": present,
        "agree": agree,
        "against": present - agree - 1,
        "abstain": 1,
        "minutes": [files[MINUTES]],
        "conclusion": "通过" if agreed else "不通过",
    }
    return answers if agreed else answers | {"opinion": "多数代表认为外出务工收入没有核清，请补充核实。"}


def publicity(host: str, files: Mapping[str, int]) -> dict[str, Any]:
    """村公示: the text names nobody's number, illness or account."""
    return {
        "content": "经入户核实和村评议，拟将下列农牧户识别为防止返贫监测对象，现予公示，欢迎监督。",
        "contact": f"{host} 0477-8120001",
        "place": "村务公开栏",
        "photos": [files[PHOTO]],
        "privacy_checked": True,
    }


def township(*, returned: bool) -> dict[str, Any]:
    """镇（街道）审核."""
    if returned:
        return {"conclusion": "退回", "opinion": "核实表没有写明保险赔付情况，请补充核实后重新评议公示。"}
    checked = ["申请", "入户核实记录", "评议会议记录", "公示材料"]
    return {"checked": checked, "conclusion": "审核通过", "opinion": "材料齐全，同意上报。"}


def county(of: Household, *, refused: bool) -> dict[str, Any]:
    """区级比对审定: a row per department, and the decision."""
    rows = [{"department": name, "result": "无异常"} for name in DEPARTMENTS]
    if refused:
        rows[3] = {"department": "住建", "result": "有疑点", "remark": "名下有商品房出租。"}
        why = "比对发现名下有商品房出租，家庭收入稳定，不符合监测对象条件。"
        return {"comparisons": rows, "conclusion": "审定不通过", "opinion": why}
    return {
        "comparisons": rows,
        "conclusion": "审定通过",
        "category": CATEGORIES[of.number % 3],
        "risk_types": list(of.reasons),
    }
