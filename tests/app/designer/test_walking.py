"""走一遍: a draft walked by hand through its real forms; the walk is kept as a scenario that then passes."""

import html
import json
import re

import pytest

from tests.app.designer.amended import Draft
from tests.app.office import ANSWERS, ROOT
from workflows.designing import scenarios

WRITTEN = (ROOT / "bpmn" / "fp_01_ds" / "scenarios.toml").read_text()
FILES = ("photos", "household_signature", "minutes", "papers", "commitment")
PAGE = "scenarios/walk"


def typed(name, **over):
    """Answers as a browser sends them: rows by number, files as ticks."""
    sent = {}
    for key, value in {**ANSWERS[name], **over}.items():
        if key in FILES:
            sent[key] = "true" if value else ""
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, row in enumerate(value):
                sent |= {f"{key}.{number}.{inner}": each for inner, each in row.items()}
        else:
            sent[key] = value
    return sent


class Walker:
    """Somebody on the page, carrying its script along."""

    def __init__(self, draft):
        self.draft, self.page = draft, draft.get(PAGE).text

    def press(self, do, **given):
        script = html.unescape(re.search(r'name="_script" value="([^"]*)"', self.page)[1])
        answer = self.draft.post(PAGE, **{"_script": script, "_do": do, **given})
        self.page = answer.text
        return answer


@pytest.fixture
def draft(office):
    return Draft(office, scenarios_toml=WRITTEN)


@pytest.fixture
def one_draft(one_office):
    return Draft(one_office, scenarios_toml=WRITTEN)


def test_a_draft_is_walked_step_by_step_and_kept_as_a_scenario(draft):
    walker = Walker(draft)
    assert "户主姓名" in walker.page

    walker.press("complete:apply", **typed("apply"))
    assert 'value="complete:household_check"' in walker.page
    walker.press("complete:household_check", **typed("check_true"))
    walker.press("complete:village_review", **typed("review_passed"))
    walker.press("complete:publicity", **typed("publicity"))
    assert "时间推到" in walker.page
    while "时间推到" in walker.page and "complete:township_review" not in walker.page:
        assert walker.press("later").status_code == 200
    walker.press("complete:township_review", **typed("township_passed"))
    assert walker.press("complete:county_decision", **typed("county_passed")).status_code == 200
    assert "已办结" in walker.page

    kept = walker.press("keep", name="走查所得", revision=str(draft.revision))

    assert kept.status_code == 303
    last = scenarios.read(draft.file("scenarios.toml"), "scenarios.toml")[-1]
    assert last.name == "走查所得"
    assert last.expect.outcome == "已纳入监测"
    assert "个不符" not in draft.get("scenarios?run=1").text


def test_what_the_form_refuses_stays_on_the_page_and_the_walk_where_it_was(one_draft):
    walker = Walker(one_draft)

    answer = walker.press("complete:apply", **typed("apply", head_name=""))

    assert answer.status_code == 422
    assert "折家梁村一社12号" in answer.text
    assert "&#34;start&#34;" not in answer.text


def test_a_file_that_is_not_ticked_is_missed_as_in_a_real_case(one_draft):
    walker = Walker(one_draft)
    walker.press("complete:apply", **typed("apply"))

    answer = walker.press("complete:household_check", **typed("check_true", photos=[]))

    assert answer.status_code == 422
    assert "表单拒绝了" in answer.text


def test_a_step_is_taken_back(one_draft):
    walker = Walker(one_draft)
    walker.press("complete:apply", **typed("apply"))

    walker.press("back")

    assert 'value="complete:apply"' in walker.page


@pytest.mark.parametrize(
    "script", ["", "[]", '{"step": 1}', '{"at": "x", "step": []}', '{"step": [{"do": "x"}]}']
)
def test_a_script_that_makes_no_sense_is_refused_in_words(one_draft, script):
    answer = one_draft.browser.post(one_draft.url(PAGE), one_draft.url(PAGE), _script=script, _do="later")

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_a_walk_is_kept_only_under_a_name(one_draft):
    walker = Walker(one_draft)
    walker.press("complete:apply", **typed("apply"))

    answer = walker.press("keep", name=" ")

    assert answer.status_code == 422
    assert json.loads(html.unescape(re.search(r'name="_script" value="([^"]*)"', answer.text)[1]))["start"]
