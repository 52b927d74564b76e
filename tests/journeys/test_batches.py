"""Many items at once, over the pages: picked, asked about, done, and reported; without script and with it."""

import pytest

from app.security.demo import identity_number
from tests.journeys.person import posted
from tests.journeys.screen import DESK, PHONE, Screen, chromium, served
from tests.journeys.town import CADRE, SECOND_CADRE, TOWNSHIP
from workflows.running import ClaimWorkItem

SECOND_CLERK = "boerjianghaizi-clerk2"


def reviewing(town, count, first=0):
    """Cases that wait for 镇（街道）审核; their numbers."""
    found = [applied(town, serial, "publicity") for serial in range(first, first + count)]
    for number in found:
        town.brief(number, "publicity")
    town.days_pass(6)
    return found


def applied(town, serial, step="household_check"):
    return town.up_to(step, by=CADRE, head_identity=identity_number("150602", "19700101", serial))


def tick(page, *numbers):
    """The boxes of the rows about these cases; of all rows where none is named."""
    return [
        row.xpath(".//input[@name='item']")[0].get("value")
        for row in page.rows
        if not numbers or any(number in "".join(row.itertext()) for number in numbers)
    ]


def picking(person, query="batch=1"):
    return person.open(f"/?{query}")


def steps(town, numbers):
    return [town.open_item(number).step for number in numbers]


def test_a_clerk_picks_like_items_reads_what_fits_and_does_them_with_one_conclusion(town):
    found = reviewing(town, 3)
    clerk = town.person(TOWNSHIP)

    page = picking(clerk)
    asked = clerk.press("办结", item=tick(page, *found[:2]))
    assert asked.says("2 件可办")
    assert steps(town, found) == ["township_review"] * 3
    report = clerk.press("办理 2 件", conclusion="审核通过", opinion="材料齐全。")

    assert report.says("已办 2 件")
    assert steps(town, found) == ["county_decision", "county_decision", "township_review"]
    assert clerk.open("/batches").says("批量办结")
    line = clerk.case(found[0], "record")
    assert line.says("批量办理（第")
    assert line.says("材料齐全。")


def test_without_a_conclusion_or_the_opinion_it_needs_nothing_is_done(small_town):
    found = reviewing(small_town, 2)
    clerk = small_town.person(TOWNSHIP)
    clerk.press("办结", page=picking(clerk), item=tick(clerk.page))

    without = clerk.press("办理 2 件", opinion="可以。")
    assert (without.status, bool(without.errors["batch-conclusion"])) == (422, True)
    assert without.typed("opinion") == ["可以。"]
    back = clerk.press("办理 2 件", conclusion="退回", opinion="")
    assert back.status == 422
    assert "意见" in "".join(back.all(".invalid-feedback"))
    assert steps(small_town, found) == ["township_review"] * 2


def test_a_mixed_selection_says_of_each_whether_it_fits_before_anything_is_done(small_town):
    review, check = reviewing(small_town, 2), applied(small_town, 7)
    small_town.do(review[1], "township_review", "township_returned")
    bothered = small_town.up_to("village_review", by=CADRE, head_identity="150602197511032152")
    cadre = small_town.person(CADRE)

    asked = cadre.press("办结", page=picking(cadre), item=tick(cadre.page))

    assert asked.says("0 件可办")
    assert asked.says("还有内容没有填好")
    whys = asked.all(".cell-why")
    assert len(whys) == 3
    assert all("不可办" in why for why in whys)
    assert [one for one in asked.buttons if one.startswith("办理")] == []
    # Each leads to where it can be done by itself.
    assert len(asked.css(".cell-what a")) == 3
    assert {small_town.open_item(one).step for one in (review[1], check, bothered)} == {
        "household_check",
        "village_review",
    }


def test_what_changed_since_the_list_was_shown_is_told_as_stale(small_town):
    found = reviewing(small_town, 2)
    clerk = small_town.person(TOWNSHIP)
    page = picking(clerk)
    ticked = tick(page)
    small_town.perform(ClaimWorkItem(item_id=small_town.open_item(found[0]).id), TOWNSHIP)

    asked = clerk.press("办结", page=page, item=ticked)

    assert asked.says("1 件可办，1 件不可办")
    assert asked.says("已有变化")


def test_one_taken_by_a_colleague_between_question_and_answer_stands_refused_in_the_report(small_town):
    found = reviewing(small_town, 3)
    clerk = small_town.person(TOWNSHIP)
    asked = clerk.press("办结", page=picking(clerk), item=tick(clerk.page))
    small_town.do(found[1], "township_review", by=SECOND_CLERK)

    report = clerk.press("办理 3 件", page=asked, conclusion="审核通过")

    assert report.says("已办 2 件，未办 1 件")
    assert report.says("此待办已由")
    assert steps(small_town, found) == ["county_decision"] * 3


