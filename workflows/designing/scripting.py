"""Writing ``scenarios.toml``: a scenario put in, changed or taken out; the rest of the file stays."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.items import AoT, Array, InlineTable, Table

from workflows.clock import LOCAL
from workflows.designing import scenarios
from workflows.designing.scenarios import BadScenario, Complete, Expect, Scenario, Turn
from workflows.errors import Invalid

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

    from workflows.designing.scenarios import Move, Question

FILE = "scenarios.toml"
_LONG = 100
_NO_TOML = '应为每行一项“名称 = 值”：文字加引号，如 conclusion = "通过"（{why}）。'


def tables(text: str) -> list[dict[str, Any]]:
    """The scenarios of a file as they are written, with the names of shared answers left in."""
    found = _document(text).unwrap().get("scenario", [])
    return [dict(each) for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def shared(text: str) -> list[str]:
    """The names under which answers are written down for several scenarios."""
    found = _document(text).unwrap().get("answers", {})
    return list(found) if isinstance(found, dict) else []


def put(text: str, table: Mapping[str, Any], index: int | None = None) -> str:
    """The file with a scenario in its place, or at the end; raises BadScenario where nobody can follow it."""
    document = _document(text)
    listed = document.get("scenario")
    entries = list(listed) if isinstance(listed, AoT | list) else []
    made = _table(table)
    if index is None:
        entries.append(made)
    elif index < len(entries):
        entries[index] = made
    else:
        raise Invalid({"name": "没有找到该场景，可能已被删除，请返回场景列表。"})
    return _with(document, entries)


def without(text: str, index: int) -> str:
    """The file without one of its scenarios."""
    document = _document(text)
    entries = list(document.get("scenario") or ())
    if index >= len(entries):
        raise Invalid({"name": "没有找到该场景，可能已被删除，请返回场景列表。"})
    del entries[index]
    return _with(document, entries)


def _with(document: TOMLDocument, entries: list[Any]) -> str:
    listed = AoT(entries, parsed=False)
    if "scenario" in document and entries:
        document["scenario"] = listed
    elif "scenario" in document:
        del document["scenario"]
    elif entries:
        document.append("scenario", listed)
    text = tomlkit.dumps(document)
    scenes(text)
    return text


def scenes(text: str) -> tuple[Scenario, ...]:
    """The scenarios of a file that may hold none yet; raises BadScenario."""
    return scenarios.read(text, FILE) if _document(text).unwrap() else ()


def _document(text: str) -> TOMLDocument:
    try:
        tomllib.loads(text)
        return tomlkit.parse(text)
    except ValueError as error:
        raise BadScenario(file=FILE, where="", why=f"不是有效的 TOML（{error}）") from error


def written(scenes: Sequence[Scenario], asked: Sequence[Question] = ()) -> str:
    """A file of these scenarios and decisions asked by themselves, every answer written out."""
    document = tomlkit.document()
    if scenes:
        document.append("scenario", AoT([_table(table_of(each)) for each in scenes]))
    if asked:
        document.append("decision", AoT([_table(_question(each)) for each in asked]))
    return tomlkit.dumps(document)


def table_of(scenario: Scenario) -> dict[str, Any]:
    """A scenario as the file writes it."""
    made: dict[str, Any] = {"name": scenario.name}
    if scenario.at is not None:
        made["at"] = moment(scenario.at)
    made |= {
        key: dict(value)
        for key, value in (("parameters", scenario.parameters), ("results", scenario.results))
        if value
    }
    made["start"] = {"answers": dict(scenario.start.answers), **_refused(scenario.start)}
    made["step"] = [_move(each) for each in scenario.moves]
    if scenario.expect is not None:
        made["expect"] = _expect(scenario.expect)
    return {key: value for key, value in made.items() if value != []}


def moment(at: datetime) -> str:
    """An instant as scenarios write it."""
    return at.astimezone(LOCAL).isoformat()


def _refused(move: Complete) -> dict[str, Any]:
    return {} if move.refused is None else {"refused": list(move.refused)}


def _move(move: Move) -> dict[str, Any]:
    if isinstance(move, Complete):
        return {"do": "complete", "step": move.step, "answers": dict(move.answers), **_refused(move)}
    if isinstance(move, Turn):
        return {"do": "time", **({"to": moment(move.to)} if move.to else {"advance": move.advance})}
    refused = {"refused": True} if move.refused else {}
    return {"do": "message", "message": move.message, "answers": dict(move.content), **refused}


def _expect(expect: Expect) -> dict[str, Any]:
    lists = {"open": list(expect.open), "waiting": list(expect.waiting)}
    made: dict[str, Any] = {"steps": list(expect.steps), **{key: each for key, each in lists.items() if each}}
    made["outcome"] = expect.outcome
    return made | ({"values": dict(expect.values)} if expect.values else {})


def _question(question: Question) -> dict[str, Any]:
    made: dict[str, Any] = {"name": question.name, "decide": question.decide, "inputs": dict(question.inputs)}
    if question.parameters:
        made["parameters"] = dict(question.parameters)
    if question.at is not None:
        made["at"] = moment(question.at)
    made["gives"] = question.gives
    return made if question.rules is None else {**made, "rules": list(question.rules)}


# TOML


def _table(said: Mapping[str, Any]) -> Table:
    """A table of its own: what it holds stands on one line each, except its steps and expectations."""
    made = tomlkit.table()
    later: list[tuple[str, Any]] = []
    for key, value in said.items():
        if value is None:
            continue
        if key == "expect" or (key == "step" and isinstance(value, list)):
            later.append((key, value))
        else:
            made.append(key, _inline(value))
    for key, value in later:
        made.append(key, AoT([_table(each) for each in value]) if key == "step" else _table(value))
    made.add(tomlkit.nl())
    return made


def _inline(value: Any) -> Any:
    if isinstance(value, Mapping):
        inner: InlineTable = tomlkit.inline_table()
        for key, each in value.items():
            if each is not None:
                inner.append(str(key), _inline(each))
        return inner
    if isinstance(value, list | tuple):
        array: Array = tomlkit.array()
        for each in value:
            array.append(_inline(each))
        return array.multiline(len(array.as_string()) > _LONG)
    return tomlkit.item(value)


def lines_of(values: Mapping[str, Any]) -> str:
    """Named values as a person edits them, one a line."""
    return "".join(
        f"{_key(key)} = {_inline(value).as_string()}\n" for key, value in values.items() if value is not None
    )


def _key(name: str) -> str:
    return tomlkit.key(str(name)).as_string()


def values_in(text: str, name: str) -> dict[str, Any]:
    """The named values a person typed, one a line; raises Invalid beside ``name``."""
    try:
        return tomllib.loads(text)
    except ValueError as error:
        raise Invalid({name: _NO_TOML.format(why=error)}) from error
