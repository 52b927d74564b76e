"""Stored answers as a person reads them: masked, with thousands separators, names instead of codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from forms import validators
from forms.capitals import capitals

if TYPE_CHECKING:
    from forms.definition import Field
    from forms.lookups import AttachmentInfo, Lookups

NOTHING = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One question and its answer. `shape` is text, files or rows."""

    label: str
    shape: str = "text"
    text: str = ""
    capitals: str = ""
    """A sum of money once more in capitals, for papers."""
    files: tuple[tuple[int, AttachmentInfo | None], ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Line, ...], ...] = ()


def present(fields: Iterable[Field], answers: Mapping[str, Any], lookups: Lookups) -> tuple[Line, ...]:
    """Every question that was answered, in the order of the form."""
    return tuple(
        _line(field, answers[field.key], lookups)
        for field in fields
        if answers.get(field.key) not in (None, "", [])
    )


def _line(field: Field, value: Any, lookups: Lookups) -> Line:
    if field.type == "rows" and isinstance(value, list):
        return _table(field, [row for row in value if isinstance(row, dict)], lookups)
    if field.type == "files" and isinstance(value, list):
        numbers = (number for number in value if isinstance(number, int))
        files = tuple((number, lookups.attachment(number)) for number in numbers)
        return Line(label=field.label, shape="files", files=files)
    return Line(label=field.label, text=spell(field, value, lookups), capitals=_capitals(field, value))


def _capitals(field: Field, value: Any) -> str:
    if field.kind != "money" or isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return capitals(value, field.unit)


def brief(field: Field, value: Any, lookups: Lookups) -> str:
    """One answer in words that fit a line: of rows, how many there are and what each is called."""
    if not field.rows or not isinstance(value, list):
        return spell(field, value, lookups)
    rows = [row for row in value if isinstance(row, dict)]
    names = [spell(field.rows[0], row.get(field.rows[0].key), lookups) for row in rows]
    return f"{len(rows)}行：{'、'.join(names)}" if rows else "0行"


def _table(field: Field, rows: list[dict[str, Any]], lookups: Lookups) -> Line:
    """The rows as a table, without the columns nobody filled in."""
    used = [child for child in field.rows if any(row.get(child.key) not in (None, "", []) for row in rows)]
    return Line(
        label=field.label,
        shape="rows",
        columns=tuple(child.label for child in used),
        rows=tuple(tuple(_line(child, row.get(child.key), lookups) for child in used) for row in rows),
    )


def spell(field: Field, value: Any, lookups: Lookups) -> str:
    """One answer in words."""
    if value is None or value == "":
        return NOTHING
    if field.is_sensitive:
        return (
            str(value.get("mask", ""))
            if isinstance(value, dict)
            else validators.masked(field.kind, str(value))
        )
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.kind == "division":
        return lookups.division_name(str(value)) or str(value)
    if field.kind == "person":
        return (lookups.person_name(value) if isinstance(value, int) else None) or str(value)
    if isinstance(value, int | float):
        return amount(field, value)
    return _words(field, value)


def amount(field: Field, value: float) -> str:
    """A number with its unit; money always with two decimals."""
    exact = Decimal(repr(value))
    money = field.kind == "money"
    unit = field.unit or ("元" if money else "")
    return f"{exact:,.2f} {unit}".strip() if money else f"{exact:,f} {unit}".strip()


def _words(field: Field, value: Any) -> str:
    labels = {option.value: option.label for option in field.options}
    if isinstance(value, list):
        return "、".join(labels.get(str(item), str(item)) for item in value)
    if field.type == "datetime":
        return str(value).replace("T", " ")
    return labels.get(str(value), str(value))
