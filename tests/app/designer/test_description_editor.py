"""The description's pages: set part by part, parameters one by one, the rest as text."""

import html
import re
import tomllib

import pytest

from tests.app.designer.amended import Draft
from tests.app.office import ROOT

WRITTEN = (ROOT / "bpmn" / "fp_01_ds" / "procedure.toml").read_text()


@pytest.fixture
def draft(office):
    return Draft(office, procedure_toml=WRITTEN)


@pytest.fixture
def one_draft(one_office):
    return Draft(one_office, procedure_toml=WRITTEN)


def fields_of(page):
    found = dict(re.findall(r'<input class="form-control"[^>]* name="([^"]+)" value="([^"]*)"', page))
    found |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', page))
    for name, inside in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        found[name] = chosen[1] if chosen else ""
    return {name: html.unescape(text) for name, text in found.items()}


def test_the_page_saved_as_shown_leaves_the_file_as_it_is(one_draft):
    given = fields_of(one_draft.get("description").text)

    assert one_draft.post("description", **given).status_code == 303
    assert one_draft.file("procedure.toml") == WRITTEN


def test_the_three_classes_of_retention_are_offered_and_one_is_asked_for(one_draft):
    page = one_draft.get("description").text
    given = {**fields_of(page), "retention-class": "永久"}

    offered = re.search(r'name="retention-class".*?</select>', page)[0]
    assert re.findall(r'value="([^"]*)"', offered) == ["永久", "30年", "10年"]
    refused = one_draft.post("description", **{**given, "retention-why": ""})
    assert (refused.status_code, 'id="retention-why-error"' in refused.text) == (422, True)
    assert one_draft.post("description", **given).status_code == 303
    assert tomllib.loads(one_draft.file("procedure.toml"))["retention"]["class"] == "永久"


def test_a_document_is_added_with_its_number_and_the_comments_stay(draft):
    given = fields_of(draft.get("description").text)
    asked = draft.post("description", **given, do="document").text
    assert 'name="document-1-title"' in asked
    more = {**given, "document-1-title": "实施细则", "document-1-number": "东府发〔2026〕1号"}

    assert draft.post("description", **more).status_code == 303

    text = draft.file("procedure.toml")
    assert tomllib.loads(text)["documents"][1]["number"] == "东府发〔2026〕1号"
    assert "# The publicity period is not counted against the limit" in text


def test_what_was_typed_stays_when_it_is_refused(one_draft):
    given = {**fields_of(one_draft.get("description").text), "name": "", "summary": "写了一半"}

    answer = one_draft.post("description", **given)

    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert "写了一半" in answer.text
    assert one_draft.file("procedure.toml") == WRITTEN


def test_a_parameter_is_changed_added_and_removed(draft):
    part = "parameters/total_days"
    given = {**fields_of(draft.get(part).text), "default": "20"}
    assert draft.post(part, **given).status_code == 303
    new = {
        "name": "visits",
        "label": "入户次数",
        "type": "integer",
        "default": "2",
        "origin": "default",
        "why": "本地。",
    }
    assert draft.post("new-parameter", **new).status_code == 303

    said = {each["name"]: each for each in tomllib.loads(draft.file("procedure.toml"))["parameters"]}
    assert said["total_days"]["default"] == 20
    assert said["visits"]["default"] == 2
    assert draft.post("description", do="remove:visits").status_code == 303
    assert "visits" not in draft.file("procedure.toml")
    assert draft.get("parameters/visits").status_code == 404


def test_a_parameter_out_of_its_limits_is_refused_beside_its_field(one_draft):
    part = "parameters/total_days"
    given = {**fields_of(one_draft.get(part).text), "default": "9999"}

    answer = one_draft.post(part, **given)

    assert answer.status_code == 422
    assert 'id="default-error"' in answer.text
    assert "9999" in answer.text


def test_the_rest_is_changed_as_text_and_what_is_none_is_refused(one_draft):
    part = "text/procedure.toml"
    good = one_draft.post(part, text=WRITTEN.replace('category = "', 'category = "新的', 1))
    bad = one_draft.post(part, text="name =")
    script = one_draft.post("text/scenarios.toml", text='[[scenario]]\nname = "x"')

    assert good.status_code == 303
    assert 'category = "新的' in one_draft.file("procedure.toml")
    assert bad.status_code == 422
    assert "name =" in bad.text
    assert "不是有效的 TOML" in bad.text
    assert script.status_code == 422
    assert one_draft.get("text/etc").status_code == 404


def test_a_description_that_cannot_be_read_leads_to_its_text(one_draft):
    one_draft.save({"procedure.toml": "x ="})

    answer = one_draft.get("description")

    assert answer.status_code == 200
    assert "按文本修改" in answer.text
    assert 'role="alert"' in answer.text
