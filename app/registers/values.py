"""What may stand in a column: the check of each type, its canonical form, the sentence for what is wrong."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from app.registers.definition import SEALED
from app.security import sealing
from forms import validators
from forms.validators import Wrong
from workflows.clock import LOCAL, local_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.registers.definition import Column, Definition

LONGEST, LONGEST_OPTION, MOST_ENTRIES = 2_000, 120, 200
FIRST_YEAR, LAST_YEAR = 1900, 2999
_MONTH = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])")


def checked(
    definition: Definition, given: Mapping[str, Any], today: date
) -> tuple[dict[str, Any], dict[str, str]]:
    """The canonical values of the columns given, and a sentence for each that does not fit.

    What is null or empty is left out: a column is never emptied by not being mentioned.
    """
    fit: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in given.items():
        column = definition.column(name)
        if column is None:
            wrong[name] = f"“{definition.name}”没有“{name}”这一栏。"
        elif not _absent(value):
            try:
                fit[name] = canonical(column, value, today)
            except Wrong as error:
                wrong[name] = f"“{name}”填写有误：{error}"
    return fit, wrong


def missing(definition: Definition, status: str, fields: Mapping[str, Any]) -> dict[str, str]:
    """A sentence for each column that a row in that state must have and has not."""
    return {
        column.name: f"“{column.name}”应当填写。"
        for column in definition.columns
        if column.needed_in(status) and _absent(fields.get(column.name))
    }


def canonical(column: Column, value: Any, today: date) -> Any:
    """The value as it is stored; raises Wrong with a sentence."""
    return _KINDS[column.type](column, value, today)


def _absent(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _text(_column: Column, value: Any, _today: date) -> str:
    if not isinstance(value, str):
        raise Wrong("应为文字。")
    found = validators.clean(value)
    if len(found) > LONGEST:
        raise Wrong(f"最多 {LONGEST} 个字。")
    return found


def _decimal(value: Any) -> Decimal:
    if isinstance(value, str):
        return validators.number(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Wrong("应为数字。")
    try:
        return validators.exact(Decimal(str(value)))
    except InvalidOperation:
        raise Wrong("应为数字。") from None


def _number(column: Column, value: Any, _today: date) -> int | float:
    found = _decimal(value)
    if column.least is not None and found < Decimal(str(column.least)):
        raise Wrong(f"不能小于 {column.least:g}。")
    if column.most is not None and found > Decimal(str(column.most)):
        raise Wrong(f"不能大于 {column.most:g}。")
    return validators.json_number(found)


def _money(column: Column, value: Any, today: date) -> int | float:
    if validators.places(_decimal(value)) > 2:
        raise Wrong("金额最多两位小数。")
    return _number(column, value, today)


def _date(_column: Column, value: Any, _today: date) -> str:
    text = str(value).strip() if isinstance(value, str) else ""
    try:
        if len(text) == len("2026-01-01"):
            found = date.fromisoformat(text)
        else:
            instant = datetime.fromisoformat(text.partition("[")[0].partition("@")[0])
            found = local_date(instant) if instant.tzinfo else instant.replace(tzinfo=LOCAL).date()
    except ValueError:
        raise Wrong("应为日期，如 2026-03-20。") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Wrong(f"年份应在 {FIRST_YEAR} 与 {LAST_YEAR} 之间。")
    return found.isoformat()


def _month(_column: Column, value: Any, _today: date) -> str:
    text = str(value).strip()[:7] if isinstance(value, str) else ""
    if not _MONTH.fullmatch(text):
        raise Wrong("应为年月，如 2026-03。")
    return text


def _year(_column: Column, value: Any, _today: date) -> int:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    text = text.removesuffix("年")
    if not (text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise Wrong("应为四位年度，如 2026。")
    return int(text)


def _choice(column: Column, value: Any, _today: date) -> str:
    if value not in column.options:
        raise Wrong(f"只能是：{'、'.join(column.options)}。")
    return str(value)


def _list(column: Column, value: Any, today: date) -> list[str]:
    given = re.split("[、,，;；\n]", value) if isinstance(value, str) else value
    if not isinstance(given, list) or len(given) > MOST_ENTRIES:
        raise Wrong("应为几项文字，用顿号隔开。")
    found = [_text(column, one, today) for one in given]
    strange = [one for one in found if column.options and one not in column.options]
    if strange:
        raise Wrong(f"不能有“{strange[0]}”，只能是：{'、'.join(column.options)}。")
    return list(dict.fromkeys(one for one in found if one))


def _boolean(_column: Column, value: Any, _today: date) -> bool:
    found = {"是": True, "否": False, True: True, False: False}.get(
        value if isinstance(value, str | bool) else ""
    )
    if found is None:
        raise Wrong("只能是：是、否。")
    return found


def _sealed(column: Column, value: Any, today: date) -> dict[str, str]:
    if sealing.is_sealed(value) and value.get("kind") == column.type:
        return dict(value)
    if not isinstance(value, str):
        raise Wrong("应为号码。")
    return sealing.seal(column.type, validators.code(column.type, value, today.isoformat()))


def _files(_column: Column, value: Any, _today: date) -> list[int]:
    given = value if isinstance(value, list) else [value]
    if any(isinstance(one, bool) or not isinstance(one, int) or one < 1 for one in given):
        raise Wrong("应为已上传材料的编号。")
    return list(dict.fromkeys(given))


def _row(_column: Column, value: Any, _today: date) -> str:
    """A row of another register by its number; that it is there is checked where rows are."""
    found = value.get("number") if isinstance(value, dict) else value
    if not isinstance(found, str) or not found.strip() or len(found) > 40:
        raise Wrong("应为台账编号。")
    return found.strip()


_KINDS: dict[str, Callable[[Column, Any, date], Any]] = {
    "text": _text,
    "number": _number,
    "money": _money,
    "date": _date,
    "month": _month,
    "year": _year,
    "choice": _choice,
    "list": _list,
    "boolean": _boolean,
    **dict.fromkeys(SEALED, _sealed),
    "file": _files,
    "link": _row,
}


def shown(value: Any) -> str:
    """A column's value as text, as a page or a spreadsheet shows it: masked where it is sealed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if sealing.is_sealed(value):
        return str(value["mask"])
    if isinstance(value, list):
        return "、".join(shown(each) for each in value)
    return str(value)


def sorted_out(definition: Definition, fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The lines by which a row with these fields is found: column and value as text."""
    found: list[tuple[str, str]] = []
    for column in definition.columns:
        value = fields.get(column.name)
        if value is None or not (column.sorts or column.name in definition.unique):
            continue
        values = value if isinstance(value, list) else [value]
        found += [(column.name, as_key(one)) for one in values]
    return list(dict.fromkeys(found))


def as_key(value: Any) -> str:
    """A value as rows are narrowed by it."""
    return shown(value)[:LONGEST_OPTION]


def due_on(definition: Definition, fields: Mapping[str, Any]) -> date | None:
    """The earliest date by which something is to be done for the row."""
    dates = [fields[column.name] for column in definition.columns if column.due and fields.get(column.name)]
    return date.fromisoformat(min(dates)) if dates else None
