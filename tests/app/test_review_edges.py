"""What strangers type into addresses and hand in as files is answered, never a breakdown."""

import io
import struct
import zlib

import pytest

from app.attachments import content
from app.pages import encode_cursor
from app.papers import pdf
from tests.app.office import BUREAU, CADRE, picture


def claiming(width, height):
    """A PNG of a few bytes that says it is enormous."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [9_000, 12_000, 60_000])
def test_a_picture_that_would_fill_the_memory_is_refused(side):
    with pytest.raises(content.WrongFile):
        content.check(claiming(side, side), "照片.png", 10_000_000)


def test_half_a_picture_has_no_small_one(one_office):
    whole = io.BytesIO()
    content.Image.effect_noise((400, 400), 90).save(whole, "JPEG", quality=95)
    program = one_office.program(CADRE)
    sent = program.upload(whole.getvalue()[:20_000], "半张.jpg")
    assert sent.status_code == 201, sent.text

    answer = one_office.browser(CADRE).get(f"/attachments/{sent.json['id']}/thumb")

    assert answer.status_code == 404


def test_half_a_picture_has_no_small_one_after_a_page_was_set_either(tmp_path):
    whole = io.BytesIO()
    content.Image.effect_noise((400, 400), 90).save(whole, "JPEG", quality=95)
    half = content.check(whole.getvalue()[:20_000], "半张.jpg", 10_000_000)
    content.keep(tmp_path, half)

    pdf.made("<p>公文</p>", "公文", "0" * 64)

    with pytest.raises(content.NoPicture):
        content.thumbnail(tmp_path, half.sha256)


def test_a_small_picture_is_made_once(one_office):
    sent = one_office.program(CADRE).upload(picture(3))
    browser = one_office.browser(CADRE)

    first, second = (browser.get(f"/attachments/{sent.json['id']}/thumb") for _ in range(2))

    assert first.status_code == second.status_code == 200
    assert first.data == second.data


CURSORS = [
    encode_cursor("x", "y"),
    encode_cursor(None),
    encode_cursor({}, []),
    encode_cursor(),
    encode_cursor("2026-03-16", 1),
    encode_cursor(1),
    encode_cursor("2026-03-16T00:00:00+00:00", 2**63 - 1),
    "%00",
    "好",
]


@pytest.mark.parametrize(
    "path", ["/", "/done", "/started", "/cases", "/registers/warning_ledger", "/notices"]
)
def test_a_cursor_nobody_gave_begins_the_list_anew(office, path):
    browser = office.browser(BUREAU)

    for cursor in CURSORS:
        assert browser.get(path, query_string={"cursor": cursor}).status_code == 200, cursor


@pytest.mark.parametrize("path", ["/items/{}", "/items/{}/transfer", "/attachments/{}", "/notices/{}"])
def test_a_number_no_table_can_hold_is_not_found(office, path):
    browser = office.browser(BUREAU)

    assert browser.get(path.format(10**30)).status_code == 404


@pytest.mark.parametrize(
    "path", ["/procedures/a%00b", "/cases/a%00b", "/cases?q=a%00b", "/?q=%00", "/registers/x%00"]
)
def test_a_sign_that_no_text_can_hold_is_answered(office, path):
    assert office.browser(BUREAU).get(path).status_code in {200, 400, 404}
