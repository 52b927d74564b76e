"""The change desk's pages: what is being amended, what is wrong with it, files in and out."""

import io
import zipfile

import pytest

from app.designer import exchange
from tests.app.office import CADRE
from workflows.errors import Invalid

ONE, OTHER = "dongsheng-admin1", "dongsheng-admin2"


@pytest.fixture
def begun(one_office):
    """Somebody who began an amendment, and its address."""
    one = one_office.browser(ONE)
    answer = one.post("/amendments", "/amendments", procedure="fp_01_ds", title="增加镇级复核")
    assert answer.status_code == 303, answer.text
    return one, answer.location


def saved(browser, address, revision, **changes):
    """What the page's script sends as somebody types."""
    token = browser.get(address).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    return browser.client.post(
        f"{address}/files",
        json={"revision": revision, "changes": changes},
        headers={"X-CSRFToken": token, "Accept": "application/json"},
    )


def test_an_amendment_begins_with_nothing_wrong_and_everything_there(begun):
    one, address = begun

    page = one.get(address).text

    assert "起草中" in page
    assert "没有发现问题" in page
    assert "process.bpmn" in page
    assert "增加镇级复核" in one.get("/amendments").text


def test_what_is_saved_is_there_again_and_what_is_wrong_is_said(begun):
    one, address = begun

    answer = saved(one, address, 1, **{"process.bpmn": "<oops"})

    assert answer.json["revision"] == 2
    assert one.get(f"{address}/files/process.bpmn").text == "<oops"
    assert "1 处错误" in one.get(address).text


def test_whoever_saves_second_is_told_by_whom_and_overwrites_nothing(one_office, begun):
    one, address = begun
    other = one_office.browser(OTHER)
    assert saved(other, address, 1, **{"scenarios.toml": ""}).status_code == 200

    answer = saved(one, address, 1, **{"scenarios.toml": "x"})

    assert answer.status_code == 409
    assert answer.json["code"] == "amendment.overtaken"
    assert "未写入" in answer.json["detail"]
    assert one.get(f"{address}/files/scenarios.toml").text == ""


def test_the_check_of_what_is_not_saved_stores_nothing(begun):
    one, address = begun
    before = one.get(f"{address}/files/process.bpmn").text
    token = one.get(address).text.partition('name="csrf_token" value="')[2].partition('"')[0]

    answer = one.client.post(
        f"{address}/lint",
        json={"changes": {"process.bpmn": before.replace("fp_01_ds_household_check", "nowhere")}},
        headers={"X-CSRFToken": token, "Accept": "application/json"},
    )

    assert "form.unknown" in {each["rule"] for each in answer.json["findings"]}
    assert one.get(f"{address}/files/process.bpmn").text == before


def test_what_is_exported_can_be_taken_in_again(one_office, begun):
    one, address = begun
    archive = one.get(f"{address}/export.zip").data
    assert saved(one, address, 1, **{"process.bpmn": "<oops"}).status_code == 200
    token = one.get(address).text.partition('name="csrf_token" value="')[2].partition('"')[0]

    sent = {"csrf_token": token, "revision": "2", "file": (io.BytesIO(archive), "x.zip")}
    answer = one.client.post(f"{address}/import", data=sent, content_type="multipart/form-data")

    assert answer.status_code == 303
    assert "没有发现问题" in one.get(address).text


def test_what_is_no_artefact_is_refused_in_words():
    with pytest.raises(Invalid) as refusal:
        exchange.unpacked("x.exe", b"")
    assert "不是事项的文件" in refusal.value.errors["file"]
    with pytest.raises(Invalid) as refusal:
        exchange.unpacked("x.zip", b"PK\x03\x04nonsense")
    assert "打不开" in refusal.value.errors["file"]


def test_an_archive_that_swells_is_not_unpacked():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("p/process.bpmn", "0" * (exchange.MOST_BYTES + 1))

    with pytest.raises(Invalid) as refusal:
        exchange.unpacked("x.zip", held.getvalue())

    assert "太大" in refusal.value.errors["file"]


def test_what_was_discarded_can_be_read_and_no_longer_changed(begun):
    one, address = begun

    assert one.post(f"{address}/discard", address).status_code == 303

    assert "已作废" in one.get(address).text
    assert saved(one, address, 1, **{"process.bpmn": ""}).status_code in {409, 400}


def test_who_handles_cases_sees_nothing_of_it(one_office, begun):
    _, address = begun

    assert one_office.browser(CADRE).get(address).status_code == 403


def test_a_page_that_does_not_say_what_it_showed_overwrites_nothing(begun):
    one, address = begun
    before = one.get(f"{address}/files/scenarios.toml").text

    answer = one.post(f"{address}/text/scenarios.toml", address, text="")

    assert answer.status_code == 409
    assert "未写入" in answer.text
    assert one.get(f"{address}/files/scenarios.toml").text == before
