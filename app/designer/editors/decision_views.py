"""The decision editor: tables to edit in the browser, the same to read without it, checks, and 试算."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g, request

from app import door, policy
from app.designer.editors import bp, running
from app.designer.editors.opened import hindrance, opened, save, wrong
from app.pages import go, page
from workflows import decisions
from workflows.catalogue import worded
from workflows.designing import lint, questioning, rule_notes, simulate
from workflows.designing.parts import DECISIONS
from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from workflows.decisions.model import Part
    from workflows.decisions.tables import Table
    from workflows.designing.amendments import Amendment
    from workflows.designing.simulate import Answer

EMPTY = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
             xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/"
             xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/"
             id="definitions_{key}" name="{key}" namespace="https://xiangshen.example/dmn/{key}">
  <decision id="dmn_{key}" name="新的决策">
    <variable id="variable_{key}" name="新的决策" />
    <decisionTable id="table_{key}" hitPolicy="UNIQUE">
      <input id="input_{key}" label="条件">
        <inputExpression id="expression_{key}" typeRef="string"><text></text></inputExpression>
      </input>
      <output id="output_{key}" label="结果" name="result" typeRef="string" />
      <annotation name="依据" />
    </decisionTable>
  </decision>
  <dmndi:DMNDI>
    <dmndi:DMNDiagram id="diagram_{key}">
      <dmndi:DMNShape id="shape_{key}" dmnElementRef="dmn_{key}">
        <dc:Bounds x="160" y="100" width="180" height="80" />
      </dmndi:DMNShape>
    </dmndi:DMNDiagram>
  </dmndi:DMNDI>
</definitions>
"""


@bp.get("/amendments/<int:amendment_id>/decisions")
@policy.allow(policy.sets_parameters)
def decision_tables(amendment_id: int) -> ResponseReturnValue:
    """决策表: edited in the browser, read below it, checked, tried."""
    return _show(amendment_id)


def _show(
    amendment_id: int,
    status: int = 200,
    problem: str | None = None,
    answer: Answer | None = None,
    asked: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    row = opened(amendment_id)
    text = row.files.get(DECISIONS)
    model, unreadable = _model(text)
    g.shows_tables = text is not None
    return page(
        "editors/decisions.html",
        status,
        amendment=row,
        hindrance=hindrance(row),
        has_file=text is not None,
        findings=lint.table(text.encode(), DECISIONS) if text is not None else [],
        tables=[_shown(part.title, part.table, _fired(row)) for part in _tables(model)],
        asking=[
            (part.id, part.title or part.name, questioning.wanted(model, part.id)) for part in _parts(model)
        ]
        if model
        else [],
        columns=rule_notes.columns(text) if model and text else {},
        answer=answer,
        asked=asked or {},
        worded=worded,
        problem=problem or unreadable,
    )


def _model(text: str | None) -> tuple[decisions.Model | None, str | None]:
    if text is None:
        return None, None
    try:
        return decisions.read(text.encode()), None
    except Refusal as refusal:
        return None, str(refusal)


def _parts(model: decisions.Model | None) -> list[Part]:
    return list(model.decisions()) if model else []


def _tables(model: decisions.Model | None) -> list[Part]:
    return [part for part in _parts(model) if part.table is not None]


def _fired(row: Amendment) -> Mapping[tuple[str, str], int] | None:
    """How often each rule fired in the scenarios; none where they were not run."""
    if "run" not in request.args:
        return None
    try:
        return running.ran(row).rules_fired()
    except Refusal:
        return None


def _shown(title: str, table: Table | None, fired: Mapping[tuple[str, str], int] | None) -> dict[str, Any]:
    assert table is not None  # noqa: S101 (only parts with a table come here)
    return {
        "title": title,
        "policy": table.policy,
        "headings": [
            *(
                f"{column.label or column.source}{'（' + column.unit + '）' if column.unit else ''}"
                for column in table.inputs
            ),
            *(f"→ {output.label or output.name}" for output in table.outputs),
        ],
        "rules": [
            {
                "id": rule.id,
                "number": rule.number,
                "cells": [cell.text or "—" for cell in (*rule.tests, *rule.results)],
                "notes": [f"{name}：{text}" if name else text for name, text in rule.annotations if text],
                "fired": None if fired is None else fired.get((table.owner, rule.id), 0),
            }
            for rule in table.rules
        ],
    }


@bp.post("/amendments/<int:amendment_id>/decisions")
@policy.allow(policy.sets_parameters)
def work_on_decisions(amendment_id: int) -> ResponseReturnValue:
    """试算 a decision, or begin a file of them."""
    row = opened(amendment_id)
    try:
        if request.form.get("do") == "new":
            save(row, {DECISIONS: row.files.get(DECISIONS) or EMPTY.format(key=row.procedure_key)})
            return go("editors.decision_tables", "决策表已建好。", amendment_id=amendment_id)
        if request.form.get("do") == "notes":
            save(row, {DECISIONS: rule_notes.written(row.files.get(DECISIONS, ""), _notes())})
            return go("editors.decision_tables", "依据和说明已保存。", amendment_id=amendment_id)
        return _ask(row)
    except Refusal as refusal:
        problem, status, _ = wrong(refusal)
        return _show(amendment_id, status, problem, asked=request.form)


def _notes() -> dict[tuple[str, int], str]:
    """What was typed beside each rule, by its id and the column."""
    found = {}
    for name, text in request.form.items():
        start, _, column = name.rpartition(".")
        if start.startswith("note.") and column.isdecimal() and len(column) < 3:
            found[start.removeprefix("note."), int(column)] = text
    return found


def _ask(row: Amendment) -> ResponseReturnValue:
    decision = request.form.get("decide", "")
    typed = {name.removeprefix("in."): text for name, text in request.form.items() if name.startswith("in.")}
    question = simulate.Question(name=decision, decide=decision, gives="", inputs=questioning.given(typed))
    answer = simulate.ask(running.prepared(row), question, now=door.now(), calendar=door.calendar())
    known = decision in running.prepared(row).models
    problem = None if known else "；".join(answer.problems)
    return _show(row.id, 200 if known else 422, problem, answer if known else None, request.form)
