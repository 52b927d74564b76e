"""常用意见: each person's own, in their order, with a limit; and those ready at their level."""

import pytest
from sqlalchemy import select

from app.phrases import queries
from app.phrases.commands import (
    MOST_PHRASES,
    AddPhrase,
    ChangePhrase,
    DeletePhrase,
    KeptAlready,
    MovePhrase,
    TooManyPhrases,
    UnknownPhrase,
)
from tests.app.office import BUREAU, CADRE, CLERK, OTHER_CADRE
from workflows.audit import AuditEntry
from workflows.errors import Invalid


def do(office, command, by=CADRE):
    return office.executor.execute(command, by=office.actor(by))


def texts(office, by=CADRE):
    with office.executor.database.reading() as session:
        return [phrase.text for phrase in queries.own(session, office.actor(by))]


def kept(office, *words, by=CADRE):
    return [do(office, AddPhrase(text=text), by) for text in words]


def test_phrases_stay_in_the_order_their_owner_gives_them(office):
    first, second, third = kept(office, "甲", "乙", "丙")

    do(office, MovePhrase(phrase_id=third, by=-1))
    do(office, MovePhrase(phrase_id=first, by=-1))
    do(office, ChangePhrase(phrase_id=second, text=" 乙乙 \n\n 二行 "))
    do(office, MovePhrase(phrase_id=second, by=1))

    assert texts(office) == ["甲", "丙", "乙乙\n二行"]
    do(office, DeletePhrase(phrase_id=first))
    assert texts(office) == ["丙", "乙乙\n二行"]


def test_one_persons_phrases_are_nobody_elses(office):
    [mine] = kept(office, "甲")

    assert texts(office, OTHER_CADRE) == []
    for command in (
        ChangePhrase(phrase_id=mine, text="别人的"),
        MovePhrase(phrase_id=mine, by=1),
        DeletePhrase(phrase_id=mine),
    ):
        with pytest.raises(UnknownPhrase):
            do(office, command, OTHER_CADRE)
    assert texts(office) == ["甲"]


def test_a_phrase_is_kept_once_and_has_words_and_not_too_many(one_office):
    [mine, other] = kept(one_office, "同意。", "不同意。")

    with pytest.raises(KeptAlready):
        kept(one_office, " 同意。 ")
    with pytest.raises(KeptAlready):
        do(one_office, ChangePhrase(phrase_id=other, text="同意。"))
    do(one_office, ChangePhrase(phrase_id=mine, text="同意。"))
    for text in ("", " \n ", "字" * 201):
        with pytest.raises(Invalid):
            kept(one_office, text)
    assert texts(one_office) == ["同意。", "不同意。"]


def test_at_fifty_the_shelf_is_full(one_office):
    kept(one_office, *(f"第{number}条" for number in range(MOST_PHRASES)))

    with pytest.raises(TooManyPhrases):
        kept(one_office, "再一条")


def test_each_change_leaves_an_audit_entry_without_the_words(one_office):
    [mine] = kept(one_office, "王三家情况属实")
    do(one_office, DeletePhrase(phrase_id=mine))

    with one_office.executor.database.reading() as session:
        query = select(AuditEntry).where(AuditEntry.command.in_(["AddPhrase", "DeletePhrase"]))
        entries = session.scalars(query).all()

    assert len(entries) == 2
    assert "王三" not in "".join(entry.body for entry in entries)


def test_the_page_keeps_changes_and_orders_without_script(office):
    browser = office.browser(CLERK)
    browser.post("/me/phrases", page="/me/phrases", text="情况属实")
    browser.post("/me/phrases", page="/me/phrases", text="同意")

    browser.post("/me/phrases/2", page="/me/phrases", _action="up", text="不管写了什么")
    browser.post("/me/phrases/1", page="/me/phrases", _action="save", text="情况属实，同意上报")

    assert texts(office, CLERK) == ["同意", "情况属实，同意上报"]
    refused = browser.post("/me/phrases/1", page="/me/phrases", _action="save", text="同意")
    assert refused.status_code == 409
    assert "已经在您的常用意见里" in refused.text
    assert browser.post("/me/phrases", page="/me/phrases", text=" ").status_code == 422
    browser.post("/me/phrases/1", page="/me/phrases", _action="delete")
    assert texts(office, CLERK) == ["同意"]


@pytest.mark.parametrize(
    ("who", "ready"), [(CADRE, "经评议，同意。"), (CLERK, "材料齐全，符合条件，同意。"), (BUREAU, "同意。")]
)
def test_what_is_ready_fits_the_level_and_stands_beside_the_opinion(one_office, who, ready):
    number = one_office.start()
    step = {CADRE: "village_review", CLERK: "township_review", BUREAU: "county_decision"}[who]
    item = one_office.until(number, step)
    kept(one_office, "我自己的一句话", by=who)

    page = one_office.browser(who).get(f"/items/{item['id']}").text
    mine = one_office.browser(who).get("/me/phrases").text

    for words in (ready, "我自己的一句话", "存为常用意见"):
        assert words in page
    assert ready in mine


def test_every_level_has_phrases_short_enough_to_keep():
    for level in ("village", "township", "county", "department", "farm"):
        groups = queries.ready(level)
        assert [heading for heading, _ in groups] == ["同意", "退回", "不同意"]
        assert all(0 < len(text) <= 200 for _, found in groups for text in found)
