"""The form designer's pages: fields in order, changed one at a time, refused by field."""

import json
import re

import pytest

from tests.app.designer.amended import COLLEAGUE, Draft
from tests.app.office import CADRE
from workflows.designing.amending import DiscardAmendment, SaveAmendment

FORM = "fp_01_ds_apply"


@pytest.fixture
def draft(office):
    return Draft(office)


@pytest.fixture
def one_draft(one_office):
    return Draft(one_office)


def source(draft, form=FORM):
    return json.loads(draft.file(f"forms/{form}.json"))


def fields_of(page):
    """What the controls of a page say, as a browser would send them."""
    found = dict(re.findall(r'<input class="form-control"[^>]* name="([^"]+)" value="([^"]*)"', page))
    found |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', page))
    ticked = re.findall(r'type="checkbox" id="[^"]+" name="([^"]+)" value="on" checked', page)
    for name, inside in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        found[name] = chosen[1] if chosen else ""
    return found | dict.fromkeys(ticked, "on")


def test_a_field_is_added_set_moved_and_removed(draft):
    answer = draft.post(f"forms/{FORM}", do="add", type="number", holder="0")
    assert answer.status_code == 303
    part = answer.headers["Location"].partition(f"/amendments/{draft.id}/")[2]
    given = {
        **fields_of(draft.get(part).text),
        "label": "羊的只数",
        "key": "sheep",
        "min": "0",
        "required": "on",
    }
    assert draft.post(part, **given).status_code == 303

    group = source(draft)["components"][0]["components"]
    assert group[-1]["key"] == "sheep"
    assert group[-1]["validate"] == {"min": 0, "required": True}
    assert "羊的只数" in draft.get(f"forms/{FORM}").text
    path = f"0.{len(group) - 1}"
    assert draft.post(f"forms/{FORM}", do=f"up:{path}").status_code == 303
    assert source(draft)["components"][0]["components"][-2]["key"] == "sheep"
    assert draft.post(f"forms/{FORM}", do=f"remove:0.{len(group) - 2}").status_code == 303
    assert "sheep" not in draft.file(f"forms/{FORM}.json")


def test_a_field_saved_as_it_was_shown_is_as_it_was(one_draft):
    draft = one_draft
    before = draft.file(f"forms/{FORM}.json")

    for path in ("0", "0.0", "0.1", "0.2", "0.3"):
        part = f"forms/{FORM}/fields/{path}"
        assert draft.post(part, **fields_of(draft.get(part).text.replace("&#34;", '"'))).status_code == 303

    assert json.loads(draft.file(f"forms/{FORM}.json")) == json.loads(before)


def test_what_was_typed_stays_when_it_is_refused(one_draft):
    part = f"forms/{FORM}/fields/0.0"
    given = {
        **fields_of(one_draft.get(part).text),
        "label": "新名称",
        "key": "9",
        "hide": "1 +",
        "max_length": "多",
    }

    answer = one_draft.post(part, **given)

    assert answer.status_code == 422
    for name in ("key", "hide", "max_length"):
        assert f'id="{name}-error"' in answer.text
    assert 'value="新名称"' in answer.text
    assert 'value="1 +"' in answer.text
    assert source(one_draft)["components"][0]["components"][0]["label"] == "户主姓名"


def test_a_change_after_a_colleague_saved_is_told_and_overwrites_nothing(draft):
    part = f"forms/{FORM}/fields/0.0"
    given = {**fields_of(draft.get(part).text), "label": "我的名称", "revision": "1"}
    save = SaveAmendment(amendment_id=draft.id, revision=1, changes={"scenarios.toml": "# 同事"})
    draft.office.executor.execute(save, by=draft.office.actor(COLLEAGUE))

    answer = draft.browser.post(draft.url(part), draft.url(part), **given)

    assert answer.status_code == 409
    assert "未写入" in answer.text
    assert 'value="我的名称"' in answer.text
    assert "我的名称" not in draft.file(f"forms/{FORM}.json")


def test_forms_are_made_copied_and_removed(one_draft):
    draft = one_draft
    assert draft.post("forms", do="new", name="fp_01_ds_extra", title="补充材料").status_code == 303
    assert draft.post("forms", do="copy", name="fp_01_ds_again", **{"from": FORM}).status_code == 303

    assert source(draft, "fp_01_ds_extra")["components"] == []
    assert source(draft, "fp_01_ds_again") == {**source(draft), "id": "fp_01_ds_again"}
    taken = draft.post("forms", do="new", name="fp_01_ds_extra")
    assert taken.status_code == 422
    assert "已有编号" in taken.text
    assert draft.post("forms", do="new", name="../etc").status_code == 422
    assert draft.post("forms", do="remove:fp_01_ds_extra").status_code == 303
    assert draft.file("forms/fp_01_ds_extra.json") is None
    assert draft.post("forms", do="remove:nothing").status_code == 404


def test_the_words_of_the_buttons_and_the_title_are_set(one_draft):
    wrong = one_draft.post(f"forms/{FORM}", do="name", title="申请", verbs="提交")
    good = one_draft.post(f"forms/{FORM}", do="name", title="申请", verbs="*=交上去")

    assert wrong.status_code == 422
    assert good.status_code == 303
    assert source(one_draft)["properties"] == {"title": "申请", "verbs": {"*": "交上去"}}


def test_a_form_is_tried_without_keeping_anything(one_draft):
    part = f"forms/{FORM}/try"
    shown = one_draft.get(part)
    judged = one_draft.browser.post(one_draft.url(part), one_draft.url(part), _judge="1", head_name="王三")

    assert shown.status_code == 200
    assert "户主姓名" in shown.text
    assert judged.status_code == 422
    assert 'value="王三"' in judged.text
    assert "必填" in judged.text


@pytest.mark.parametrize("do", ["", "up:9.9", "add", "explode:0"])
def test_nonsense_is_refused_in_words(one_draft, do):
    answer = one_draft.post(f"forms/{FORM}", do=do)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_form_that_cannot_be_read_is_shown_as_such(one_draft):
    draft = one_draft
    save = SaveAmendment(amendment_id=draft.id, revision=1, changes={"forms/broken.json": "{"})
    draft.office.executor.execute(save, by=draft.office.actor(COLLEAGUE))

    assert "读不懂" in draft.get("forms").text
    assert draft.get("forms/broken").status_code == 422
    assert draft.get("forms/none").status_code == 404
    assert draft.get(f"forms/{FORM}/fields/0.99").status_code == 404


def test_only_administrators_of_the_procedure_see_its_forms(one_draft):
    office = one_draft.office

    assert office.browser(CADRE).get(one_draft.url("forms")).status_code == 403
    assert one_draft.browser.get("/amendments/987654/forms").status_code == 404


def test_what_is_no_longer_drafted_is_shown_and_not_changed(one_draft):
    draft = one_draft
    actor = draft.office.actor(COLLEAGUE)
    draft.office.executor.execute(DiscardAmendment(amendment_id=draft.id), by=actor)

    page = draft.get(f"forms/{FORM}")
    answer = draft.browser.post(
        draft.url(f"forms/{FORM}"), draft.url(f"forms/{FORM}/try"), do="remove:0", revision="1"
    )

    assert page.status_code == 200
    assert "已作废" in page.text
    assert "下移" not in page.text
    assert answer.status_code == 409
