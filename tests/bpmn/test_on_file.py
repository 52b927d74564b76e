"""填一次, held over every form: what the office may have on file already is asked for by its name there."""

import json

import pytest

import forms
from app.registers import on_file
from tests.bpmn.artefacts import ROOT
from workflows.opening import CORRECTIONS

FORMS = sorted((ROOT / "forms" / "definitions").glob("*.json"))

HOUSEHOLD = {
    "head_name": "household.name",
    "head_identity": "household.identity",
    "phone": "household.phone",
    "address": "household.address",
    "household_type": "household.type",
    "members": "household.members",
}
PROJECT = {"project_number": "project.number", "project_name": "project.name", "owner": "project.owner"}
ASSET = {"asset_number": "asset.number", "asset_name": "asset.name", "owner": "asset.owner"}
ASKED = {"fp": HOUSEHOLD, "as": PROJECT | ASSET, "fd": PROJECT, "pf": PROJECT, "pj": PROJECT}
"""Keys that ask for what may be on file, by the kind of procedure, and the name of it."""

AMOUNTS = {"investment": "project.total", "total": "project.total", "original_cost": "asset.cost"}

EXCEPTIONS = {
    ("fp_06_gt_members", "members"): "the people of a task force, not of a household",
    ("fp_13_gt_enter", "members"): "how many people there are, not who",
    ("pj_03_ew_propose", "investment"): "the new amount that the change is about",
    ("as_06_aq_plan", "total"): "the sum of this year's distribution",
    ("as_06_ds_plan", "total"): "the sum of this year's distribution",
    ("as_06_ew_plan", "total"): "the sum of this year's distribution",
    ("as_06_gt_plan", "total"): "the sum of this year's distribution",
}
"""Forms that ask such a key for something else."""


def definition(path):
    return forms.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_what_may_be_on_file_is_asked_for_by_its_name(path):
    asked = ASKED.get(path.stem.partition("_")[0], {}) | AMOUNTS
    bare = [
        field.key
        for field in definition(path).fields
        if field.key in asked and field.on_file != asked[field.key] and not field.readonly
    ]

    assert [key for key in bare if (path.stem, key) not in EXCEPTIONS] == []


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_name_asked_for_is_one_that_may_be_on_file(path):
    names = definition(path).wants.values()
    own = [name for name in names if name.startswith(on_file.OWN_CASE)]

    assert set(names) - set(own) <= set(on_file.VOCABULARY)
    assert len(set(names)) == len(list(names))


def test_every_name_is_asked_for_by_some_form():
    asked = {name for path in FORMS for name in definition(path).wants.values()}

    assert set(on_file.VOCABULARY) <= asked


def test_no_exception_is_kept_for_what_is_asked_by_name_or_no_more():
    fields = {(path.stem, field.key): field for path in FORMS for field in definition(path).fields}

    assert [one for one in EXCEPTIONS if one not in fields or fields[one].on_file] == []


def test_forms_and_engine_keep_corrections_under_one_name():
    assert forms.CORRECTIONS == CORRECTIONS


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_file_keeps_to_its_layout(path):
    text = path.read_text(encoding="utf-8")

    assert json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n" == text
