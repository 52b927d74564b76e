"""A scenario as a sheet to fill in: every part of its table a text on the page, and back again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workflows.designing.scripting import lines_of, values_in
from workflows.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = {"complete": "办理环节", "time": "时间推移", "message": "收到消息"}
_KEYS = {"step": "complete", "message": "message"}
_SPLIT = re.compile(r"[\s,，、]+")
_START = frozenset({"use", "answers", "refused"})
_MOST = 200


def sheet(table: Mapping[str, Any]) -> dict[str, str]:
    """What the page shows of a scenario."""
    start = table.get("start", {})
    plain = isinstance(start, Mapping) and start and not set(start) & _START
    filled = {
        "name": str(table.get("name", "")),
        "at": str(table.get("at", "")),
        "parameters": lines_of(table.get("parameters", {})),
        "results": lines_of(table.get("results", {})),
        **_taken("start", {"answers": start} if plain else start),
        "expected": "on" if "expect" in table else "",
    }
    for number, move in enumerate(table.get("step", ())):
        filled |= _move(f"step-{number}", move)
    expect = table.get("expect", {})
    for name in ("steps", "open", "waiting"):
        filled[f"expect-{name}"] = "、".join(expect.get(name, ()))
    filled["expect-outcome"] = str(expect.get("outcome", ""))
    filled["expect-values"] = lines_of(expect.get("values", {}))
    return filled


def _taken(at: str, said: Mapping[str, Any]) -> dict[str, str]:
    refused = said.get("refused")
    return {
        f"{at}-use": str(said.get("use", "")),
        f"{at}-answers": lines_of(said.get("answers", {})),
        f"{at}-refused": "、".join(refused) if isinstance(refused, list) else "on" if refused else "",
    }


def _move(at: str, move: Mapping[str, Any]) -> dict[str, str]:
    kind = move.get("do") or next((kind for key, kind in _KEYS.items() if key in move), "time")
    own = {f"{at}-{name}": str(move.get(name, "")) for name in ("step", "advance", "to", "message")}
    return {f"{at}-do": str(kind), **own, **_taken(at, move)}


def steps_in(given: Mapping[str, str]) -> list[int]:
    """The numbers of the moves on a sheet, in order."""
    found = (re.fullmatch(r"step-(\d{1,4})-do", name) for name in given)
    return sorted(int(each[1]) for each in found if each)[:_MOST]


def with_step(given: Mapping[str, str], kind: str) -> dict[str, str]:
    """The sheet with one more move at the end."""
    number = max(steps_in(given), default=-1) + 1
    return {**given, f"step-{number}-do": kind if kind in KINDS else "complete"}


def rearranged(given: Mapping[str, str], order: list[int]) -> dict[str, str]:
    """The sheet with its moves in this order; a number left out is a move taken out."""
    made = {name: value for name, value in given.items() if not name.startswith("step-")}
    for number, old in enumerate(order):
        start = f"step-{old}-"
        made |= {f"step-{number}-{n[len(start) :]}": v for n, v in given.items() if n.startswith(start)}
    return made


def table(given: Mapping[str, str]) -> dict[str, Any]:
    """A scenario from its sheet; raises Invalid with a sentence for each part that cannot be read."""
    errors: dict[str, str] = {}

    def values(name: str) -> dict[str, Any]:
        try:
            return values_in(_text(given, name).replace("\r\n", "\n"), name)
        except Invalid as refusal:
            errors.update(refusal.errors)
            return {}

    made: dict[str, Any] = {"name": _text(given, "name")}
    if not made["name"]:
        errors["name"] = "请写明场景的名称。"
    if _text(given, "at"):
        made["at"] = _text(given, "at")
    made |= {name: found for name in ("parameters", "results") if (found := values(name))}
    made["start"] = _answered(given, "start", values)
    moves = [_made(given, f"step-{number}", values) for number in steps_in(given)]
    if moves:
        made["step"] = moves
    if given.get("expected"):
        made["expect"] = _expected(given, values)
    if errors:
        raise Invalid(errors)
    return made


def _text(given: Mapping[str, str], name: str) -> str:
    return given.get(name, "").strip()


def _words(given: Mapping[str, str], name: str) -> list[str]:
    return [each for each in _SPLIT.split(_text(given, name)) if each]


def _answered(given: Mapping[str, str], at: str, values: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    said: dict[str, Any] = {"use": _text(given, f"{at}-use")} if _text(given, f"{at}-use") else {}
    answers = values(f"{at}-answers")
    if answers or not said:
        said["answers"] = answers
    if _words(given, f"{at}-refused"):
        said["refused"] = _words(given, f"{at}-refused")
    return said


def _made(given: Mapping[str, str], at: str, values: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    kind = _text(given, f"{at}-do")
    if kind == "time":
        named = {name: _text(given, f"{at}-{name}") for name in ("advance", "to")}
        return {"do": kind, **{name: text for name, text in named.items() if text}}
    said = _answered(given, at, values)
    if kind == "message":
        refused = {"refused": True} if said.pop("refused", None) else {}
        return {"do": kind, "message": _text(given, f"{at}-message"), **said, **refused}
    return {"do": kind, "step": _text(given, f"{at}-step"), **said}


def _expected(given: Mapping[str, str], values: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {"steps": _words(given, "expect-steps")}
    made |= {name: found for name in ("open", "waiting") if (found := _words(given, f"expect-{name}"))}
    made["outcome"] = _text(given, "expect-outcome")
    said = values("expect-values")
    return {**made, "values": said} if said else made
