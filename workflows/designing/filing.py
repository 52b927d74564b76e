"""Registers (台账) while a draft is walked: rows exist as far as the walk itself entered them.

What a real register would hold before the case, a scenario says under ``results``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.clock import local_date
from workflows.designing.desk import Call, Desk, Operation


def _enter(desk: Desk, call: Call) -> dict[str, Any]:
    key, row = _meant(desk, call)
    if row is None:
        desk.entered += 1
        row = {
            "row": desk.entered,
            "number": f"模拟台账-{desk.entered:06d}",
            "subject": _subject(call),
            "name": call.inputs.get("name"),
            "division": None,
            "since": local_date(call.at).isoformat(),
            "fields": {},
        }
    fields = {**row["fields"], **_filled(call.inputs.get("fields"))}
    status = call.inputs.get("status") or row.get("status")
    desk.rows[key] = {**row, "register": str(call.inputs["register"]), "status": status, "fields": fields}
    return _gives(desk.rows[key])


def _close(desk: Desk, call: Call) -> dict[str, Any]:
    key, row = _meant(desk, call)
    if row is None:
        return {"register": str(call.inputs["register"]), "row": None, "number": None, "status": None}
    del desk.rows[key]
    return _gives({**row, "status": call.inputs["status"]})


def _remove(desk: Desk, call: Call) -> dict[str, Any]:
    if isinstance(call.inputs["row"], list):
        raise call.unanswerable("须解决一户销号一户，一次只能销一个编号")
    key, row = _meant(desk, call)
    desk.rows.pop(key, None)
    gone = row or {"register": str(call.inputs["register"]), "row": _number(call.inputs["row"])}
    return _gives({**gone, "status": "已销号"})


def _read(desk: Desk, call: Call) -> dict[str, Any]:
    row = _meant(desk, call)[1]
    if row is None:
        nothing = dict.fromkeys(("row", "number", "subject", "name", "division", "status", "since"))
        return {
            "register": str(call.inputs["register"]),
            "found": False,
            **nothing,
            "fields": {},
            "links": {},
        }
    return {"found": True, **row, "identity": None, "links": {}}


def _list(desk: Desk, call: Call) -> dict[str, Any]:
    rows = _rows(desk, call)
    return {"register": str(call.inputs["register"]), "rows": rows, "count": len(rows)}


def _count(desk: Desk, call: Call) -> dict[str, Any]:
    rows, column = _rows(desk, call), call.inputs.get("sum")
    total = sum(row["fields"].get(column) or 0 for row in rows) if column else None
    subjects = len({row["subject"] for row in rows} - {None})
    return {"register": str(call.inputs["register"]), "count": len(rows), "subjects": subjects, "sum": total}


def _reconcile(desk: Desk, call: Call) -> dict[str, Any]:
    """In a walk only the numbers of rows are compared; who wants a difference scripts it."""
    ours = _count(desk, call)
    against = call.inputs.get("against")
    keys = against if isinstance(against, list) else [against]
    found = call.inputs.get("actual")
    other = len(found) if isinstance(found, list) else sum(_held(desk, key) for key in keys)
    different = abs(ours["count"] - other)
    return {
        "register": ours["register"],
        "equal": different == 0,
        "count": ours["count"],
        "against_count": other,
        "sum": ours["sum"],
        "against_sum": None,
        "differences": [],
        "different": different,
    }


def _link(desk: Desk, call: Call) -> dict[str, Any]:
    row = _meant(desk, call)[1]
    gives = _gives(row or {"register": str(call.inputs["register"]), "row": None})
    return {**gives, "to": _number(call.inputs["to"]), "to_number": None, "linked": True}


def _held(desk: Desk, register: Any) -> int:
    return sum(row["register"] == register for row in desk.rows.values())


def _rows(desk: Desk, call: Call) -> list[dict[str, Any]]:
    status, where = call.inputs.get("status"), _filled(call.inputs.get("where"))
    states = status if isinstance(status, list) else [status]
    return [
        row
        for row in desk.rows.values()
        if row["register"] == call.inputs["register"]
        and (status in (None, "") or row["status"] in states)
        and all(_fits(row["fields"].get(name), wished) for name, wished in where.items())
    ]


def _fits(value: Any, wished: Any) -> bool:
    wishes = wished if isinstance(wished, list) else [wished]
    return any(one in wishes for one in value) if isinstance(value, list) else value in wishes


def _filled(given: Any) -> dict[str, Any]:
    found = given if isinstance(given, Mapping) else {}
    return {name: value for name, value in found.items() if value is not None}


def _number(given: Any) -> Any:
    return given.get("row") if isinstance(given, Mapping) else given


def _subject(call: Call) -> Any:
    given = call.inputs.get("subject")
    return given.get("subject") if isinstance(given, Mapping) else given


def _meant(desk: Desk, call: Call) -> tuple[str, dict[str, Any] | None]:
    """The row an operation means, and under which key the desk keeps it."""
    register, asked = str(call.inputs["register"]), _number(call.inputs.get("row"))
    if asked is not None:
        for key, row in desk.rows.items():
            if row["register"] == register and asked in (row["row"], row["number"]):
                return key, row
        return f"{register}|row:{asked}", None
    key = f"{register}|{_subject(call)}"
    return key, desk.rows.get(key)


def _gives(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row.get(name) for name in ("register", "row", "number", "subject", "status")}


_ROW = ("row", "subject", "key", "name")
_GIVEN = frozenset({"register", "row", "number", "subject", "status"})
_NARROWED = ("status", "where", "year", "division", "ended")

REGISTERS: Mapping[str, Operation] = {
    "register.enter": Operation(
        _enter, ("register", "event"), ("status", "register_name", "fields", "reason", *_ROW), _GIVEN
    ),
    "register.change": Operation(
        _enter, ("register", "event"), ("status", "register_name", "fields", "reason", *_ROW), _GIVEN
    ),
    "register.close": Operation(
        _close, ("register", "event", "status"), ("register_name", "fields", "reason", *_ROW), _GIVEN
    ),
    "register.remove": Operation(_remove, ("register", "row"), ("fields", "reason"), _GIVEN),
    "register.read": Operation(
        _read,
        ("register",),
        ("ended", *_ROW),
        _GIVEN | {"found", "name", "division", "division_name", "since", "fields", "identity", "links"},
    ),
    "register.list": Operation(
        _list, ("register",), ("limit", *_NARROWED), frozenset({"register", "rows", "count"})
    ),
    "register.link": Operation(
        _link, ("register", "to_register", "to"), _ROW, _GIVEN | {"to", "to_number", "linked"}
    ),
    "register.count": Operation(
        _count, ("register",), ("sum", *_NARROWED), frozenset({"register", "count", "subjects", "sum"})
    ),
    "register.reconcile": Operation(
        _reconcile,
        ("register",),
        (
            *("against", "actual", "by", "sum"),
            *("against_sum", "against_status", "against_where"),
            *_NARROWED,
        ),
        frozenset({"register", "equal", "count", "against_count", "sum", "against_sum"})
        | {"differences", "different"},
    ),
}
"""The operations on registers, as a walk answers them."""
