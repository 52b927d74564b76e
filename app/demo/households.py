"""Made-up households for cases of a demonstration: the same number always gives the same household."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.security.demo import identity_number

REGION = "150602"
"""The numbers begin with a county code younger than every birthday used, so they belong to nobody."""

_FIRST_BIRTHDAY, _BIRTHDAYS, _SPREAD = date(1946, 1, 1), 18_000, 7_919
_PEOPLE_EACH = 5

_SURNAMES = "王 张 刘 李 高 郝 白 贺 田 折 乔 苏 杨 赵 马 郭 段 任 柴 訾 奥 边 云 包".split()
_GIVEN = (
    "建军 秀英 玉兰 福生 海军 丽霞 永明 翠莲 志强 桂英 文斌 改兰 二虎 巧珍 宝山 月娥 振华 存良 俊梅 满仓 "
    "永胜 彩霞 计生 凤仙 占元 美玲 喜林 素珍 根旺 引弟"
).split()
_MONGOLIAN = (
    "乌云 其其格 巴雅尔 苏日娜 那日苏 萨仁高娃 阿拉坦 图雅 额尔敦 娜仁花 布和 敖登 斯琴 宝音 哈斯".split()
)
_RELATIONS = ("配偶", "子女", "父母", "子女")
_LABOUR = ("普通劳动力", "弱劳动力、半劳动力", "丧失劳动力", "技能劳动力")

TROUBLES = (
    (
        ("因病", "刚性支出较大"),
        "medical",
        "{who}去年查出重病，先后住院三次，自付部分花光了积蓄，还借了外债。",
    ),
    (("因灾", "收入大幅缩减"), "housing", "七月雨涝冲毁玉米地十二亩，院墙和南房倒塌，当年种植基本没有收入。"),
    (("因意外事故",), "medical", "{who}外出务工时摔伤，半年不能劳动，家里只靠低额的零工收入。"),
    (("因学", "刚性支出较大"), "education", "两个孩子在外读书，学费和生活费超过家里一年的种养收入。"),
    (("因残",), "medical", "{who}肢体残疾，需要人照料，家里少了一个劳动力。"),
    (("住房安全",), "housing", "土木结构老房后墙开裂，雨季漏水，没有能力自行翻修。"),
    (("收入大幅缩减",), "food", "羊群染病损失四十多只，饲草价格上涨，今年的收入不到往年的三分之一。"),
    (("饮水安全",), "water", "水井水位下降，枯水期每天要到三里外拉水，吃水得不到保证。"),
)
"""Risk reasons, the indicator of 两不愁三保障 they hit, and how the household tells it."""


@dataclass(frozen=True, slots=True)
class Household:
    """One made-up household with the numbers a form asks for, plain."""

    number: int
    name: str
    identity: str
    phone: str
    address: str
    members: tuple[dict[str, Any], ...]
    income: int
    spending: int
    reasons: tuple[str, ...]
    hit: str
    statement: str

    @property
    def size(self) -> int:
        """How many people live in it."""
        return 1 + len(self.members)


def household(number: int, village: str) -> Household:
    """The ``number``-th household, living in ``village``; no identity number or telephone occurs twice."""
    dice = random.Random(number)  # noqa: S311 (made-up people, not secrets)
    reasons, hit, statement = dice.choice(TROUBLES)
    members = tuple(_member(number, place, dice) for place in range(1, dice.randint(2, _PEOPLE_EACH)))
    return Household(
        number=number,
        name=_name(dice),
        identity=_identity(number, 0),
        phone=f"139{number % 100_000_000:08d}",
        address=f"{village}{dice.choice('一二三四五六')}社{dice.randint(1, 98)}号",
        members=members,
        income=dice.randrange(6_000, 42_000, 100),
        spending=dice.randrange(3_000, 30_000, 100),
        reasons=reasons,
        hit=hit,
        statement=statement.format(who=members[0]["name"] if members else "户主本人"),
    )


def _member(number: int, place: int, dice: random.Random) -> dict[str, Any]:
    return {
        "name": _name(dice),
        "relation": _RELATIONS[place - 1],
        "identity": _identity(number, place),
        "labour": dice.choice(_LABOUR),
    }


def _name(dice: random.Random) -> str:
    if dice.random() < 0.2:
        return dice.choice(_MONGOLIAN)
    return dice.choice(_SURNAMES) + dice.choice(_GIVEN)


def _identity(number: int, place: int) -> str:
    """Counting through days before serials keeps neighbours apart and never meets the same pair twice."""
    person = number * _PEOPLE_EACH + place
    birth = _FIRST_BIRTHDAY + timedelta(days=person * _SPREAD % _BIRTHDAYS)
    return identity_number(REGION, birth.strftime("%Y%m%d"), person // _BIRTHDAYS % 1000)
