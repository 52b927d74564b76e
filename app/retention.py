"""How long the papers of a case are kept (保管期限): 永久, 30 年 or 10 年.

The three classes are those of 《机关文件材料归档范围和文书档案保管期限规定》（国家档案局令第8号）. Which one
a procedure is of stands in its description under ``[retention]``, and the lint asks for it; for versions
published before it did, the table below goes by their category, on the side of keeping longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workflows.clock import local_date, start_of_day
from workflows.designing.retention import CLASSES, FOREVER, TABLE, YEARS

__all__ = ["CLASSES", "FOREVER", "YEARS", "class_of", "ended_before", "grounds", "last_year", "words"]

SOURCE = "《机关文件材料归档范围和文书档案保管期限规定》（国家档案局令第8号）"

BY_CATEGORY = {
    "扶贫项目资产后续管理": FOREVER,
    "项目库与项目管理": FOREVER,
    "防止返贫监测和帮扶": "30年",
    "信访": "30年",
    "资金": "30年",
    "绩效管理": "30年",
    "嘎查治理": FOREVER,
    "村级治理": FOREVER,
    "督办": "30年",
}
"""Assets, projects and what a village resolved outlive a generation; a household's standing is kept as long
as it may matter."""


def class_of(meta: Mapping[str, Any]) -> str:
    """The class of a procedure's cases; what nobody has classed is kept for good."""
    said = (meta.get(TABLE) or {}).get("class")
    return said if said in CLASSES else BY_CATEGORY.get(str(meta.get("category")), FOREVER)


def grounds(meta: Mapping[str, Any]) -> str:
    """On what grounds a procedure's class stands, to follow the word 保管期限."""
    said = meta.get(TABLE) or {}
    if said.get("class") not in CLASSES:
        return "：这一版没有写明，按类别从长。"
    if said.get("origin") == "source":
        return f"是文件规定的：{said.get('basis', '')}"
    return f"是本地设定的：{said.get('why', '')}"


def last_year(kind: str, ended_at: datetime) -> int | None:
    """The last year through which a case is kept: whole years, counted from the one after it ended."""
    return local_date(ended_at).year + YEARS[kind] if kind in YEARS else None


def ended_before(kind: str, now: datetime) -> datetime | None:
    """Cases of a class that ended before this instant are due for disposal; None where none ever is."""
    if kind not in YEARS:
        return None
    return start_of_day(date(local_date(now).year - YEARS[kind], 1, 1))


def words(kind: str, ended_at: datetime | None) -> str:
    """What the page of a case says."""
    year = last_year(kind, ended_at) if ended_at else None
    return f"{kind}（至{year}年底）" if year else kind
