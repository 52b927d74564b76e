"""A form that is not done yet, on paper: every question with its answer so far, or room to write one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from forms.presenting import Line, spell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from forms import Definition, Field, Lookups

TICKED, OPEN = "☑", "□"
ROOM = "　" * 8
LEAST_ROWS = 3


def lines(definition: Definition, answers: Mapping[str, Any], lookups: Lookups) -> tuple[Line, ...]:
    """Every question in the order of the form."""
    return tuple(_line(field, answers.get(field.key), lookups) for field in definition.fields)


def _line(field: Field, value: Any, lookups: Lookups) -> Line:
    if field.rows:
        given = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        rows = given + [{}] * (LEAST_ROWS - len(given))
        cells = tuple(
            tuple(_line(child, row.get(child.key), lookups) for child in field.rows) for row in rows
        )
        columns = tuple(child.label for child in field.rows)
        return Line(label=field.label, shape="rows", columns=columns, rows=cells)
    if field.type == "files":
        kept = len(value) if isinstance(value, list) else 0
        return Line(label=field.label, text=f"已上传 {kept} 份" if kept else "（另附）")
    if field.type == "checkbox":
        return Line(label=field.label, text=f"{TICKED if value is True else OPEN} 是")
    if field.options:
        chosen = {str(one) for one in (value if isinstance(value, list) else [value])}
        marks = (f"{TICKED if one.value in chosen else OPEN} {one.label}" for one in field.options)
        return Line(label=field.label, text="　".join(marks))
    if value in (None, "", []):
        return Line(label=field.label, text=ROOM + field.unit)
    return Line(label=field.label, text=spell(field, value, lookups))
