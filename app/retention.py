"""How long the papers of a case are kept (保管期限): 永久, 30 年 or 10 年.

The three classes are those of 《机关文件材料归档范围和文书档案保管期限规定》（国家档案局令第8号）. Which one
a procedure is of stands in its description under ``[retention]``; where it does not, the table below goes
by its category, on the side of keeping longer, and every entry of it is 需核定.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workflows.clock import local_date, start_of_day

SOURCE = "《机关文件材料归档范围和文书档案保管期限规定》（国家档案局令第8号）"

FOREVER = "永久"
YEARS = {"30年": 30, "10年": 10}
CLASSES = (FOREVER, *YEARS)

BY_CATEGORY = {
    "扶贫项目资产后续管理": FOREVER,
    "项目库与项目管理": FOREVER,
    "防止返贫监测和帮扶": "30年",
    "信访": "30年",
    "资金": "30年",
    "绩效管理": "30年",
    "嘎查治理": "30年",
    "村级治理": "30年",
    "督办": "10年",
}
"""Assets and projects outlive a generation; a household's standing is kept as long as it may matter."""


def class_of(meta: Mapping[str, Any]) -> str:
    """The class of a procedure's cases; what nobody has classed is kept for good."""
    said = (meta.get("retention") or {}).get("class")
    return said if said in CLASSES else BY_CATEGORY.get(str(meta.get("category")), FOREVER)


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
