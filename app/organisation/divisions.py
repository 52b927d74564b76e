"""The divisions and units a fresh installation starts with, read from the files in ``data``.

Codes and names are the statistical division codes (统计用区划代码) of the National Bureau of Statistics;
圪塔上乡 is written as its own documents write it.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.organisation.roles import DEPARTMENT_ROLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DATA = Path(__file__).parent / "data"

COUNTY_END, TOWNSHIP_END = "000000", "000"

# What the office of a division is called, by the division's kind.
_OFFICE_NAMES = {
    "村": "{name}村民委员会",
    "嘎查": "{name}委员会",
    "社区": "{name}居民委员会",
    "分场": "{above}{name}",
    "镇": "{name}人民政府",
    "乡": "{name}人民政府",
    "苏木": "{name}人民政府",
    "街道": "{name}办事处",
    "农场公司": "{name}",
    "实验中心": "{name}",
}

FARM_KINDS = {"农场公司", "实验中心"}
"""Kinds that answer for their territory beside the 苏木镇 without being a government."""


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """A division as the files give it."""

    code: str
    kind: str
    name: str

    @property
    def level(self) -> str:
        """county, township or village, as the code's zeros say."""
        return level_of(self.code)

    @property
    def parent(self) -> str | None:
        """The code of the division above, None for a county."""
        return {"county": None, "township": county_of(self.code), "village": township_of(self.code)}[
            self.level
        ]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as the files give it."""

    name: str
    office: str
    department: str
    level: str
    division: str


def level_of(code: str) -> str:
    """The level a 12-digit code stands for."""
    if code.endswith(COUNTY_END):
        return "county"
    return "township" if code.endswith(TOWNSHIP_END) else "village"


def county_of(code: str) -> str:
    """The code of the county above (or of itself)."""
    return code[:6] + COUNTY_END


def township_of(code: str) -> str:
    """The code of the township above (or of itself); a county has none and gives its own."""
    return code[:9] + TOWNSHIP_END


def read_divisions() -> list[DivisionRow]:
    """Every division of the five localities, each after the one it lies in."""
    rows: list[DivisionRow] = []
    for path in sorted(DATA.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows.extend(DivisionRow(**row) for row in csv.DictReader(file))
    return sorted(rows, key=lambda row: row.code)


def read_units(divisions: Sequence[DivisionRow]) -> list[UnitRow]:
    """The unit of every township and village, and the bureaus and departments of every county."""
    names = {row.code: row.name for row in divisions}
    units = [_office_of(row, names) for row in divisions if row.level != "county"]
    return units + list(_county_units())


def _office_of(row: DivisionRow, names: dict[str, str]) -> UnitRow:
    name = _OFFICE_NAMES[row.kind].format(name=row.name, above=names.get(row.parent or "", ""))
    if row.level == "village":
        return UnitRow(name, "village_committee", "", "village", row.code)
    if row.kind in FARM_KINDS:
        return UnitRow(name, "farm_company", "", "farm", row.code)
    return UnitRow(name, "township_government", "", "township", row.code)


def _county_units() -> Iterator[UnitRow]:
    with (DATA / "units.toml").open("rb") as file:
        counties = tomllib.load(file)
    for division, county in counties.items():
        for office, name in county["offices"].items():
            yield UnitRow(name, office, "", "county", division)
        for department, name in county["departments"].items():
            yield UnitRow(name, DEPARTMENT_ROLE, department, "department", division)
