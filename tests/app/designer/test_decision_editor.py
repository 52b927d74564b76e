"""The decision editor's pages: the rules to read, what the checks say, and a decision asked by itself."""

import pytest

from tests.app.designer.amended import Draft
from tests.app.office import ROOT
from tests.workflows.designing.drafts import table
from workflows import decisions

WRITTEN = (ROOT / "bpmn" / "as_01_aq" / "decisions.dmn").read_text()


@pytest.fixture
def draft(office):
    return Draft(office, decisions_dmn=WRITTEN)


@pytest.fixture(scope="module")
def standing(standing_office):
    return Draft(standing_office, decisions_dmn=WRITTEN)


def test_the_rules_are_read_without_script_with_their_clauses(standing):
    page = standing.get("decisions").text

    assert "使用所列资金" in page
    assert "起始日期以后、使用所列资金投入形成" in page
    assert "全面摸底党的十八大以来" in page
    assert "没有重叠、遗漏" in page


def test_only_its_page_lets_the_editor_add_style(standing):
    policy = standing.get("decisions").headers["Content-Security-Policy"]

    assert "style-src-elem 'self' 'unsafe-inline'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe-inline" not in standing.get("forms").headers["Content-Security-Policy"]


def test_a_decision_is_asked_with_what_was_typed_and_says_which_rule_fired(draft):
    draft.save({"decisions.dmn": table(('"甲"', '"一档"'), ('"乙"', '"二档"'))})

    hit = draft.post("decisions", do="ask", decide="grade", **{"in.apply.text": "乙"}).text
    missed = draft.post("decisions", do="ask", decide="grade", **{"in.apply.text": "丙"}).text

    assert "结果：二档" in hit
    assert "grade 第 2 条" in hit
    assert "没有结果" in missed
    assert 'value="丙"' in missed


def test_a_decision_the_draft_has_not_is_refused(standing):
    answer = standing.post("decisions", do="ask", decide="nothing")

    assert answer.status_code == 422
    assert "不在决策表文件中" in answer.text


def test_a_gap_is_said_with_a_witness(draft):
    text = WRITTEN.replace('<rule id="in_scope">', '<rule id="in_scope"><!-- -->', 1)
    start, end = text.index('<rule id="in_scope">'), text.index("</rule>") + len("</rule>")
    draft.save({"decisions.dmn": text[:start] + text[end:]})

    page = draft.get("decisions").text

    assert "没有重叠、遗漏" not in page
    assert "注意" in page or "错误" in page


def test_the_clause_of_a_rule_is_changed_on_the_page_and_the_rest_decides_as_before(draft):
    page = draft.get("decisions").text
    assert 'name="note.in_scope.0"' in page

    answer = draft.post("decisions", do="notes", **{"note.in_scope.0": "新文件.txt｜新的原文"})

    before, after = decisions.read(WRITTEN.encode()), decisions.read(draft.file("decisions.dmn").encode())
    [old], [new] = before.tables, after.tables
    assert answer.status_code == 303
    assert new.rules[0].annotations[0] == ("依据", "新文件.txt｜新的原文")
    assert new.rules[0].annotations[1:] == old.rules[0].annotations[1:]
    assert [each.annotations for each in new.rules[1:]] == [each.annotations for each in old.rules[1:]]
    assert [[cell.text for cell in each.tests] for each in new.rules] == [
        [cell.text for cell in each.tests] for each in old.rules
    ]


def test_a_first_table_is_begun_from_nothing(one_office):
    draft = Draft(one_office)

    assert "没有决策表" in draft.get("decisions").text
    assert draft.post("decisions", do="new").status_code == 303
    assert "新的决策" in draft.get("decisions").text


def test_a_file_that_cannot_be_read_is_said(draft):
    draft.save({"decisions.dmn": "<definitions"})

    answer = draft.get("decisions")

    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
