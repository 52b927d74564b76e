"""Stale pages, double clicks, the back button, two people at one item: one effect, and a plain answer."""

from tests.journeys.person import read
from tests.journeys.town import CADRE, HOUSEHOLD, PROCEDURE, SECOND_CADRE, STEPS, TOWNSHIP, USUAL, WHO


def of_action(page, action):
    """The button of the item's page for an action or a conclusion."""
    return next(one for one in page.tree.iter("button") if one.get("value") == action)


def test_two_people_at_one_item_one_wins_and_the_other_reads_who_and_when(town):
    number = town.up_to("household_check")
    first, second = town.person(CADRE).item(number), town.person(SECOND_CADRE).item(number)

    done = town.person(CADRE).complete(number, town.answers("check_true"), page=first)
    late = town.person(SECOND_CADRE).complete(number, town.answers("check_false"), page=second)

    assert "已办结" in done.words
    assert late.status == 409
    assert "此待办已由折海军于2026-03-16 09:00办结" in late.words
    assert late.typed("opinion") == ["羊圈失火已获保险足额赔付，收入没有减少。"]
    told = town.person(CADRE).case(number, "record").all("ol.timeline li")
    assert len([line for line in told if line.startswith("入户核实")]) == 1
    assert not town.person(CADRE).page.says("核实不属实")


def test_the_button_that_ends_a_step_pressed_twice_ends_it_once(town):
    number = town.up_to("household_check")

    for step in STEPS:
        who = town.person(WHO[step])
        page, answers = who.item(number), town.answers(USUAL[step])
        who.complete(number, answers, page=page)
        again = who.complete(number, answers, page=page)
        assert again.status == 409, step
        assert "已由" in again.words
        name = read(page.one("h1")).partition("：")[0]
        told = who.case(number, "record").all("ol.timeline li")
        assert len([line for line in told if line.startswith(name)]) == 1, step
        if step == "publicity":
            town.days_pass(6)

    assert town.person(HOUSEHOLD).case(number).says("已纳入监测")


def test_applying_twice_with_one_page_begins_one_case(town):
    household = town.person(HOUSEHOLD)
    page, fields, files = household.fill(
        household.open(f"/procedures/{PROCEDURE}/start"), town.answers("apply")
    )
    button = page.one(".actions button.btn-primary")

    first = household.send(page, button, fields, files)
    again = household.send(page, button, fields, files)

    assert first.number == again.number
    assert "已提交" in again.words
    assert len(town.person(CADRE).open("/cases").rows) == 1


def test_claiming_twice_is_claiming_once(town):
    number = town.up_to("household_check")
    cadre = town.person(CADRE)
    page = cadre.item(number)

    first = cadre.send(page, of_action(page, "claim"))
    again = cadre.send(page, of_action(page, "claim"))

    assert "已签收" in first.words
    assert again.status in (200, 409)
    assert "折海军" in cadre.item(number).words


def test_releasing_twice_gives_the_item_back_once(town):
    number = town.up_to("household_check")
    cadre = town.person(CADRE)
    page = cadre.item(number)
    claimed = cadre.send(page, of_action(page, "claim"))

    cadre.send(claimed, of_action(claimed, "release"))
    again = cadre.send(claimed, of_action(claimed, "release"))

    assert again.status == 409
    assert len(town.person(SECOND_CADRE).item_rows(number)) == 1


def test_saving_twice_from_one_page_says_that_the_page_is_old_and_keeps_what_was_typed(town):
    number = town.up_to("household_check")
    cadre = town.person(CADRE)
    page = cadre.item(number)

    cadre.send(page, of_action(page, "save"), {"visitors": "赵五"})
    again = cadre.send(page, of_action(page, "save"), {"visitors": "赵五、钱六"})

    assert again.status == 409
    assert "页面打开后此待办已有变化" in again.words
    assert again.typed("visitors") == ["赵五、钱六"]
    assert cadre.item(number).typed("visitors") == ["赵五"]


def test_transferring_twice_hands_over_once(town):
    number = town.up_to("township_review")
    clerk = town.person(TOWNSHIP)
    page = clerk.open(clerk.item(number).link("转办给同事"))
    colleague = next(option.get("value") for option in page.css("select#transfer-to option")[1:])

    first = clerk.press("转办", page=page, to=colleague, reason="明日外出培训。")
    again = clerk.press("转办", page=page, to=colleague, reason="明日外出培训。")

    assert "已转给" in first.words
    assert again.status in (403, 404, 409)
    assert clerk.item_rows(number) == []
    other = town.person("boerjianghaizi-clerk2")
    assert len(other.item_rows(number)) == 1
    told = other.case(number, "record").words
    assert told.count("明日外出培训。") <= 1


def test_going_back_in_the_browser_and_pressing_again_changes_nothing(town):
    number = town.up_to("village_review")
    cadre = town.person(CADRE)
    kept = cadre.item(number)
    cadre.complete(number, town.answers("review_passed"), page=kept)

    reopened = cadre.open(kept.path)
    pressed = cadre.complete(number, town.answers("review_failed"), page=kept)

    assert reopened.path.startswith(f"/cases/{number}")
    assert pressed.status == 409
    assert "公示" in cadre.item(number).words


def test_a_page_from_before_a_colleague_saved_is_refused_and_keeps_what_was_typed(town):
    number = town.up_to("household_check")
    town.person(CADRE).item(number)
    stale = town.person(CADRE).page
    colleague = town.person(SECOND_CADRE)
    page = colleague.item(number)
    colleague.send(page, of_action(page, "save"), {"visitors": "贺丽霞"})

    refused = town.person(CADRE).complete(number, town.answers("check_true"), page=stale)

    assert refused.status in (403, 409)
    assert "贺丽霞" in refused.words
    assert refused.typed("visitors") == ["赵五、钱六"]
    assert "贺丽霞" in colleague.item(number).typed("visitors")


def test_signing_out_twice_is_signing_out(town):
    cadre = town.elsewhere(CADRE)
    page = cadre.open("/")

    first = cadre.press("退出登录", page=page)
    again = cadre.press("退出登录", page=page)

    assert "已退出登录" in first.words
    assert again.path.startswith("/sign-in") or again.status == 400


def test_revealing_twice_records_two_looks(town):
    number = town.up_to("household_check")
    cadre = town.person(CADRE)
    page = cadre.open(f"/cases/{number}/reveal")

    for _ in range(2):
        shown = cadre.press("查看", page=page, path="subject.identity", reason="核对本人证件")
        assert "150602196803140011" in shown.words

    listed = town.person("dongsheng-supervisor1").open("/audit", query_string={"case": number})
    assert listed.words.count("查看") >= 2
