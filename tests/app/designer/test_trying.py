"""A draft is tried with the office's own forms and roles; nothing is stored and nobody is looked up."""

import json
from datetime import UTC, datetime

import pytest

from app.designer.trying import OFFICE, UnusableForm, check_form
from workflows.errors import Invalid

MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)
IDENTITY = "150602196803140011"


def form(kind, type_="textfield", key="asked"):
    field = {"type": type_, "key": key, "label": "内容", "properties": {"kind": kind} if kind else {}}
    return json.dumps({"type": "default", "components": [field]})


def checked(text, answers, previous=None):
    return check_form(text, answers, scope={}, at=MORNING, previous=previous)


def test_an_identity_number_is_kept_as_a_case_keeps_it():
    kept = checked(form("identity"), {"asked": IDENTITY})["asked"]

    assert set(kept) == {"kind", "sealed", "mask", "hash"}
    assert kept["mask"] != IDENTITY
    assert IDENTITY not in json.dumps(kept)


def test_the_mask_of_an_earlier_round_stands_for_its_number():
    before = checked(form("identity"), {"asked": IDENTITY})

    assert checked(form("identity"), {"asked": before["asked"]["mask"]}, before) == before


def test_one_number_is_always_kept_alike():
    first, second = (checked(form("identity"), {"asked": IDENTITY})["asked"]["hash"] for _ in range(2))

    assert first == second


def test_every_number_is_an_uploaded_picture():
    assert checked(form("image", "filepicker"), {"asked": [1, 2]}) == {"asked": [1, 2]}


def test_every_division_is_known():
    assert checked(form("division"), {"asked": "150602100202"}) == {"asked": "150602100202"}


def test_everybody_is_known():
    assert checked(form("person"), {"asked": 7}) == {"asked": 7}


def test_a_wrong_answer_is_refused_beside_its_field():
    with pytest.raises(Invalid) as refusal:
        checked(form("identity"), {"asked": "150602196803140012"})

    assert set(refusal.value.errors) == {"asked"}


def test_a_form_that_cannot_be_read_is_refused_in_a_sentence():
    with pytest.raises(UnusableForm, match="不支持的组件类型"):
        checked(form("", "hologram"), {})


def test_the_office_knows_its_roles_and_reads_its_forms():
    assert "village_committee" in OFFICE.roles
    assert OFFICE.form_problem(form("")) is None
    assert OFFICE.form_problem("{").startswith("表单定义不是有效的JSON")
