"""An amendment starts from what is in force, is saved by whoever saw its latest words, touches no case."""

import pytest

from tests.bpmn.artefacts import FORMS, PROCEDURES
from workflows import catalogue
from workflows.administering import HandlesIt, NotAdministrator
from workflows.commands import CONSOLE, Actor, Executor, Grant
from workflows.db import Database
from workflows.designing import amendments, folders
from workflows.designing.amending import DiscardAmendment, OpenAmendment, Overtaken, SaveAmendment
from workflows.designing.amendments import Amendment, NotDrafting, UnknownAmendment
from workflows.designing.publish import PublishVersion
from workflows.errors import Invalid
from workflows.ports import Host

KEY = "fp_01_ds"
DISTRICT = "150602000000"


def administrator(person_id, name, *, division=DISTRICT, also=()):
    """Somebody who administers procedures, and may hold other roles besides."""
    grants = tuple(
        Grant(role=role, unit_id=7, unit_name="区乡村振兴局", level="county", division=division)
        for role in ("procedure_admin", *also)
    )
    return Actor(kind="person", name=name, person_id=person_id, account_id=person_id, grants=grants)


ZHAO, QIAN = administrator(1, "赵一"), administrator(2, "钱二")


class Desk:
    """A database with the real procedure in force, and somebody who amends it."""

    def __init__(self, url, clock):
        self.database = Database(url)
        self.executor = Executor(self.database, clock, Host(None, None, None, None))
        bundle = folders.read(PROCEDURES, FORMS, KEY)
        self.do(PublishVersion(bundle=bundle, sources=folders.sources(PROCEDURES, KEY)), by=CONSOLE)

    def do(self, command, by=ZHAO):
        return self.executor.execute(command, by=by)

    def open(self, by=ZHAO, **what):
        return self.do(OpenAmendment(procedure=KEY, title="增加镇级复核", **what), by=by)

    def row(self, amendment_id):
        with self.database.reading() as session:
            return session.get_one(Amendment, amendment_id)

    def bundle(self, amendment_id):
        with self.database.reading() as session:
            return amendments.bundle_of(session, KEY, session.get_one(Amendment, amendment_id).files)


@pytest.fixture
def desk(database_url, clock):
    opened = Desk(database_url, clock)
    yield opened
    opened.database.dispose()


def test_an_amendment_nobody_changed_is_the_version_in_force_to_the_byte(desk):
    amendment = desk.open()

    assert desk.bundle(amendment).digest() == folders.read(PROCEDURES, FORMS, KEY).digest()
    assert desk.row(amendment).files["procedure.toml"] == (PROCEDURES / KEY / "procedure.toml").read_text()
    assert "scenarios.toml" in desk.row(amendment).files


def test_a_version_whose_texts_were_not_kept_is_still_the_same_procedure(desk):
    desk.do(PublishVersion(bundle=_renamed()), by=CONSOLE)

    amendment = desk.open()

    assert desk.bundle(amendment).digest() == _renamed().digest()


def test_the_documents_laid_to_an_amendment_stay_with_the_version_it_becomes(desk):
    first = desk.open()
    laid = {"sources/本区公示办法.txt": "第一条 公示七日。"}
    desk.do(SaveAmendment(amendment_id=first, revision=1, changes=laid))
    files = desk.row(first).files
    desk.do(PublishVersion(bundle=_renamed(), sources=amendments.kept_beside(files)), by=CONSOLE)

    second = desk.row(desk.open()).files

    assert {name: text for name, text in second.items() if name.startswith("sources/")} == laid
    assert second["procedure.toml"] == files["procedure.toml"]


def _renamed():
    bundle = folders.read(PROCEDURES, FORMS, KEY)
    return catalogue.Bundle(
        bundle.key, {**bundle.meta, "summary": "改过"}, bundle.diagrams, bundle.decisions, bundle.forms
    )


def test_what_is_saved_stays_and_nothing_else_changes(desk):
    amendment = desk.open()
    before = desk.row(amendment).files

    revision = desk.do(
        SaveAmendment(
            amendment_id=amendment, revision=1, changes={"scenarios.toml": "", "forms/neu.json": "{}"}
        )
    )

    assert revision == 2
    assert desk.row(amendment).files == {**before, "scenarios.toml": "", "forms/neu.json": "{}"}


def test_the_second_of_two_people_is_told_and_overwrites_nothing(desk):
    amendment = desk.open()
    desk.do(SaveAmendment(amendment_id=amendment, revision=1, changes={"process.bpmn": "钱"}), by=QIAN)

    with pytest.raises(Overtaken, match="钱二已于") as refusal:
        desk.do(SaveAmendment(amendment_id=amendment, revision=1, changes={"process.bpmn": "赵"}))

    assert "未写入" in str(refusal.value)
    assert desk.row(amendment).files["process.bpmn"] == "钱"
    assert desk.row(amendment).authors == [1, 2]


def test_who_administers_elsewhere_sees_none_of_it(desk):
    amendment = desk.open()
    elsewhere = administrator(3, "孙三", division="150723000000")

    with pytest.raises(NotAdministrator):
        desk.open(by=elsewhere)
    with pytest.raises(UnknownAmendment):
        desk.do(SaveAmendment(amendment_id=amendment, revision=1), by=elsewhere)


def test_who_handles_the_cases_does_not_write_their_rules(desk):
    with pytest.raises(HandlesIt):
        desk.open(by=administrator(4, "李四", also=("county_rvb",)))


def test_what_was_discarded_stays_as_it_was(desk):
    amendment = desk.open()
    desk.do(DiscardAmendment(amendment_id=amendment))

    with pytest.raises(NotDrafting, match="已作废"):
        desk.do(SaveAmendment(amendment_id=amendment, revision=1, changes={"process.bpmn": ""}))


@pytest.mark.parametrize("name", ["../x", "forms/../x.json", "forms/a/b.json", "x.py", "forms/.json", ""])
def test_only_artefacts_are_kept(desk, name):
    amendment = desk.open()

    with pytest.raises(Invalid):
        desk.do(SaveAmendment(amendment_id=amendment, revision=1, changes={name: "x"}))

    assert name not in desk.row(amendment).files
