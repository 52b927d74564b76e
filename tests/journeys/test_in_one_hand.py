"""A phone held in one hand: the camera, the line that drops, and the bar at the thumb."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from app.attachments import content
from app.attachments.models import Attachment
from tests.journeys.screen import PHONE, Screen, chromium, served
from tests.journeys.town import CADRE

pytestmark = [pytest.mark.browser, pytest.mark.seconds(120)]
LYING = {"width": 740, "height": 360}
UPRIGHT = 6
"""What a phone held upright writes into its photos: turn by a quarter to see it as it was."""

PLACES = """() => {
  const place = (one) => one && one.getBoundingClientRect().toJSON();
  return {
    bar: place(document.querySelector('.actions')),
    panel: place(document.querySelector('.actions .menu-panel')),
    opener: place(document.querySelector('.actions summary')),
    field: place(document.activeElement), height: innerHeight, width: innerWidth,
  };
}"""

ASIDE = """() => {
  const aside = document.createElement('iframe');
  aside.name = 'aside';
  document.body.append(aside);
  document.getElementById('item-form').target = 'aside';
}"""
"""The answer goes beside the page, so that the page can be looked at while it is awaited."""


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def phone(small_town, browser, tmp_path):
    """A cadre at the household's door, the case before them."""
    small_town.up_to("household_check")
    with served(small_town) as address:
        screen = Screen(browser, address, tmp_path, PHONE, reduced_motion="reduce", has_touch=True)
        yield screen.sign_in(CADRE).first()
        complaints = screen.complaints
        screen.close()
    assert complaints == []


def photo():
    """4000 by 3000 points full of gravel, as a camera writes them; red in what is the upper right corner."""
    made = Image.effect_noise((1000, 750), 90).convert("RGB").resize((4000, 3000))
    made.paste((220, 0, 0), (0, 0, 900, 900))
    turned = made.getexif()
    turned[0x0112] = UPRIGHT
    written = io.BytesIO()
    made.save(written, "JPEG", quality=92, exif=turned)
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()}


def test_a_photo_from_the_camera_arrives_small_and_upright(small_town, phone):
    taken = photo()
    assert len(taken["buffer"]) > 2_000_000

    phone.page.locator("input[type=file][name=photos]").set_input_files(taken)
    phone.page.locator("input[type=hidden][name=photos]").wait_for(state="attached")

    arrived = small_town.read(
        lambda session: session.scalars(select(Attachment).order_by(Attachment.id)).all()
    )[-1]
    assert arrived.size < 500_000
    kept = Image.open(content.path_of(small_town.settings.data_dir, arrived.sha256))
    assert kept.height > kept.width
    assert kept.getexif().get(0x0112, 1) == 1
    assert kept.getpixel((kept.width - 60, 60))[0] > 150 > kept.getpixel((kept.width - 60, 60))[1]


def test_a_photo_whose_line_dropped_is_sent_again_by_a_button_and_nothing_typed_is_lost(phone):
    page = phone.page
    page.fill("[name=visitors]", "赵五、钱六")
    page.route("**/attachments", lambda route: route.abort("connectionreset"))
    page.locator("input[type=file][name=photos]").set_input_files(photo())
    again = page.get_by_role("button", name="重新上传")
    again.wait_for()
    assert "已存在本机" in phone.words
    phone.complaints.clear()

    page.unroute("**/attachments")
    again.click()
    page.locator("input[type=hidden][name=photos]").wait_for(state="attached")

    assert again.count() == 0
    assert page.input_value("[name=visitors]") == "赵五、钱六"


def test_where_script_does_not_run_the_field_itself_opens_the_camera(small_town, browser, tmp_path):
    small_town.up_to("household_check")
    with served(small_town) as address:
        screen = Screen(browser, address, tmp_path, PHONE, java_script_enabled=False).sign_in(CADRE).first()

        field = screen.page.locator("input[type=file][name=photos]")

        assert field.get_attribute("capture") == "environment"
        assert field.get_attribute("accept").startswith("image/")
        screen.close()


@pytest.mark.parametrize("size", [PHONE, LYING], ids=["upright", "lying"])
def test_the_bar_is_at_the_thumb_and_covers_no_question(phone, size):
    page = phone.page
    page.set_viewport_size(size)

    page.locator(".actions summary").click()
    found = page.evaluate(PLACES)
    page.keyboard.press("Escape")

    assert found["height"] / 2 < found["bar"]["top"] < found["bar"]["bottom"] <= found["height"]
    assert 0 <= found["panel"]["top"] < found["panel"]["bottom"] <= found["opener"]["top"]
    assert 0 <= found["panel"]["left"] < found["panel"]["right"] <= found["width"]
    for field in page.locator("#item-form .form-control:visible").all():
        field.evaluate("(one) => { scrollTo(0, 0); one.focus(); }")
        found = page.evaluate(PLACES)
        assert found["field"]["bottom"] <= found["bar"]["top"], field.get_attribute("name")


def test_the_bar_stays_clear_of_the_phone_s_own_edge(phone):
    page = phone.page
    before = page.evaluate(PLACES)["bar"]["height"]

    line = phone.context.new_cdp_session(page)
    line.send("Emulation.setSafeAreaInsetsOverride", {"insets": {"bottom": 34}})

    assert page.evaluate(PLACES)["bar"]["height"] == before + 34


def test_a_slow_line_is_said_and_the_form_is_not_sent_twice(small_town, browser, tmp_path):
    small_town.up_to("household_check")
    with served(small_town) as address:
        screen = Screen(browser, address, tmp_path, PHONE, bypass_csp=True).sign_in(CADRE).first()
        page, sent = screen.page, []
        page.evaluate(ASIDE)
        page.route("**/items/*", lambda route: sent.append(route.request.post_data))

        page.locator(".actions summary").click()
        page.get_by_role("button", name="暂存").click()
        page.get_by_text("网络较慢").wait_for()
        page.locator(".actions-primary").dispatch_event("click")

        assert page.locator(".actions-primary").get_attribute("aria-disabled") == "true"
        assert len(sent) == 1
        screen.close()
