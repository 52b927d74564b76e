"""What a diagram says of registers, held against their definitions before any case runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from app.registers import definition, values
from app.registers.definition import Definition
from forms.validators import Wrong

_NARROWED = ("register.list", "register.count", "register.reconcile")

# Literals are looked at for their kind; that a day lies ahead is no fault of a diagram.
_ANY_DAY = date(2999, 12, 31)


def problems(operation: str, inputs: Mapping[str, Any]) -> Iterator[str]:
    """A sentence per fault in what is written down (``inputs``: name → value, null where a case decides)."""
    if not operation.startswith("register."):
        return
    for name in ("register", "to_register", "against"):
        asked = inputs.get(name)
        if isinstance(asked, str) and asked not in definition.every():
            yield f"没有“{asked}”这一台账"
    of = definition.every().get(str(inputs.get("register")))
    if of is not None:
        yield from _names(of, operation, inputs)
        yield from _columns(of, inputs.get("fields"))
        yield from _where(of, inputs)


def _names(of: Definition, operation: str, inputs: Mapping[str, Any]) -> Iterator[str]:
    event, status = inputs.get("event"), inputs.get("status")
    if isinstance(event, str) and not of.knows(event):
        yield f"台账“{of.name}”没有“{event}”这一类事件（有：{'、'.join(of.events)}）"
    if isinstance(status, str) and status and of.state(status) is None:
        yield f"台账“{of.name}”没有“{status}”这一状态（有：{'、'.join(one.name for one in of.states)}）"
    removed = of.removal is not None and status == of.removal[1]
    if removed and operation not in ("register.remove", *_NARROWED):
        yield f"台账“{of.name}”的“{status}”只能由 register.remove 得出"


def _columns(of: Definition, fields: Any) -> Iterator[str]:
    for name, value in fields.items() if isinstance(fields, Mapping) else ():
        column = of.column(name)
        if column is None:
            yield f"台账“{of.name}”没有“{name}”这一栏"
        elif value is not None and not isinstance(value, Mapping):
            try:
                values.canonical(column, value, _ANY_DAY)
            except Wrong as wrong:
                yield f"台账“{of.name}”的“{name}”不能是“{value}”：{wrong}"


def _where(of: Definition, inputs: Mapping[str, Any]) -> Iterator[str]:
    asked = [*_keys(inputs.get("where")), *_keys(inputs.get("key"))]
    if inputs.get("year") is not None:
        asked.append("年度")
    for name in asked:
        column = of.column(name)
        if column is None or not (column.sorts or name in of.unique):
            yield f"台账“{of.name}”不能按“{name}”筛选"


def _keys(given: Any) -> list[str]:
    return list(given) if isinstance(given, Mapping) else []
