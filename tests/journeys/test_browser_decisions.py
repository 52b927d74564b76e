"""The decision editor at a real browser: what it saves decides as before, and says when it was overtaken."""

import os
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.journeys.screen import DESK
from tests.journeys.town import PROCEDURE
from workflows import decisions
from workflows.designing.amending import OpenAmendment, SaveAmendment
from workflows.designing.amendments import Amendment

pytestmark = [pytest.mark.browser, pytest.mark.seconds(240)]
ADMIN = "dongsheng-admin1"
LIBRARY = sorted((Path(__file__).parents[2] / "bpmn").glob("*/decisions.dmn"))
SAVED = (
    "async (text) => { const place = document.querySelector('[data-tables]'); "
    "await place.editor.importXML(text); return (await place.editor.saveXML({format: true})).xml; }"
)


def opened(town, windows, text):
    """The page of decisions of an amendment that holds this file."""
    number = town.perform(OpenAmendment(procedure=PROCEDURE, title="改决策表"), ADMIN)
    town.perform(SaveAmendment(amendment_id=number, revision=1, changes={"decisions.dmn": text}), ADMIN)
    screen = windows(DESK, ADMIN).open(f"/amendments/{number}/decisions")
    screen.page.wait_for_selector("[data-tables][data-ready]")
    return number, screen


def said(model):
    """All that decides in a model: its parts, what they need, and every cell with its clause."""
    return [
        (
            part.kind,
            part.id,
            part.name,
            part.title,
            part.needs,
            part.basis,
            part.outputs,
            part.given,
            part.written.source if part.written else None,
            _table(part.table) if part.table else None,
        )
        for part in model.parts.values()
    ]


def _table(table):
    columns = [(each.label, each.source, each.allowed_text, each.type) for each in table.inputs]
    results = [(each.name, each.label, each.type, each.values) for each in table.outputs]
    rules = [
        (each.id, [cell.text for cell in each.tests], [cell.text for cell in each.results], each.annotations)
        for each in table.rules
    ]
    return table.policy, columns, results, rules


def test_every_library_table_saved_by_the_editor_decides_as_before(small_town, windows):
    _, screen = opened(small_town, windows, LIBRARY[0].read_text())

    for file in LIBRARY:
        saved = screen.page.evaluate(SAVED, file.read_text())

        assert said(decisions.read(saved.encode())) == said(decisions.read(file.read_bytes())), (
            file.parent.name
        )


def test_a_cell_that_is_changed_is_saved_by_itself_until_somebody_else_saves(small_town, windows):
    town = small_town
    number, screen = opened(town, windows, LIBRARY[0].read_text())
    page = screen.page
    if folder := os.environ.get("XIANGSHEN_PICTURES"):
        page.screenshot(path=f"{folder}/decisions.png", full_page=True)
    page.locator(".annotation-cell, .annotation, [data-col-id]").last.wait_for()
    cell = page.locator("td.annotation, .annotation-cell, td.output-cell").last
    cell.click()
    page.keyboard.press("End")
    page.keyboard.type("（新依据）")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('[data-saved]').textContent.includes('已保存')")

    files = town.read(
        lambda session: session.scalars(select(Amendment.files).where(Amendment.id == number)).one()
    )
    assert "（新依据）" in files["decisions.dmn"]

    town.perform(SaveAmendment(amendment_id=number, revision=3, changes={"scenarios.toml": "#"}), ADMIN)
    cell.click()
    page.keyboard.type("再改")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('[data-saved]').textContent.includes('未写入')")
    screen.look()
