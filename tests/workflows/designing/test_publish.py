"""A bundle becomes a version once, is never changed, and a broken one never does."""

import json

import pytest
from sqlalchemy import select

from tests.bpmn.artefacts import FORMS, copied
from tests.workflows.designing.drafts import bundle, end, form, one, redrawn, task
from tests.workflows.spiff.drawing import START
from workflows import catalogue
from workflows.catalogue import PUBLISHED, RETIRED, ProcedureVersion
from workflows.commands import CONSOLE, Actor, Executor
from workflows.db import Database
from workflows.designing import folders
from workflows.designing.publish import PublishVersion, Unpublishable, VersionFrozen, move
from workflows.errors import NotAllowed, Refusal
from workflows.ports import Host

NOBODY = Host(None, None, None, None)
"""Publishing asks nothing of the office."""


class Registry:
    """A database to publish into."""

    def __init__(self, url, clock):
        self.database = Database(url)
        self.executor = Executor(self.database, clock, NOBODY)

    def publish(self, draft, by=CONSOLE):
        return self.executor.execute(PublishVersion(bundle=draft), by=by)

    def read(self, question, *given):
        with self.database.reading() as session:
            return question(session, *given)

    def versions(self, key="P"):
        rows = select(ProcedureVersion).where(ProcedureVersion.procedure_key == key)
        return [
            (row.number, row.state)
            for row in self.read(lambda s: s.scalars(rows.order_by(ProcedureVersion.number)).all())
        ]

    def in_force(self):
        return [(release.key, release.number) for release in self.read(catalogue.in_force)]


@pytest.fixture
def registry(database_url, clock):
    opened = Registry(database_url, clock)
    yield opened
    opened.database.dispose()


def draft(name="申请"):
    return one(task("apply", "apply", name=name), "apply", forms={"apply": form("text")})


def test_what_is_published_is_in_force_as_it_was_handed_in(registry):
    handed = draft()

    number = registry.publish(handed)

    release = registry.read(catalogue.current, "P")
    assert (number, release.number) == (1, 1)
    assert release.digest == handed.digest()
    assert release.start_element().name == "申请"


def test_the_same_again_changes_nothing(registry):
    registry.publish(draft())

    assert registry.publish(draft()) == 1
    assert registry.versions() == [(1, PUBLISHED)]


def test_something_else_is_the_next_version_and_the_old_one_retires(registry):
    registry.publish(draft())

    assert registry.publish(draft("提交申请")) == 2
    assert registry.versions() == [(1, RETIRED), (2, PUBLISHED)]
    assert registry.in_force() == [("P", 2)]


def test_the_words_of_an_earlier_version_may_come_back_as_a_new_one(registry):
    for name in ("申请", "提交申请", "申请"):
        registry.publish(draft(name))

    assert registry.versions() == [(1, RETIRED), (2, RETIRED), (3, PUBLISHED)]


def test_only_the_console_publishes(registry):
    with pytest.raises(NotAllowed):
        registry.publish(draft(), by=Actor(kind="person", name="王三", person_id=1))

    assert registry.in_force() == []


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (one(task("apply", "nowhere"), "apply"), "form.unknown"),
        (one(task("apply", "apply"), "apply", forms={"apply": "{"}), "form.unreadable"),
        (one(task("apply"), "apply", decisions={"P/decisions.dmn": "<oops"}), "dmn.unreadable"),
        (bundle(START + end("over")), "flow.missing"),
        (redrawn(draft(), "</bpmn:process>", ""), "xml.syntax"),
    ],
)
def test_a_broken_bundle_never_becomes_a_version(registry, broken, rule):
    registry.publish(draft())

    with pytest.raises(Unpublishable) as refusal:
        registry.publish(broken)

    assert rule in str(refusal.value)
    assert any(rule in where for where in refusal.value.errors)
    assert registry.in_force() == [("P", 1)]


def test_a_retired_version_is_never_put_in_force_again():
    with pytest.raises(VersionFrozen):
        move(ProcedureVersion(procedure_key="P", number=1, state=RETIRED), PUBLISHED)


# A folder with one broken diagram


BROKEN = {
    "cut off": lambda text: text[: len(text) // 2],
    "loose end": lambda text: text.replace('sourceRef="apply_green"', 'sourceRef="nowhere"', 1),
    "script": lambda text: text.replace("<bpmn:laneSet", '<bpmn:scriptTask id="run" /><bpmn:laneSet', 1),
}

TOLD = {
    "cut off": "process.bpmn - [xml.syntax]",
    "loose end": "process.bpmn to_decision [flow.dangling]",
    "script": "process.bpmn run [element.scriptTask]",
}


def import_all(registry, root):
    """What `procedures import` does: each procedure by itself, the sentences of those that are refused."""
    told = {}
    for key in folders.keys(root):
        try:
            registry.publish(folders.read(root, FORMS, key))
        except Unpublishable as refusal:
            told[key] = [f"{where} {sentence}" for where, sentence in refusal.errors.items()]
        except Refusal as refusal:
            told[key] = [str(refusal)]
    return told


@pytest.mark.parametrize("damage", BROKEN)
def test_a_broken_diagram_is_told_by_file_element_and_rule_and_the_rest_still_loads(
    registry, tmp_path, damage
):
    root = copied(tmp_path / "bpmn", "fp_01_ds", "fp_08_ds")
    diagram = root / "fp_08_ds" / "process.bpmn"
    diagram.write_text(BROKEN[damage](diagram.read_text(encoding="utf-8")), encoding="utf-8")

    told = import_all(registry, root)

    assert list(told) == ["fp_08_ds"]
    assert registry.in_force() == [("fp_01_ds", 1)]
    assert any(sentence.startswith(TOLD[damage]) for sentence in told["fp_08_ds"])


def test_a_called_procedure_that_is_broken_keeps_its_caller_out_too(registry, tmp_path):
    root = copied(tmp_path / "bpmn", "fp_01_ds", "fp_08_ds")
    (root / "fp_01_ds" / "process.bpmn").write_text("<oops", encoding="utf-8")

    told = import_all(registry, root)

    assert told["fp_01_ds"][0].startswith("process.bpmn - [xml.syntax]")
    assert told["fp_08_ds"][0].startswith("fp_01_ds/process.bpmn - [xml.syntax]")
    assert registry.in_force() == []


def test_a_folder_that_cannot_be_read_is_told_and_the_rest_still_loads(registry, tmp_path):
    root = copied(tmp_path / "bpmn", "fp_01_ds", "fp_08_ds")
    (root / "empty").mkdir()
    (root / "empty" / "procedure.toml").write_text("name = ", encoding="utf-8")

    told = import_all(registry, root)

    assert list(told) == ["empty"]
    assert told["empty"][0].startswith("empty/procedure.toml：不是有效的 TOML")
    assert registry.in_force() == [("fp_01_ds", 1), ("fp_08_ds", 1)]


def test_a_version_is_stored_as_the_text_that_was_hashed(registry):
    registry.publish(draft())

    (row,) = registry.read(lambda s: s.scalars(select(ProcedureVersion)).all())

    assert json.loads(row.bundle)["key"] == "P"
    assert catalogue.Bundle.load(row.bundle).digest() == row.digest
