"""[[apart]]: nobody does two steps that a procedure keeps in different hands, themselves or as a deputy."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.app.absences import leave
from tests.app.absences.leave import TEAM, appoint
from tests.app.office import CADRE, OTHER_CADRE, ROOT
from workflows.catalogue import ProcedureVersion
from workflows.commands import CONSOLE
from workflows.designing import folders
from workflows.designing.publish import PublishVersion
from workflows.errors import Invalid
from workflows.exclusion import KeptApart
from workflows.running import CompleteWorkItem, TransferWorkItem

APART = [{"steps": ["household_check", "village_review"]}]


@pytest.fixture
def strict(office):
    """入户核实 and 村评议 in different hands; a team member holds nothing that any item asks for."""
    bundle = folders.read(ROOT / "bpmn", ROOT / "forms" / "definitions", "fp_01_ds")
    office.executor.execute(
        PublishVersion(bundle=replace(bundle, meta={**bundle.meta, "apart": APART})), by=CONSOLE
    )
    leave.helper_only(office)
    return office


def reviewed(office, number, by):
    """What the interface answers when ``by`` completes 村评议."""
    return office.take(number, by=by)


def test_a_version_says_that_it_keeps_steps_apart(strict):
    with strict.executor.database.reading() as session:
        said = session.execute(
            select(ProcedureVersion.keeps_apart)
            .where(ProcedureVersion.procedure_key == "fp_01_ds")
            .order_by(ProcedureVersion.number)
        ).scalars()
        assert list(said) == [False, True]


def test_who_did_the_one_step_may_not_do_the_other(strict):
    number = strict.start()
    assert strict.take(number, by=CADRE).status_code == 200

    refused = reviewed(strict, number, CADRE)

    assert (refused.status_code, refused.json["code"]) == (403, "work_item.kept_apart")
    assert "入户核实" in refused.json["detail"]
    assert "折海军" in refused.json["detail"]
    item = strict.item(number)["id"]
    seen = strict.program(CADRE).get(f"/work-items/{item}").json
    assert "complete" not in seen["may"]
    assert "transfer" in seen["may"]
    page = strict.browser(CADRE).get(f"/items/{item}").text
    assert "您已办过“入户核实”" in page
    assert 'name="_conclude"' not in page
    assert reviewed(strict, number, OTHER_CADRE).status_code == 200


def test_an_item_is_not_handed_to_who_did_the_other_step(strict):
    number = strict.start()
    strict.take(number, by=CADRE)
    item = strict.item(number)["id"]
    seen = strict.program(OTHER_CADRE).get(f"/work-items/{item}").json

    assert leave.person(strict, CADRE) not in {one["id"] for one in seen["colleagues"]}
    with pytest.raises(Invalid):
        strict.executor.execute(
            TransferWorkItem(item_id=item, to_person_id=leave.person(strict, CADRE), reason="试试"),
            by=strict.actor(OTHER_CADRE),
        )


def test_a_deputy_does_not_do_the_other_step_for_who_did_the_one(strict):
    number = strict.start()
    strict.take(number, by=CADRE)
    appoint(strict, who=CADRE, deputy=TEAM)
    item = strict.item(number)["id"]

    assert leave.listed(strict, TEAM) == set()
    assert strict.program(TEAM).get(f"/work-items/{item}").status_code == 404
    with pytest.raises(KeptApart, match="折海军已办过“入户核实”"):
        strict.executor.execute(CompleteWorkItem(item_id=item), by=leave.as_of_now(strict, TEAM))


def test_who_was_stood_in_for_did_the_step_as_well_as_the_deputy(strict):
    number = strict.start()
    appoint(strict, who=CADRE, deputy=TEAM)
    assert strict.take(number, by=TEAM).status_code == 200

    assert reviewed(strict, number, CADRE).json["code"] == "work_item.kept_apart"
    appoint(strict, who=OTHER_CADRE, deputy=TEAM)
    item = strict.item(number)["id"]
    with pytest.raises(KeptApart, match="陈志远已办过"):
        strict.executor.execute(CompleteWorkItem(item_id=item), by=leave.as_of_now(strict, TEAM))
    assert reviewed(strict, number, OTHER_CADRE).status_code == 200


def test_the_same_person_may_do_the_same_step_again(strict):
    number = strict.start()
    strict.take(number, by=CADRE)
    assert strict.take(number, by=OTHER_CADRE, name="review_passed").status_code == 200

    assert strict.item(number)["step"] == "publicity"
    assert strict.take(number, by=CADRE).status_code == 200, "a step of no pair is anybody's"


def test_a_case_on_an_older_version_keeps_its_rules(office):
    number = office.start()
    bundle = folders.read(ROOT / "bpmn", ROOT / "forms" / "definitions", "fp_01_ds")
    office.executor.execute(
        PublishVersion(bundle=replace(bundle, meta={**bundle.meta, "apart": APART})), by=CONSOLE
    )
    office.take(number, by=CADRE)

    assert reviewed(office, number, CADRE).status_code == 200
