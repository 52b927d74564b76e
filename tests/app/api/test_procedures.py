"""What can be applied for, over JSON."""

import pytest

from tests.app.office import BUREAU, CADRE, HOUSEHOLD, VILLAGE


def test_a_procedure_is_told_with_its_steps_clauses_parameters_and_start_form(standing_office):
    procedure = standing_office.program(HOUSEHOLD).get("/procedures/fp_01_ds").json

    assert (procedure["name"], procedure["locality"], procedure["version"]) == ("东胜区监测对象识别", "DS", 1)
    assert [step["name"] for step in procedure["steps"]] == [
        "提交申请",
        "入户核实",
        "村评议公示（评议）",
        "村评议公示（公示）",
        "镇（街道）审核",
        "区级比对审定",
    ]
    assert all(step["basis"] or step["origin"] == "default" for step in procedure["steps"])
    assert procedure["start_form"]["type"] == "default"
    assert len(procedure["digest"]) == 64
    days = next(one for one in procedure["parameters"] if one["name"] == "publicity_days_village")
    assert (days["default"], days["origin"]) == (5, "default")


@pytest.mark.parametrize(("username", "startable"), [(HOUSEHOLD, True), (CADRE, True), (BUREAU, False)])
def test_whoever_asks_learns_whether_they_may_start(standing_office, username, startable):
    assert standing_office.program(username).get("/procedures/fp_01_ds").json["startable"] is startable


def test_procedures_are_narrowed_to_those_in_force_for_a_division_and_paged(standing_office):
    program = standing_office.program(HOUSEHOLD)

    def keys(query):
        return [one["key"] for one in program.get(f"/procedures?{query}").json["items"]]

    here = keys(f"division={VILLAGE}")
    assert {"fp_01_ds", "fp_08_ds"} <= set(here) <= set(keys(""))
    assert "fp_01_ew" in keys("")
    assert "fp_01_ew" not in here
    assert not set(here) & set(keys("division=141123209200"))
    first = program.get(f"/procedures?division={VILLAGE}&limit=1").json
    assert [one["key"] for one in first["items"]] == here[:1]
    assert keys(f"division={VILLAGE}&limit=1&cursor={first['next']}") == here[1:2]
