"""A real browser: phrases, signatures, drafts, attachments and papers, by finger and by keyboard."""

from urllib.parse import urlsplit

import pytest

from app.attachments import intake
from app.papers import pdf
from tests.journeys.screen import DESK, PHONE, Screen, chromium, served
from tests.journeys.town import CADRE, PROCEDURE, TOWNSHIP

pytestmark = [pytest.mark.browser, pytest.mark.seconds(240)]


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
            return screen.sign_in(username) if username else screen

        yield window
        complaints = [complaint for screen in opened for complaint in screen.complaints]
        for screen in opened:
            screen.close()
    assert complaints == []


def test_a_phrase_goes_where_the_cursor_stands_by_tap_and_by_keyboard(small_town, windows):
    small_town.up_to("township_review")
    phone = windows(PHONE, TOWNSHIP).first()
    page, box = phone.page, phone.page.locator("textarea[name=opinion]")

    box.fill("开头。结尾。")
    box.evaluate("one => one.setSelectionRange(3, 3)")
    page.locator(".phrases summary").click()
    phone.look()
    page.get_by_role("button", name="情况属实，同意上报。").click()
    assert box.input_value() == "开头。情况属实，同意上报。结尾。"

    page.locator(".phrases summary").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "材料齐全，符合条件，同意。" in box.input_value()
    assert page.locator(".phrases details[open]").count() == 0
    page.locator(".phrases summary").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.locator(".phrases details[open]").count() == 0

    box.fill("我常写的一句。")
    page.get_by_role("button", name="存为常用意见").click()
    page.locator(".phrases-said", has_text="已存").wait_for()
    page.get_by_role("button", name="存为常用意见").click()
    page.locator(".phrases-said", has_text="已经在您的常用意见里").wait_for()
    phone.open("/me/phrases")
    assert page.locator("#phrase-1").input_value() == "我常写的一句。"
    with page.expect_navigation():
        page.locator("button[value=delete]").click()
    assert "还没有自己的常用意见" in phone.words


def test_a_name_is_signed_undone_typed_and_stands_on_the_paper(small_town, windows):
    number = small_town.up_to("household_check")
    phone = windows(PHONE, CADRE).first()
    page, place = phone.page, phone.page.locator("[data-signature=household_signature]")
    strokes = "one => one.toDataURL()"
    empty = place.locator("canvas").evaluate(strokes)

    phone.write("household_signature")
    assert place.locator("canvas").evaluate(strokes) != empty
    place.get_by_role("button", name="撤销一笔").focus()
    page.keyboard.press("Enter")
    assert place.locator("canvas").evaluate(strokes) == empty
    phone.look()

    place.locator("summary").click()
    place.get_by_label("姓名", exact=True).fill("王秀兰")
    page.keyboard.press("Enter")
    assert place.get_by_label("不能手写的原因").evaluate("one => one === document.activeElement")
    page.keyboard.type("右手骨折")
    page.keyboard.press("Enter")
    place.locator(".thumb-name", has_text="键入确认，未手写").wait_for()
    phone.look()

    answers = dict(small_town.answers("check_true"))
    del answers["household_signature"]
    phone.decide(answers)
    assert "已办结" in phone.words
    phone.open(f"/cases/{number}/print")
    assert page.locator("img.official-signature").count() == 1
    assert "签名（键入确认，未手写）" in phone.words


def test_a_draft_goes_from_the_phone_to_the_desk(small_town, windows):
    phone = windows(PHONE, CADRE).open(f"/procedures/{PROCEDURE}/start")
    phone.page.fill("[name=head_name]", "王秀兰")
    phone.page.fill("[name=income_total]", "一万多")
    phone.page.locator(".actions summary").click()
    phone.go("存为草稿")
    assert "王秀兰" in phone.words

    desk = windows(DESK, CADRE).open("/drafts")
    desk.page.get_by_role("link", name="接着填").click()
    desk.look()
    assert desk.page.input_value("[name=head_name]") == "王秀兰"
    assert desk.page.input_value("[name=income_total]") == "一万多"
    assert desk.kept() == {}

    phone.open(f"/procedures/{PROCEDURE}/start")
    assert phone.page.input_value("[name=head_name]") == ""


def test_files_are_looked_through_with_the_arrow_keys_and_a_swipe(small_town, windows):
    number = small_town.up_to("household_check")
    cadre = windows(PHONE, CADRE, has_touch=True).first()
    cadre.decide(small_town.answers("check_true") | {"photos": [1, 2]})
    desk = windows(DESK, TOWNSHIP).open(f"/cases/{number}?tab=answers")
    page = desk.page
    page.goto(page.locator(".thumb a[href*='of=']").first.get_attribute("href"))
    desk.look()
    assert "1 / 2" in desk.words

    with page.expect_navigation():
        page.keyboard.press("ArrowRight")
    assert "2 / 2" in desk.look().words
    with page.expect_navigation():
        page.keyboard.press("ArrowLeft")
    assert "1 / 2" in desk.words

    cadre.open(urlsplit(page.url)._replace(scheme="", netloc="").geturl())
    swipe = """([from, to]) => { const place = document.querySelector('[data-look]');
      const touch = (x) => new Touch({identifier: 1, target: place, clientX: x, clientY: 200});
      place.dispatchEvent(new TouchEvent('touchstart', {touches: [touch(from)], bubbles: true}));
      place.dispatchEvent(new TouchEvent('touchend', {changedTouches: [touch(to)], bubbles: true})); }"""
    with cadre.page.expect_navigation():
        cadre.page.evaluate(swipe, [300, 100])
    assert "2 / 2" in cadre.words


def test_a_pdf_is_framed_without_a_word_from_the_pages_policy(small_town, windows):
    settings = small_town.settings
    made = pdf.made("<p>会议纪要</p>", "纪要", "0" * 64)
    row = small_town.perform(intake.taken(settings, made, "会议纪要.pdf"), CADRE)

    for size in (PHONE, DESK):
        screen = windows(size, CADRE).open(f"/attachments/{row.id}/view")
        assert screen.page.locator("iframe.look-pages").is_visible()
        assert "会议纪要.pdf" in screen.words
        assert row.sha256 in screen.words


def test_every_new_page_can_be_looked_at_on_a_phone_and_at_a_desk(small_town, windows):
    number = small_town.up_to("township_review")
    for size in (PHONE, DESK):
        screen = windows(size, TOWNSHIP)
        for path in (f"/cases/{number}", f"/cases/{number}/print", "/drafts", "/me/phrases", "/me"):
            screen.open(path)
        screen.open("/").first()
        item = screen.page.url.rpartition("/")[2]
        screen.open(f"/items/{item}/print")
