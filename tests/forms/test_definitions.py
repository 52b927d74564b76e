"""Every form a fresh installation starts with can be asked, and answered."""

import json
from pathlib import Path

import pytest

import forms
from tests.forms.desk import fill
from workflows import feel

FILES = sorted((Path(__file__).parents[2] / "forms" / "definitions").glob("*.json"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request):
    return request.param


def test_its_name_is_its_id_and_it_can_be_asked(path):
    definition = forms.parse(path.read_text())

    assert definition.id == path.stem
    assert definition.fields


def test_its_expressions_are_feel(path):
    for expression in forms.parse(path.read_text()).expressions:
        assert feel.parse(expression.text), expression.place


def test_left_empty_it_says_what_is_missing(path):
    definition = forms.parse(path.read_text())
    form = fill(definition, {})

    valid = form.validate()

    # A list that may be empty, such as a department's month without a finding, asks for nothing.
    assert not valid or not any(field.required for field in definition.fields)
    assert all(sentence.endswith("。") for sentence in form.errors.values())


def test_every_check_has_its_own_message(path):
    definition = forms.parse(path.read_text())

    assert [field.place for field in definition.fields if field.check and not field.check_message] == []


def test_the_form_builder_finds_the_names_it_needs(path):
    source = json.loads(path.read_text())

    assert source["type"] == "default"
    assert source["schemaVersion"] >= 4
