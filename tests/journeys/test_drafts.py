"""暂存: what was typed waits, unjudged and sealed, through restarts, for whoever typed it."""

from sqlalchemy import select

from tests.journeys.town import CADRE, HOUSEHOLD, SECOND_CADRE
from workflows.work_items import WorkItem


def saved(town, number, **answers):
    """The item's page with these answers in it, put away."""
    cadre = town.person(CADRE)
    page, fields, files = cadre.fill(cadre.item(number), answers)
    return cadre.send(page, page.button("暂存"), fields, files)


def test_what_was_put_away_is_there_after_a_restart_with_its_photo(town):
    number = town.up_to("household_check")

    said = saved(town, number, visitors="赵五", net_income="一万多", photos=[7], visited_on="2026-03-17")
    town.restart()
    page = town.person(CADRE).item(number)

    assert "已暂存" in said.words
    assert page.typed("visitors") == ["赵五"]
    assert page.typed("net_income") == ["一万多"]
    assert page.typed("visited_on") == ["2026-03-17"]
    assert len(page.typed("photos")) == 1
    assert page.errors == {}


def test_a_draft_belongs_to_whoever_typed_it_until_it_is_given_back(town):
    number = town.up_to("household_check")
    saved(town, number, visitors="赵五")

    assert town.person(SECOND_CADRE).item_rows(number) == []
    page = town.person(CADRE).item(number)
    town.person(CADRE).press("释放，退还本单位", page=page)

    assert town.person(SECOND_CADRE).item(number).typed("visitors") == ["赵五"]


def test_numbers_in_a_draft_are_sealed_in_the_database_and_masked_on_the_page(town):
    number = town.apply(CADRE, "fp_08_ds", causes=["因病"]).number
    saved(town, number, head_identity="150602196803140011", phone="13847700001")

    kept = town.read(lambda session: session.scalars(select(WorkItem.draft)).all())
    page = town.person(CADRE).item(number)

    assert "150602196803140011" not in str(kept)
    assert "13847700001" not in str(kept)
    assert page.typed("head_identity") == ["150602********0011"]
    answers = town.answers("apply")
    del answers["head_identity"], answers["phone"]
    done = town.person(CADRE).complete(number, answers, page=page)
    assert "已办结" in done.words


def test_a_photo_that_is_none_is_told_when_putting_away_and_nothing_else_is_lost(town):
    number = town.up_to("household_check")
    cadre = town.person(CADRE)
    page = cadre.item(number)

    refused = cadre.send(
        page, page.button("暂存"), {"visitors": "赵五"}, [("photos", (b"no picture", "a.png"))]
    )

    assert refused.status == 422
    assert set(refused.errors) == {"photos"}
    assert refused.typed("visitors") == ["赵五"]


def test_a_photo_chosen_before_a_row_was_added_stays(town):
    number = town.up_to("household_check")
    cadre = town.person(CADRE)
    page, _fields, files = cadre.fill(cadre.item(number), {"photos": [3]})

    kept = cadre.send(page, page.button("更新"), {"food": "有问题"}, files)

    assert kept.status == 200
    assert len(kept.typed("photos")) == 1
    assert kept.errors == {}
    taken_out = cadre.send(kept, next(one for one in kept.tree.iter("button") if one.get("name") == "_drop"))
    assert taken_out.typed("photos") == []


def test_a_household_does_not_see_what_the_check_has_not_finished(town):
    number = town.up_to("household_check")
    saved(town, number, visitors="尚未核完的内容")

    for tab in ("record", "answers", "now"):
        assert "尚未核完的内容" not in town.person(HOUSEHOLD).case(number, tab).raw
