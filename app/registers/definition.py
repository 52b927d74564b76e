"""What a register is: its columns, states and moves, who may read and write it. One TOML file each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from workflows.commands import division_prefix
from workflows.errors import NotFound

FOLDER = Path(__file__).parent / "definitions"

TYPES = {
    "text": "文字",
    "number": "数字",
    "money": "金额（元）",
    "date": "日期",
    "month": "年月",
    "year": "年度",
    "choice": "单选",
    "list": "多项",
    "boolean": "是或否",
    "identity": "身份证号",
    "phone": "电话",
    "file": "材料",
    "link": "所属台账记录",
}
"""Every type of column, as a person reads it."""

SEALED = ("identity", "phone")
"""Types never stored plain."""

SORTED_OUT = ("choice", "list", "boolean", "month", "year", "link")
"""Types by which rows are narrowed."""

PERSONAL = ("household", "person")
"""Subjects that are people: known by their identity number."""

LOCALITIES = {
    "DS": ("东胜区", "150602000000"),
    "AQ": ("敖勒召其镇", "150623100000"),
    "EW": ("鄂温克族自治旗", "150724000000"),
    "GT": ("圪塔上乡", "141123209000"),
    "DK": ("磴口县", "150822000000"),
}
"""The localities of the source documents: name and division."""

ENTERED, CORRECTED, LINKED, IMPORTED, REMOVED = "登记", "更正", "关联", "导入", "销号"

ALWAYS = (ENTERED, CORRECTED, LINKED, IMPORTED, REMOVED)
"""Events that any register knows beside its own."""


class UnknownRegister(NotFound):
    """No register of that key, or no such row in reach."""

    code = "register.unknown"
    sentence = "没有找到该台账或台账记录，或不在您的管理范围内。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name is also its label, in the source's words."""

    name: str
    type: str = "text"
    options: tuple[str, ...] = ()
    required: tuple[str, ...] | bool = False
    """True: always; else the states in which it must be filled."""
    unit: str = ""
    least: float | None = None
    most: float | None = None
    to: tuple[str, ...] = ()
    """Of a link: the registers its row may stand in."""
    due: bool = False
    """The date by which something is to be done: it carries a lamp."""
    narrows: bool = False
    """Rows are narrowed by it although its type alone would not say so."""
    withheld: bool = False
    """Names the person or unit from whom the row is kept."""
    origin: str = "source"
    why: str = ""

    @property
    def sorts(self) -> bool:
        """Whether rows can be narrowed by this column."""
        return self.narrows or (not self.withheld and self.type in SORTED_OUT)

    def needed_in(self, state: str) -> bool:
        """Whether a row in that state must have it."""
        return self.required if isinstance(self.required, bool) else state in self.required


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state of a row, and where it may go from there."""

    name: str
    moves: tuple[str, ...] = ()
    ends: bool = False
    yields_to: tuple[str, ...] = ()
    """A row already in one of these states keeps it when this state is asked for; only the event is noted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A register: 台账, 名单, 项目库 or whatever the locality calls it."""

    key: str
    name: str
    category: str
    localities: tuple[str, ...]
    subject: str
    series: str
    columns: tuple[Column, ...]
    states: tuple[State, ...]
    events: tuple[str, ...]
    unit: str = "条"
    title: str = ""
    """The column that names a row not about people."""
    unique: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    """Roles that may read within their divisions; empty: everybody who handles cases there."""
    writers: tuple[str, ...] = ()
    """Roles that may register and correct by hand within their divisions."""
    removal: tuple[str, str] | None = None
    """销号: the state in which something was put right, and the state after it was taken off."""
    basis: tuple[str, ...] = ()
    origin: str = "source"
    why: str = ""
    _columns: dict[str, Column] = field(default_factory=dict, repr=False, compare=False)
    _states: dict[str, State] = field(default_factory=dict, repr=False, compare=False)

    @property
    def initial(self) -> str:
        """The state of a row that is entered without one."""
        return self.states[0].name

    @property
    def is_personal(self) -> bool:
        """Whether its rows are about people."""
        return self.subject in PERSONAL

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return self._columns.get(name)

    def state(self, name: str) -> State | None:
        """The state of that name."""
        return self._states.get(name)

    def knows(self, event: object) -> bool:
        """Whether such a thing may happen to a row."""
        return event in self.events or event in ALWAYS

    def holds(self, division: str) -> bool:
        """Whether rows of that division belong here."""
        return any(division.startswith(division_prefix(LOCALITIES[one][1])) for one in self.localities)


class Malformed(ValueError):
    """A definition file is wrong; says which and where."""


def read(text: str, key: str) -> Definition:
    """The definition in a TOML text; raises Malformed."""
    try:
        made = _made(tomllib.loads(text), key)
    except (tomllib.TOMLDecodeError, TypeError, KeyError, ValueError) as error:
        raise Malformed(f"{key}: {error}") from error
    _check(made)
    return made


def _made(told: dict[str, Any], key: str) -> Definition:
    columns = tuple(Column(**_tuples(one)) for one in told.pop("column"))
    states = tuple(State(**_tuples(one)) for one in told.pop("state"))
    told = _tuples(told)
    return Definition(
        key=key,
        columns=columns,
        states=states,
        _columns={one.name: one for one in columns},
        _states={one.name: one for one in states},
        **told,
    )


def _tuples(told: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}


def _check(one: Definition) -> None:
    faults = [
        *(f"locality {name}" for name in one.localities if name not in LOCALITIES),
        *(f"type of {column.name}" for column in one.columns if column.type not in TYPES),
        *(
            f"options of {column.name}"
            for column in one.columns
            if column.type == "choice" and not column.options
        ),
        *(f"registers of {column.name}" for column in one.columns if column.type == "link" and not column.to),
        *(f"unique {name}" for name in one.unique if one.column(name) is None),
        *(
            f"move {state.name} → {name}"
            for state in one.states
            for name in (*state.moves, *state.yields_to)
            if one.state(name) is None
        ),
        *(f"state {name}" for name in one.removal or () if one.state(name) is None),
        *(
            f"state {name} of {column.name}"
            for column in one.columns
            if isinstance(column.required, tuple)
            for name in column.required
            if one.state(name) is None
        ),
    ]
    if any(len({each.name for each in group}) != len(group) for group in (one.columns, one.states)):
        faults.append("a name twice")
    if not one.is_personal and not one.title:
        faults.append("title")
    if one.title and one.column(one.title) is None:
        faults.append(f"title {one.title}")
    if faults:
        raise Malformed(f"{one.key}: {'; '.join(faults)}")


@cache
def every() -> dict[str, Definition]:
    """Every register by key, by category and name."""
    found = [read(path.read_text(encoding="utf-8"), path.stem) for path in FOLDER.glob("*.toml")]
    order = {name: number for number, name in enumerate(CATEGORIES)}
    found.sort(key=lambda one: (order.get(one.category, len(order)), one.localities, one.key))
    return {one.key: one for one in found}


CATEGORIES = (
    "防止返贫监测和帮扶",
    "农村低收入人口",
    "“三保障”和饮水安全",
    "项目库",
    "绩效管理",
    "资金",
    "扶贫资产",
    "督办",
    "信访",
)
"""The order in which categories are shown; others follow."""


def named(key: object) -> Definition:
    """The register of that key; raises UnknownRegister."""
    found = every().get(key) if isinstance(key, str) else None
    if found is None:
        raise UnknownRegister
    return found