def test_pressed_twice_and_sent_again_it_is_done_once(small_town):
    found = reviewing(small_town, 2)
    clerk = small_town.person(TOWNSHIP)
    asked = clerk.press("办结", page=picking(clerk), item=tick(clerk.page))

    first = clerk.press("办理 2 件", page=asked, conclusion="审核通过")
    again = clerk.press("办理 2 件", page=asked, conclusion="审核通过")

    assert again.path == first.path
    assert again.says("已办 2 件，未办 0 件")
    assert len(clerk.open("/batches").rows) == 1
    assert steps(small_town, found) == ["county_decision"] * 2


def test_the_selection_never_holds_what_the_filter_hides(small_town):
    first, second = applied(small_town, 1), applied(small_town, 2)
    cadre = small_town.person(CADRE)

    page = picking(cadre, f"batch=1&pick=all&q={first}")
    ticked = page.form("form#picking")
    asked = cadre.send(page, page.button("签收"))
    cadre.press("办理 1 件")

    assert [value for name, value in ticked if name == "item"] == [f"{small_town.open_item(first).id}.1"]
    assert asked.says("所选 1 件中")
    assert [small_town.open_item(one).state for one in (first, second)] == ["claimed", "offered"]
    # The filter keeps the mode, and the mode the filter.
    assert ("batch", "1") in page.form("form.filters")
    assert f"q={first}" in page.link("退出批量")


def test_an_item_of_another_unit_put_into_the_form_is_unknown_and_stays_as_it_is(small_town):
    [foreign] = reviewing(small_town, 1)
    own = applied(small_town, 9)
    cadre = small_town.person(CADRE)
    page = picking(cadre)
    address, _, sent = posted(page, page.button("签收"), {"item": tick(page)})
    item = small_town.open_item(foreign).id

    asked = cadre.ask("POST", address, data=_multi([*sent, ("item", f"{item}.1"), ("item", "7.x")]))

    assert f"待办 {item}" in asked.text
    assert "没有找到该待办" in asked.text
    assert foreign not in asked.text
    assert small_town.open_item(foreign).state == "offered"
    assert small_town.open_item(own).state == "offered"


def _multi(pairs):
    from werkzeug.datastructures import MultiDict

    return MultiDict(pairs)


def test_claiming_handing_over_and_giving_back_many(town):
    found = [applied(town, serial) for serial in range(3)]
    cadre = town.person(CADRE)

    cadre.press("签收", page=picking(cadre), item=tick(cadre.page))
    cadre.press("办理 3 件")
    assert {town.open_item(one).assignee_id for one in found} == {_person(town, CADRE)}
    cadre.press("释放", page=picking(cadre), item=tick(cadre.page, found[0]))
    cadre.press("办理 1 件")
    asked = cadre.press("转办", page=picking(cadre), item=tick(cadre.page, *found[1:]))
    nobody = cadre.press("办理 2 件", page=asked, to="", reason="")
    assert nobody.status == 422
    assert asked.says("转给")
    colleague = _person(town, SECOND_CADRE)
    cadre.press("办理 2 件", page=nobody, to=str(colleague), reason="明日外出培训。")

    assert [town.open_item(one).state for one in found] == ["offered", "claimed", "claimed"]
    assert {town.open_item(one).assignee_id for one in found[1:]} == {colleague}


def _person(town, username):
    from app.organisation import queries as people

    return town.read(people.account_named, username).person_id


def test_a_long_one_shows_how_far_it_is_and_can_be_called_off(town):
    found = [applied(town, serial) for serial in range(23)]
    cadre = town.person(CADRE)
    cadre.press("签收", page=picking(cadre), item=tick(cadre.page))

    running = cadre.press("办理 23 件")
    assert running.says("正在办理：0 / 23 件")
    assert running.tree.xpath("//noscript/meta[@http-equiv='refresh']")
    fragment = cadre.ask("GET", running.path, headers={"HX-Request": "true"}).text
    assert 'hx-trigger="every 2s"' in fragment
    assert "<title>" not in fragment
    stopped = cadre.press("取消余下的", page=running)
    assert stopped.says("23 件没有办理，仍在待办中")
    town.work()
    assert {town.open_item(one).state for one in found} == {"offered"}

    cadre.press("签收", page=picking(cadre), item=tick(cadre.page))
    running = cadre.press("办理 23 件")
    town.work()
    done = cadre.open(running.path)
    assert done.says("已办 23 件")
    assert not done.tree.xpath("//noscript")
    assert "hx-trigger" not in cadre.ask("GET", running.path, headers={"HX-Request": "true"}).text
    assert cadre.open("/messages").says("已结束：办成 23 件")


