"""What a procedure says about itself is complete, and each number it rests on can be traced."""

import re

import pytest

from tests.bpmn import artefacts
from tests.bpmn.artefacts import KEYS, PROCEDURES

every_procedure = pytest.mark.parametrize("key", KEYS)
TYPES = {"integer": int, "boolean": bool, "choice": str, "text": str, "list": list}


def described():
    return [(key, each) for key in KEYS for each in artefacts.procedure(key)["parameters"]]


every_parameter = pytest.mark.parametrize(
    ("key", "parameter"), described(), ids=lambda each: each if isinstance(each, str) else each["name"]
)


@every_procedure
def test_a_procedure_says_where_it_holds_and_who_may_start_it(key):
    said = artefacts.procedure(key)

    assert said["key"] == said["process"] == key
    assert re.fullmatch(r"\d{12}", said["division"])
    assert said["name"]
    assert said["category"]
    assert said["start_roles"] or "start" not in said


@every_procedure
def test_the_start_is_the_first_step_of_the_diagram(key):
    said = artefacts.procedure(key)
    if "start" not in said:
        return
    first = next(iter(artefacts.asked(key).items()))

    assert (said["start"]["step"], said["start"]["form"]) == first
    assert artefacts.quotation_problem(said["start"]["basis"]) is None


@every_procedure
def test_its_source_documents_are_at_hand_and_bear_their_titles(key):
    for document in artefacts.procedure(key)["documents"]:
        text = (PROCEDURES / "sources" / document["file"]).read_text(encoding="utf-8")

        assert artefacts.plain(document["title"]) in artefacts.plain(text)


@every_procedure
def test_what_it_calls_is_here(key):
    assert set(artefacts.procedure(key)["calls"]) <= set(KEYS)


@every_procedure
def test_its_subject_is_asked_for_in_the_start_form(key):
    said = artefacts.procedure(key)
    if "start" not in said:
        assert "subject" not in said
        return
    fields = {each.get("key") for each in artefacts.components(said["start"]["form"])}

    assert said["subject"]["name"]
    for part in {"name", "identity", "phone"} & set(said["subject"]):
        step, _, field = said["subject"][part].partition(".")
        assert step == said["start"]["step"]
        assert field in fields


@every_parameter
def test_a_parameter_says_what_it_is_and_why_it_has_its_default(key, parameter):
    assert isinstance(parameter["default"], TYPES[parameter["type"]])
    assert parameter["label"]
    assert parameter["why"]
    assert parameter["origin"] in {"source", "default"}
    if parameter["origin"] == "source":
        assert parameter["basis"]
    if "basis" in parameter:
        assert artefacts.quotation_problem(parameter["basis"]) is None


@every_parameter
def test_a_default_keeps_to_its_own_limits(key, parameter):
    default = parameter["default"]
    chosen = default if isinstance(default, list) else [default]

    assert default >= parameter.get("min", default)
    assert default <= parameter.get("max", default)
    assert set(chosen) <= set(parameter.get("options", chosen))


@every_parameter
def test_a_parameter_is_used(key, parameter):
    if parameter["name"] == "campaign_divisions":
        assert "campaign" in artefacts.procedure(key)
        return
    files = [path for path in (PROCEDURES / key).iterdir() if path.suffix in {".bpmn", ".dmn"}]
    texts = [path.read_text(encoding="utf-8") for path in files]
    texts += [artefacts.form_text(form) for form in artefacts.asked(key).values()]
    texts.append(artefacts.procedure(key).get("case", {}).get("due", ""))

    assert any(re.search(rf"param\.{parameter['name']}\b", text) for text in texts)


def test_the_publicity_may_not_be_set_shorter_than_five_days():
    assert artefacts.parameters("fp_01_ds")["publicity_days_village"]["min"] == 5
