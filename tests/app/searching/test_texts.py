"""What enters the index of cases, and what never does."""

import pytest

from app.searching import postings, texts, words
from app.searching.snippets import snippet
from app.security import demo
from tests.app.office import CLERK, HOUSEHOLD, VILLAGE


def test_sealed_numbers_masked_or_plain_never_enter_nor_what_was_chosen(world):
    household = demo.households()[0]
    world.office.start(by=HOUSEHOLD)
    world.take_in()

    [said] = [world.said(1)]

    assert household.name in said
    assert "提交申请" in said
    for number in (household.identity, household.phone, household.identity[:6], household.phone[-4:]):
        assert number not in said.replace("FP01DS-2026-000001", "").replace(VILLAGE, "")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("同意上报，户主电话13847000001，请联系。", "同意上报，请联系。"),
        ("身份证 150602 19680512 1228；材料齐全", "材料齐全"),
        ("户主患糖尿病多年，家里劳力不足。", "家里劳力不足。"),
        ("因病致贫", ""),
        ("收入 12000 元，参考 FP01DS-2026-000123。", "收入 12000 元，参考 FP01DS-2026-000123。"),
        ("大病保险已报销", "大病保险已报销"),
    ],
)
def test_clauses_with_long_numbers_or_illness_are_left_out_whatever_the_field(typed, kept):
    assert texts.told(typed) == kept


def test_a_paper_made_after_its_step_is_found_by_its_title(world):
    number = world.office.start(by=HOUSEHOLD)
    world.office.take(number)
    world.take_in()

    reader = world.office.actor(CLERK)
    assert world.see(reader, "入户核实表") == [1]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (" 王秀兰  低保 ", ("王秀兰", "低保")),
        ("ＦＰ０１ds", ("fp01ds",)),
        ("同意 ， 同意", ("同意",)),
        ("，", ("，",)),
        ("", ()),
        (None, ()),
    ],
)
def test_what_is_typed_is_read_as_words(typed, found):
    assert words.asked(typed) == found


def test_a_text_has_every_term_that_a_word_in_it_needs():
    text = "其其格（户主）申报A类项目，同意上报 2026"

    assert all(
        words.needed(words.lower(text[start:end])) <= words.terms(text)
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
        if " " not in text[start:end]
    )


@pytest.mark.parametrize(
    "bits", [[0], [4095], [1, 2, 4000], range(0, 4096, 2), range(255), range(256), range(4096)]
)
def test_the_cases_of_a_term_come_back_as_they_were_kept(bits):
    cases = sum(1 << bit for bit in bits)

    stored = postings.packed(cases)

    assert postings.unpacked(stored) == cases
    assert len(stored) <= 512
    assert list(postings.newest_first(2, cases)) == [8192 + bit for bit in sorted(bits, reverse=True)]


def test_the_line_found_is_shown_with_its_words_marked_and_cut_short():
    said = "王秀兰 FP01DS-2026-000001\n提交申请\n审核 " + "甲" * 40 + "材料齐全，同意上报" + "乙" * 60

    shown = snippet(said, ("同意", "齐全"))

    assert [part.text for part in shown if part.marked] == ["齐全", "同意"]
    text = "".join(part.text for part in shown)
    assert (text[0], text[-1]) == ("…", "…")
    assert len(text) < 70


def test_a_row_that_says_it_already_shows_no_line():
    assert snippet("王秀兰 FP01DS-2026-000001\n提交申请", ("王秀",)) == []
