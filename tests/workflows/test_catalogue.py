import dataclasses

import pytest
from sqlalchemy import select

from tests.workflows.desks import ROOT
from workflows import catalogue
from workflows.catalogue import RETIRED, Bundle, NotPublished, Procedure, ProcedureVersion, UnknownProcedure
from workflows.commands import CONSOLE
from workflows.designing import folders
from workflows.designing.publish import PublishVersion
from workflows.errors import Invalid, NotAllowed


def bundle(**changes):
    found = folders.read(ROOT / "bpmn", ROOT / "forms" / "definitions", "fp_01_ds")
    return dataclasses.replace(found, meta={**found.meta, **changes})


def current(town):
    return town.read(lambda session: catalogue.current(session, "fp_01_ds"))


def test_the_same_content_published_again_is_the_same_version(town):
    before = current(town)

    number = town.do(PublishVersion(bundle=bundle()), CONSOLE)

    assert number == before.number
    assert current(town).digest == before.digest


def test_new_content_is_the_next_version_and_the_old_one_is_retired(town):
    before = current(town)

    number = town.do(PublishVersion(bundle=bundle(summary="改了一个字")), CONSOLE)

    assert number == before.number + 1
    states = town.read(
        lambda session: session.execute(
            select(ProcedureVersion.number, ProcedureVersion.state).where(
                ProcedureVersion.procedure_key == "fp_01_ds"
            )
        ).all()
    )
    assert dict(tuple(row) for row in states)[before.number] == RETIRED


def test_a_running_case_keeps_the_version_it_began_with(town):
    subject = town.begun("apply")
    before = town.case(subject).version_id
    town.do(PublishVersion(bundle=bundle(summary="改了一个字")), CONSOLE)

    town.take(subject, "check")

    assert town.case(subject).version_id == before
    assert town.case(town.begun("apply")).version_id != before


def test_only_the_console_publishes_without_a_designer(town):
    subject = town.begun()

    with pytest.raises(NotAllowed):
        town.do(PublishVersion(bundle=bundle(summary="改了一个字")), subject.cadre)


def test_a_broken_diagram_never_becomes_a_version(town):
    before = current(town)
    broken = bundle()
    text = broken.diagrams["process.bpmn"].replace('sourceRef="apply"', 'sourceRef="nowhere"')

    with pytest.raises(Invalid, match="to_household_check"):
        town.do(PublishVersion(bundle=dataclasses.replace(broken, diagrams={"process.bpmn": text})), CONSOLE)

    assert current(town).number == before.number


def test_what_is_not_there_or_not_in_force_is_said(town):
    with pytest.raises(UnknownProcedure, match="fp_99"):
        town.read(lambda session: catalogue.current(session, "fp_99"))

    town.change(Procedure.__table__.update().values(current_version_id=None))
    with pytest.raises(NotPublished):
        current(town)
    assert town.read(catalogue.in_force) == []


def test_a_version_is_parsed_once_and_shared(town):
    assert current(town) is current(town)
    assert current(town) in town.read(catalogue.in_force)


def test_a_bundle_reads_back_as_it_was_written_with_the_same_digest():
    written = bundle()

    read = Bundle.load(written.dump())

    assert read == written
    assert read.digest() == written.digest()
    assert bundle(summary="改了一个字").digest() != written.digest()


def test_a_release_knows_its_first_form_and_what_a_conclusion_may_be(town):
    release = current(town)

    assert release.start_element().id == "apply"
    assert release.conclusions("fp_01_ds_township_review") == ("审核通过", "退回")
    assert release.conclusions(None) == ()
    assert "village_committee" in release.starters
    assert release.diagram().startswith("<?xml")
