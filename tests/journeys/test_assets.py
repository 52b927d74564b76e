"""An asset on its way: into the ledger, looked after, its income shared, disposed of."""

import pytest
from sqlalchemy import select

from app.registers.models import RegisterRow
from tests.bpmn.artefacts import PROCEDURES
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
def test_what_follows_the_inventory_finds_the_asset_in_the_ledger(what, place, driven):
    name = LATER[what] if isinstance(LATER[what], str) else LATER[what][place]
    later = scene(f"{what}_{place}", name)

    case = driven.play(f"{what}_{place}", later)

    register, status = STATES[what]
    assert (case["state"], case["outcome"]) == ("ended", later.expect.outcome)
    assert set(states(driven, f"{register}_{place}")) == {status}


def test_every_asset_of_a_project_in_the_library_is_listed_transferred_registered_and_filed(driven):
    case = driven.play("as_03_dk", scene("as_03_dk"))

    assert (case["state"], case["outcome"]) == ("ended", "已移交、登记、备案")
    assert states(driven, "asset_list_dk") == ["已备案", "已备案"]
