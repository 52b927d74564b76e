"""保管期限 in a description: asked for by the lint, changed in the editor, seen in a comparison."""

import tomllib

import pytest

from tests.bpmn.artefacts import KEYS, PROCEDURES
from tests.workflows.designing import drafts
from tests.workflows.designing.faults import only, rules
from tests.workflows.designing.mutated import described
from tests.workflows.designing.mutated import only as only_change
from workflows.designing import describing, retention
from workflows.designing.parts import Unusable
from workflows.designing.parts import described as read
from workflows.errors import Invalid

ONE = (PROCEDURES / "fp_01_ds" / "procedure.toml").read_text()
KEPT = {"class": "30年", "origin": "default", "why": "从长。"}


def draft(said):
    return drafts.one(
        drafts.task("look", "look"), "look", forms={"look": drafts.form("text")}, retention=said
    )


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({}, "retention.missing"),
        ({"origin": "default", "why": "从长。"}, "retention.missing"),
        (KEPT | {"class": "5年"}, "retention.unknown"),
        (KEPT | {"class": ""}, "retention.unknown"),
        (KEPT | {"why": " "}, "retention.reason"),
        (KEPT | {"origin": "guess"}, "retention.reason"),
        (KEPT | {"origin": "source"}, "retention.reason"),
    ],
)
def test_a_class_that_is_missing_unknown_or_without_a_reason_keeps_a_draft_from_being_published(said, rule):
    finding = only(draft(said))

    assert (finding.severity, finding.file, finding.element) == ("error", "procedure.toml", "retention")
    assert finding.rule == rule
    assert finding.fix


@pytest.mark.parametrize("kind", retention.CLASSES)
def test_the_three_classes_are_fine(kind):
    assert [each for each in rules(draft(KEPT | {"class": kind})) if "retention" in each] == []


@pytest.mark.parametrize("said", ['retention = "30年"', "[retention]\nclass = 30"])
def test_a_class_that_is_no_text_is_refused_when_it_is_loaded(said):
    head = 'name = "n"\nlocality = "DS"\ndivision = "150602000000"\ncategory = "c"\nstart_roles = []\n'

    with pytest.raises(Unusable, match="retention 应为"):
        read(head + said, "p/procedure.toml")


@pytest.mark.parametrize("key", KEYS)
def test_every_procedure_says_its_class_and_why(key):
    said = tomllib.loads((PROCEDURES / key / "procedure.toml").read_text())["retention"]

    assert said["class"] in retention.CLASSES
    assert (said["origin"], "需核定" in said["why"]) == ("default", True)


def test_the_editor_changes_the_class_where_it_stands():
    given = describing.shown(ONE) | {"retention-class": "永久", "retention-why": "县里定的。"}

    made = describing.changed(ONE, given)

    assert tomllib.loads(made)["retention"] == {"class": "永久", "origin": "default", "why": "县里定的。"}
    assert len(made.splitlines()) == len(ONE.splitlines())


def test_the_editor_writes_a_class_into_a_description_that_had_none():
    head, _, rest = ONE.partition("[retention]\n")
    without = head + rest[rest.index("[[documents]]") :]
    said = {"retention-class": "10年", "retention-origin": "source", "retention-basis": "文件｜保管十年"}

    made = describing.changed(without, describing.shown(without) | said)

    assert tomllib.loads(made)["retention"] == {
        "class": "10年",
        "origin": "source",
        "basis": "文件｜保管十年",
    }
    with pytest.raises(Invalid) as refused:
        describing.changed(without, describing.shown(without))
    assert set(refused.value.errors) == {"retention-class"}


def test_another_class_shows_when_versions_are_compared():
    change = only_change(described(retention=KEPT | {"class": "永久"}))

    assert (change.subject, change.what) == ("retention", "保管期限")
    assert change.old.startswith("30年（本地设定：")
    assert change.new == "永久（本地设定：从长。）"
