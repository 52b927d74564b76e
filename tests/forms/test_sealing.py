import pytest
from werkzeug.datastructures import MultiDict

import forms
from tests.forms.desk import asking, fill, judged, posted, seal, text

ID = "11010519491231002X"
OTHER = "440524188001010014"
NEEDED = {"validate": {"required": True}}


def members(**more):
    return {
        "type": "dynamiclist",
        "path": "members",
        "label": "家庭成员",
        "components": [
            text(label="姓名", **NEEDED),
            text(key="id_number", label="身份证号", properties={"kind": "identity"}),
            text("checkbox", "works", label="有劳动能力"),
        ],
        **more,
    }


@pytest.fixture
def definition():
    return asking(members(), text(key="phone", properties={"kind": "phone"}))


@pytest.fixture
def stored(definition):
    answers = {
        "members": [{"name": "甲", "id_number": ID}, {"name": "乙", "id_number": OTHER}],
        "phone": "13800138000",
    }
    return forms.seal_answers(definition, judged(definition, answers).answers(), seal)


def page_of(form):
    """What a browser sends back of a page nobody touched."""
    pairs = [(field.path, one) for field in form.every() for one in field.typed]
    pairs += [(f"members.{row.index}._from", str(row.origin)) for row in form["members"].entries]
    return MultiDict(pairs)


def test_sealing_locks_every_personal_number_and_nothing_else(definition, stored):
    assert stored["phone"] == seal("phone", "13800138000")
    assert [row["id_number"]["mask"] for row in stored["members"]] == ["11****2X", "44****14"]
    assert stored["members"][0]["name"] == "甲"
    assert forms.seal_answers(definition, stored, seal) == stored


def test_a_mask_sent_back_untouched_keeps_the_sealed_number(definition, stored):
    shown = fill(definition, stored, previous=stored)

    form = judged(definition, page_of(shown), previous=stored)

    assert shown["phone"].text == "13****00"
    assert form.errors == {}
    assert form.answers() == stored


def test_a_mask_follows_its_row_when_another_row_goes(definition, stored):
    page = page_of(fill(definition, stored, previous=stored))
    page["_remove"] = "members.0"

    form = judged(definition, forms.apply_row_action(page), previous=stored)

    assert form.errors == {}
    assert form.answers()["members"] == [stored["members"][1]]


def test_a_mask_in_another_persons_row_is_not_taken_for_their_number(definition, stored):
    page = page_of(fill(definition, stored, previous=stored))
    page["members.0.id_number"] = "44****14"

    form = judged(definition, page, previous=stored)

    assert form.errors == {"members.0.id_number": "请重新完整填写身份证号，不要带星号。"}
    assert form["members"].entries[0]["id_number"].text == "44****14"


def test_another_program_may_send_masks_or_sealed_numbers_back(definition, stored):
    masks = {
        "members": [
            {"name": row["name"], "id_number": row["id_number"]["mask"]} for row in stored["members"]
        ],
        "phone": "13****00",
    }

    assert judged(definition, masks, previous=stored).answers() == stored
    assert judged(definition, stored, previous=stored).answers() == stored


def test_a_sealed_number_from_elsewhere_is_refused(definition, stored):
    forged = {**stored, "phone": seal("phone", "13900139000")}

    assert judged(definition, forged, previous=stored).errors == {"phone": "请重新完整填写phone。"}
    assert judged(definition, stored).errors.keys() == {"members.0.id_number", "members.1.id_number", "phone"}


def test_a_new_number_replaces_the_sealed_one(definition, stored):
    page = page_of(fill(definition, stored, previous=stored))
    page["phone"] = "139 0013 9000"

    assert judged(definition, page, previous=stored).answers()["phone"] == "13900139000"


def test_a_wrong_number_in_a_draft_is_sealed_but_its_mask_never_vouches_for_it(definition):
    form = fill(
        definition, posted(**{"members.0.name": "甲", "members.0.id_number": "1101051949", "phone": "138"})
    )
    draft = forms.seal_answers(definition, form.draft(), seal)

    again = fill(definition, draft, previous=draft)
    sent = judged(definition, page_of(again), previous=draft)

    assert "1101051949" not in str(draft["members"]).replace("locked:1101051949", "").replace(
        "#1101051949", ""
    )
    assert again["members"].entries[0]["id_number"].text == "11****49"
    assert sent.errors == {
        "members.0.id_number": "请重新完整填写身份证号。",
        "phone": "请重新完整填写phone。",
    }


def test_a_right_number_in_a_draft_stays_right(definition):
    draft = forms.seal_answers(definition, fill(definition, posted(phone="138 0013 8000")).draft(), seal)

    assert draft["phone"] == seal("phone", "13800138000")
    assert judged(definition, draft, previous=draft).answers()["phone"] == draft["phone"]


def test_a_draft_seals_what_another_program_gives_without_judging_it(definition, stored):
    draft = {
        "members": [{"name": "甲", "id_number": "11****2X"}, {"id_number": "123456"}],
        "phone": "138 0013 8000",
    }

    kept = forms.seal_draft(definition, draft, stored, seal)

    assert kept["members"][0]["id_number"] == stored["members"][0]["id_number"]
    assert kept["members"][1]["id_number"] == {**seal("identity", "123456"), "unchecked": True}
    assert kept["phone"] == seal("phone", "13800138000")


def test_a_draft_of_a_draft_is_the_same_draft(definition):
    draft = fill(definition, posted(phone="138")).draft()

    once = forms.seal_draft(definition, draft, None, seal)
    twice = forms.seal_draft(definition, once, once, seal)

    assert once["phone"] == {**seal("phone", "138"), "unchecked": True}
    assert twice == once
