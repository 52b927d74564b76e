"""Counting rows, and comparing registers with each other or with what was found: 账账相符, 账实相符."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from app.registers import listing
from app.registers.definition import Definition, named
from app.registers.listing import NotNarrowing, Wanted
from app.registers.values import as_key
from forms.validators import json_number

if TYPE_CHECKING:
    from app.registers.models import RegisterRow
    from workflows.commands import Context
    from workflows.ports import OperationCall

MOST_DIFFERENCES = 200
"""So many differences are told one by one; how many there are in all is told too."""

SUBJECT, NUMBER = "subject", "number"

Ledger = dict[str, tuple[str, Decimal]]
"""What stands under a key: its name and the amount."""


def count(ctx: Context, call: OperationCall) -> Mapping[str, Any]:
    """``register.count``: how many rows, of how many subjects, and the sum of a column."""
    wanted = Wanted.of(call.inputs, call.division)
    column = _numeric(wanted.definition, call.inputs.get("sum"))
    found, subjects, total = 0, set(), Decimal(0)
    for row in ctx.session.scalars(listing.query(wanted)):
        found += 1
        subjects.add(row.subject_id)
        total += _amount(row, column)
    return {
        "register": wanted.definition.key,
        "count": found,
        "subjects": len(subjects - {None}),
        "sum": json_number(total) if column else None,
    }


def reconcile(ctx: Context, call: OperationCall) -> Mapping[str, Any]:
    """``register.reconcile``: one register against others, or against what was found on the spot.

    Compared are both the entries by ``by`` (subject, number or a column) and, with ``sum``, the amounts.
    What several registers of ``against`` hold under one key counts once; told differently it is a difference.
    """
    inputs = call.inputs
    wanted = Wanted.of(inputs, call.division)
    by = str(inputs.get("by") or (SUBJECT if wanted.definition.is_personal else NUMBER))
    column = _numeric(wanted.definition, inputs.get("sum"))
    left = _ledger(ctx, wanted, by, column)
    right, split = _others(ctx, call, by) if inputs.get("against") else (_found(inputs.get("actual")), [])
    differences = [*split, *_differences(left, right, amounts=bool(column))]
    return {
        "register": wanted.definition.key,
        "equal": not differences,
        "count": len(left),
        "against_count": len(right),
        "sum": _total(left) if column else None,
        "against_sum": _total(right) if column else None,
        "differences": differences[:MOST_DIFFERENCES],
        "different": len(differences),
    }


def _numeric(definition: Definition, name: Any) -> str | None:
    if name in (None, ""):
        return None
    column = definition.column(str(name))
    if column is None or column.type not in ("number", "money"):
        raise NotNarrowing(register=definition.name, column=name)
    return column.name


def _amount(row: RegisterRow, column: str | None) -> Decimal:
    return Decimal(str(row.fields.get(column) or 0)) if column else Decimal(0)


def _key(row: RegisterRow, by: str) -> str:
    if by == SUBJECT:
        return "" if row.subject_id is None else str(row.subject_id)
    return row.number if by == NUMBER else as_key(row.fields.get(by))


def _ledger(ctx: Context, wanted: Wanted, by: str, column: str | None) -> Ledger:
    found: Ledger = {}
    for row in ctx.session.scalars(listing.query(wanted)):
        key = _key(row, by) or row.number
        name, amount = found.get(key, (row.subject_name, Decimal(0)))
        found[key] = name, amount + _amount(row, column)
    return found


def _others(ctx: Context, call: OperationCall, by: str) -> tuple[Ledger, list[dict[str, Any]]]:
    """What the other registers hold together, and what they tell differently from each other."""
    inputs = call.inputs
    keys = inputs["against"] if isinstance(inputs["against"], list) else [inputs["against"]]
    together: Ledger = {}
    split: list[dict[str, Any]] = []
    for key in keys:
        wanted = Wanted.of(
            {
                "register": named(key).key,
                "status": inputs.get("against_status"),
                "where": inputs.get("against_where"),
                "division": inputs.get("division"),
                "ended": inputs.get("ended"),
            },
            call.division,
        )
        column = _numeric(wanted.definition, inputs.get("against_sum") or inputs.get("sum"))
        for one, (name, amount) in _ledger(ctx, wanted, by, column).items():
            known = together.setdefault(one, (name, amount))
            if known[1] != amount:
                split.append(_difference(one, name, known[1], amount, "分账之间金额不一致"))
    return together, split


def _found(actual: Any) -> Ledger:
    """What was found on the spot: rows of a form with ``key``, and ``name`` and ``amount`` where known."""
    found: Ledger = {}
    for one in actual if isinstance(actual, list) else []:
        if isinstance(one, dict) and one.get("key") is not None:
            try:
                amount = Decimal(str(one.get("amount") or 0))
            except InvalidOperation:
                amount = Decimal(0)
            found[as_key(one["key"])] = str(one.get("name") or ""), amount
    return found


def _differences(left: Ledger, right: Ledger, *, amounts: bool) -> list[dict[str, Any]]:
    found = []
    for key in sorted(left.keys() | right.keys()):
        name = (left.get(key) or right[key])[0]
        one, other = left.get(key), right.get(key)
        if other is None and one is not None:
            found.append(_difference(key, name, one[1], None, "对方没有"))
        elif one is None and other is not None:
            found.append(_difference(key, name, None, other[1], "本账没有"))
        elif amounts and one is not None and other is not None and one[1] != other[1]:
            found.append(_difference(key, name, one[1], other[1], "金额不符"))
    return found


def _difference(key: str, name: str, left: Decimal | None, right: Decimal | None, why: str) -> dict[str, Any]:
    amounts = [None if one is None else json_number(one) for one in (left, right)]
    return {"key": key, "name": name, "amount": amounts[0], "against": amounts[1], "why": why}


def _total(ledger: Ledger) -> int | float:
    return json_number(sum((amount for _, amount in ledger.values()), Decimal(0)))
