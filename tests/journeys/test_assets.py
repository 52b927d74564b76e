"""An asset on its way: into the ledger, looked after, its income shared, disposed of."""

import dataclasses

import pytest
from sqlalchemy import select

from app.registers import definition, reach
from app.registers.commands import RegisterByHand
from app.registers.models import RegisterRow
from tests.bpmn.artefacts import PROCEDURES
from tests.journeys.driven import Driven
from workflows.designing import simulate

LATER = {
    "as_05": "管护落实，记入管护台账",
    "as_06": {
        "aq": "制度没有明确规定：民主决策、公开后分配",
        "ds": "用于运行管护和成果巩固：决议公开后分配",
        "ew": "设置条件、以劳动增收方式分配：决议公开后分配",
        "gt": "乡审核同意后分配，记入收益分配台账",
    },
    "as_08": "集体资产：决定、公示、审核、审批后处置，收入入账",
}
STATES = {"as_05": ("upkeep", "管护中"), "as_06": ("income", "已分配"), "as_08": ("disposals", "已入账")}


def scene(key, name=None):
    """The scenario of that name, or the first."""
    text = (PROCEDURES / key / "scenarios.toml").read_text(encoding="utf-8")
    found = simulate.scenarios(text, key)
    return found[0] if name is None else next(one for one in found if one.name == name)


def about(entry, later):
    """The inventory's scenario, about the asset that the later procedure names."""
    told = {name: later.start.answers[name] for name in ("asset_name", "asset_class")}
    kind = {"asset_class": told["asset_class"]}
    moves = tuple(
        dataclasses.replace(move, answers=move.answers | kind) if "asset_class" in move.answers else move
        for move in entry.moves
    )
    start = dataclasses.replace(entry.start, answers=entry.start.answers | told)
    return dataclasses.replace(entry, start=start, moves=moves)


def states(driven, register):
    with driven.office.executor.database.reading() as session:
        return session.scalars(select(RegisterRow.status).where(RegisterRow.register == register)).all()


@pytest.mark.parametrize(
    ("what", "place"),
    [
        *[(what, place) for what in LATER for place in ("aq", "ds", "ew")],
        # The source of 圪塔上乡 names no steps of disposal.
        ("as_05", "gt"),
        ("as_06", "gt"),
    ],
)
def test_what_follows_the_inventory_finds_the_asset_in_the_ledger(what, place, sqlite_url, tmp_path, clock):
    name = LATER[what] if isinstance(LATER[what], str) else LATER[what][place]
    later = scene(f"{what}_{place}", name)
    driven = Driven(sqlite_url, tmp_path / "data", clock)
    driven.furnish(f"as_01_{place}")
    driven.play(about(scene(f"as_01_{place}"), later))
    driven.furnish(f"{what}_{place}")

    case = driven.play(dataclasses.replace(later, at=None))

    register, status = STATES[what]
    assert (case["state"], case["outcome"]) == ("ended", later.expect.outcome)
    assert set(states(driven, f"{register}_{place}")) == {status}
    driven.office.close()


def test_every_asset_of_a_project_in_the_library_is_listed_transferred_registered_and_filed(
    sqlite_url, tmp_path, clock
):
    told = scene("as_03_dk")
    driven = Driven(sqlite_url, tmp_path / "data", clock)
    driven.furnish("as_03_dk")
    number = in_the_library(driven, "150822000000", told.start.answers["project_name"])
    start = dataclasses.replace(told.start, answers=told.start.answers | {"project_number": number})

    case = driven.play(dataclasses.replace(told, start=start))

    assert (case["state"], case["outcome"]) == ("ended", "已移交、登记、备案")
    assert states(driven, "asset_list_dk") == ["已备案", "已备案"]
    driven.office.close()


def in_the_library(driven, division, name):
    """The number of a project somebody entered by hand."""
    library = definition.named("projects_dk")
    people = (driven.office.actor(one["username"]) for one in driven._accounts())
    writer = next(one for one in people if reach.may_write(one, library, division))
    fields = {"项目名称": name, "年度": 2026}
    command = RegisterByHand(
        register="projects_dk", division=division, fields=fields, reason="今后新建项目。"
    )
    row = driven.office.executor.execute(command, by=writer)
    with driven.office.executor.database.reading() as session:
        return session.get(RegisterRow, row).number
