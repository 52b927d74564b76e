"""草稿: an application put away comes back as typed, to whoever typed it and nobody else."""

import re

import pytest
from sqlalchemy import select

from app.catalogue.models import StartDraft
from app.security import demo
from tests.app.office import BUREAU, CADRE, ELSEWHERE, HOUSEHOLD, NEIGHBOUR, OTHER_CADRE, VILLAGE
from workflows.audit import AuditEntry
from workflows.cases import Case

START = "/procedures/fp_01_ds/start"
ONE = demo.households()[0]
WRONG = {
    "head_name": "王秀兰",
    "head_identity": "15060219680314",
    "phone": "1384770",
    "income_total": "一万多",
    "cost_business": "12,5x",
    "found_on": "2026年13月45日",
    "risk_statement": "第一行 <b>\n  第二行",
}


def typed(page, name):
    found = re.search(rf'name="{re.escape(name)}"[^>]*? value="([^"]*)"', page)
    return found[1] if found else None


def rows(office):
    with office.executor.database.reading() as session:
        return session.scalars(select(StartDraft).order_by(StartDraft.id)).all()


def put_away(browser, page=START, **form):
    answer = browser.post(START, page=page, _action="draft", _division=VILLAGE, **form)
    assert (answer.status_code, answer.location) == (303, "/drafts"), answer.text
    return browser


def number_in(office):
    return rows(office)[-1].id


def test_wrong_values_come_back_as_typed_on_another_device(office):
    put_away(office.browser(CADRE), **WRONG)

    elsewhere = office.browser(CADRE)
    listed = elsewhere.get("/drafts").text
    assert "王秀兰" in listed
    page = elsewhere.get(f"{START}?draft={number_in(office)}").text

    for name in ("head_name", "income_total", "cost_business", "found_on"):
        assert typed(page, name) == WRONG[name], name
    assert "第一行 &lt;b&gt;\n  第二行</textarea>" in page
    assert f'<option value="{VILLAGE}" selected>' in page
    assert "处需要修改" not in page


def test_numbers_are_sealed_in_the_table_and_masked_on_the_page(office):
    put_away(office.browser(CADRE), head_name=ONE.name, head_identity=ONE.identity, phone=ONE.phone)

    kept = str(rows(office)[0].answers)
    page = office.browser(CADRE).get(f"{START}?draft={number_in(office)}").text

    assert ONE.identity not in kept
    assert ONE.phone not in kept
    assert ONE.identity not in page
    assert typed(page, "head_identity") == ONE.identity[:6] + "********" + ONE.identity[-4:]


def test_a_draft_is_handed_in_with_its_masked_numbers_and_ends(office):
    browser = put_away(office.browser(HOUSEHOLD), head_identity=ONE.identity, phone=ONE.phone)
    number = number_in(office)
    page = browser.get(f"{START}?draft={number}").text
    answers = {
        key: value for key, value in office.application().items() if not isinstance(value, list | dict)
    }
    form = {key: "true" if value is True else str(value) for key, value in answers.items() if value != ""}
    form |= {key: value for key, value in office.application().items() if _plain_list(value)}
    form |= _rows(office.application())
    form |= {"head_identity": typed(page, "head_identity"), "phone": typed(page, "phone")}
    form |= {"_draft": number, "_draft_revision": 1, "_once": "one press", "_division": VILLAGE}

    first = browser.post(START, page=START, **form)
    second = browser.post(START, page=START, **form)

    assert first.status_code == 303, re.findall(r"invalid-feedback[^>]*>([^<]*)", first.text)
    assert first.location.startswith("/cases/")
    assert second.location == first.location
    assert rows(office) == []
    with office.executor.database.reading() as session:
        [case] = session.scalars(select(Case)).all()
        entry = session.scalars(select(AuditEntry).where(AuditEntry.stream == f"case:{case.number}")).first()
    assert case.subject["identity"]["mask"].endswith(ONE.identity[-4:])
    assert entry.command == "StartFromDraft"


def _plain_list(value):
    return isinstance(value, list) and bool(value) and not isinstance(value[0], dict)


def _rows(answers):
    return {
        f"{key}.{number}.{name}": inner
        for key, value in answers.items()
        if isinstance(value, list)
        for number, row in enumerate(value)
        if isinstance(row, dict)
        for name, inner in row.items()
        if inner not in (None, "")
    }


@pytest.mark.parametrize("other", [OTHER_CADRE, ELSEWHERE, BUREAU, NEIGHBOUR])
def test_to_everyone_else_a_draft_does_not_exist(office, other):
    put_away(office.browser(CADRE), head_name="王秀兰")
    number, browser = number_in(office), office.browser(other)

    assert "王秀兰" not in browser.get("/drafts").text
    assert browser.get(f"/drafts/{number}/discard").status_code == 404
    assert browser.post(f"/drafts/{number}/discard", page="/drafts").status_code == 404
    assert browser.get(f"{START}?draft={number}").status_code in {403, 404}
    assert len(rows(office)) == 1


def test_what_was_saved_elsewhere_meanwhile_is_not_overwritten(office):
    put_away(office.browser(CADRE), head_name="甲")
    number, browser = number_in(office), office.browser(CADRE)
    put_away(browser, head_name="乙", _draft=number, _draft_revision=1)

    late = browser.post(
        START,
        page=START,
        _action="draft",
        _division=VILLAGE,
        head_name="丙",
        _draft=number,
        _draft_revision=1,
    )

    assert late.status_code == 409
    assert "又在别处保存过" in late.text
    assert typed(late.text, "head_name") == "丙"
    assert 'name="_draft"' not in late.text
    assert [row.about for row in rows(office)] == ["乙"]


def test_a_draft_is_thrown_away_after_a_question(office):
    browser = put_away(office.browser(CADRE), head_name="甲")
    number = number_in(office)

    assert "不能恢复" in browser.get(f"/drafts/{number}/discard").text
    answer = browser.post(f"/drafts/{number}/discard", page=f"/drafts/{number}/discard")

    assert answer.location == "/drafts"
    assert rows(office) == []


def test_nobody_begins_a_draft_of_what_they_may_not_start(one_office):
    answer = one_office.browser(BUREAU).post(START, page="/drafts", _action="draft", head_name="甲")

    assert answer.status_code == 403
    assert rows(one_office) == []


def test_at_fifty_the_drawer_is_full_and_what_was_typed_stays_on_the_page(one_office):
    for _ in range(50):
        _copy(one_office)

    answer = one_office.browser(CADRE).post(START, page=START, _action="draft", head_name="乙")

    assert answer.status_code == 409
    assert "草稿最多保存 50 份" in answer.text
    assert typed(answer.text, "head_name") == "乙"


def _copy(office):
    from app.catalogue.commands import SaveStartDraft

    command = SaveStartDraft(procedure="fp_01_ds", division=VILLAGE, answers={"head_name": "甲"})
    office.executor.execute(command, by=office.actor(CADRE))