def test_a_page_of_many_asks_as_often_as_one_of_few(small_town):
    from sqlalchemy import event

    cadre, counted = small_town.person(CADRE), []

    def count(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("PRAGMA", "BEGIN")):
            counted.append(statement)

    def asked(page):
        ticked = tick(page)
        reader = small_town.executor.database.reader
        event.listen(reader, "before_cursor_execute", count)
        try:
            counted.clear()
            picking(cadre)
            listed = len(counted)
            cadre.press("签收", item=ticked)
            return listed, len(counted) - listed
        finally:
            event.remove(reader, "before_cursor_execute", count)

    for serial in range(2):
        applied(small_town, serial)
    asked(picking(cadre))
    few = asked(picking(cadre))
    for serial in range(2, 26):
        applied(small_town, serial)
    page = picking(cadre)

    assert len(page.rows) == 26
    assert asked(page) == few


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def windows(small_town, browser, tmp_path):
    """`windows(size, username)` opens a window; when the story is told, there is nothing to complain of."""
    opened = []
    with served(small_town) as address:

        def window(size, username=None, **options):
            screen = Screen(browser, address, tmp_path, size, len(opened), **options)
            opened.append(screen)
            return screen.sign_in(username)

        yield window
        complaints = [complaint for screen in opened for complaint in screen.complaints]
        for screen in opened:
            screen.close()
    assert complaints == []


@pytest.mark.browser
@pytest.mark.seconds(240)
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_picking_on_a_screen_counts_ticks_all_and_offers_what_all_allow(small_town, windows, size):
    found = reviewing(small_town, 3)
    small_town.perform(ClaimWorkItem(item_id=small_town.open_item(found[0]).id), TOWNSHIP)

    screen = windows(size, TOWNSHIP)
    screen.go("批量")
    page = screen.page
    button = {
        words: page.locator(".actions").get_by_role("button", name=words)
        for words in ("办结", "签收", "转办", "释放")
    }
    assert all(one.is_disabled() for one in button.values())
    page.get_by_role("button", name="全选本页").click()
    assert "已选 3 件" in screen.words
    assert [words for words, one in button.items() if one.is_enabled()] == ["办结", "转办"]
    page.get_by_role("button", name="全不选").click()
    # The whole card of a phone ticks its box; at a desk the box itself is there.
    row = page.locator(".items tbody tr").last
    row.click(position={"x": 200, "y": 60}) if size is PHONE else row.get_by_role("checkbox").check()
    assert row.get_by_role("checkbox").is_checked()
    assert [words for words, one in button.items() if one.is_enabled()] == ["办结", "签收", "转办"]
    page.keyboard.press("Tab")
    page.get_by_role("button", name="全选本页").focus()
    page.keyboard.press("Space")
    assert "已选 3 件" in screen.words
    screen.look()
    screen.go("办结", within=".actions")
    page.get_by_label("审核通过").check()
    page.get_by_label("意见").fill("材料齐全。")
    screen.go("办理 3 件")

    assert "已办 3 件" in screen.words
    screen.open("/batches")
    assert steps(small_town, found) == ["county_decision"] * 3


@pytest.mark.browser
@pytest.mark.seconds(240)
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_running_batch_is_followed_on_the_screen_until_it_is_over(small_town, windows, size):
    for serial in range(21):
        applied(small_town, serial)
    screen = windows(size, CADRE)
    screen.open("/?batch=1")
    screen.page.get_by_role("button", name="全选本页").click()
    screen.go("签收", within=".actions")
    screen.go("办理 21 件")
    assert "正在办理：0 / 21 件" in screen.words

    small_town.work()
    screen.page.get_by_text("已全部处理完").wait_for()

    screen.look()
    assert "已办 21 件" in screen.words


@pytest.mark.browser
@pytest.mark.seconds(240)
def test_a_running_batch_is_followed_without_script(small_town, windows):
    for serial in range(21):
        applied(small_town, serial)
    screen = windows(PHONE, CADRE, java_script_enabled=False)
    screen.go("批量").go("全选本页").go("签收", within=".actions").go("办理 21 件")
    assert "正在办理：0 / 21 件" in screen.words

    small_town.work()
    screen.page.get_by_text("已全部处理完").wait_for()

    assert "已办 21 件" in screen.words
