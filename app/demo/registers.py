"""Households of a demonstration in the registers: enough for surveys, helpers and monthly duties."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.registers import finding, rows
from app.registers.definition import LOCALITIES, Definition, named
from app.registers.finding import Whom
from app.registers.rows import Deed
from app.security import demo, sealing
from workflows.clock import local_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.commands import Context

SEED, HOUSEHOLDS, MONITORED = 20260301, 12, 3
"""So many households a village, the first of them monitored."""

FIRST_SERIAL = 900
"""Where the numbers of these households begin: no other made-up household comes so far."""

WHY = "演示数据"

_SURNAMES = "王 张 刘 李 高 郝 白 贺 田 乔 苏 杨 赵 马 郭 段 任 边 云 包".split()
_GIVEN = "永福 玉兰 建华 秀英 志明 桂芳 海生 丽萍 国强 翠花 忠义 巧云 有才 凤英 长贵 春梅".split()

_LEDGERS = {
    "DS": "warning_ledger",
    "AQ": "monitored_aq",
    "EW": "monitored_ew",
    "GT": "monitored_gt",
    "DK": "monitored_dk",
}
_HELPERS = {
    "DS": ("helpers_ds", "帮扶联系人", "镇干部"),
    "GT": ("helpers_gt", "帮扶责任人", "村干部"),
    "EW": ("helpers_ew", "包户干部", "干部包户"),
}


@dataclass(frozen=True, slots=True)
class _Household:
    name: str
    identity: str
    size: int
    poor: bool
    address: str = ""
    phone: str = ""


def fill(ctx: Context, village: str) -> int:
    """The households of one village; gives how many were new."""
    locality = next(key for key in LOCALITIES if named(f"households_{key.lower()}").holds(village))
    new = 0
    for number, one in enumerate(_households(village)):
        identity = sealing.seal("identity", one.identity)
        whom = Whom(division=village, key=identity["hash"], name=one.name, identity=identity)
        fields = {
            "户类型": "脱贫户" if one.poor else "非脱贫户",
            "家庭人口": one.size,
            "劳动力人数": max(0, one.size - 2),
            "住址": one.address or None,
            "联系电话": one.phone or None,
        }
        new += _enter(ctx, named(f"households_{locality.lower()}"), whom, "登记", fields)
        if number < MONITORED:
            _monitor(ctx, locality, whom, one)
    return new


def _monitor(ctx: Context, locality: str, whom: Whom, one: _Household) -> None:
    ledger, day = named(_LEDGERS[locality]), local_date(ctx.now) - timedelta(days=200)
    category = ledger.column("监测对象类别")
    offered = category.options if category else ()
    fields: dict[str, Any] = {
        "监测对象类别": offered[0 if one.poor else 1],
        "户类型": "脱贫户" if one.poor else "非脱贫户",
        "共同生活人数": one.size,
        "识别日期": day.isoformat(),
    }
    _enter(ctx, ledger, whom, "识别", fields)
    if locality in _HELPERS:
        register, column, pool = _HELPERS[locality]
        paired = {column: demo.cadre_of(whom.division), "来源": pool, "结对日期": day.isoformat()}
        _enter(ctx, named(register), whom, "结对", paired)


def _enter(ctx: Context, of: Definition, whom: Whom, event: str, fields: dict[str, Any]) -> bool:
    """Enter a row that is not there; False where it is."""
    subject = finding.subject_of(ctx, whom, of.subject)
    if subject is not None:
        key = finding.row_key(of, subject.id, whom, fields)
        if finding.standing(ctx, of, key) is not None:
            return False
    rows.enter(ctx, of, whom, Deed(event=event, fields=fields, reason=WHY))
    return True


def _households(village: str) -> Iterator[_Household]:
    """The made-up households of a village, the same each time, and those of its accounts."""
    # Made-up people need no secrets, only the same faces every time.
    dice = random.Random(f"{SEED}:{village}")  # noqa: S311
    for number in range(HOUSEHOLDS):
        born = f"{1945 + dice.randrange(35)}{1 + dice.randrange(12):02d}{1 + dice.randrange(28):02d}"
        serial = FIRST_SERIAL + number
        identity = demo.identity_number(village[:6], born, serial)
        name = dice.choice(_SURNAMES) + dice.choice(_GIVEN)
        size, poor = 1 + dice.randrange(5), dice.randrange(2) == 0
        address, phone = f"{1 + number % 4}组{number + 1}号", f"138{village[2:6]}{serial:04d}"
        yield _Household(name, identity, size, poor, address, phone)
    for account in demo.households():
        if account.division == village:
            yield _Household(account.name, account.identity, 3, poor=False)
