"""What the designer is told: whom and what a diagram may speak of, and the words it rests on."""

import io
import zipfile

import pytest

from app.designer import exchange
from tests.app.designer.test_views import ONE, saved

FIRST = "000_ad920af171c7151f.txt"
OWN = "sources/本区公示办法.txt"
RULE = "村级公示由镇（街道）派员核对"


@pytest.fixture
def begun(one_office):
    one = one_office.browser(ONE)
    answer = one.post("/amendments", "/amendments", procedure="fp_01_ds", title="增加镇级复核")
    return one, answer.location


def words(browser, address):
    return browser.client.get(f"{address}/vocabulary.json").json


def test_pickers_offer_what_there_is_in_the_words_of_the_office(begun):
    told = words(*begun)

    roles = {role["id"]: role for role in told["roles"]}
    assert (roles["county_rvb"]["name"], roles["county_rvb"]["level"]) == (
        "区乡村振兴局（乡村振兴局）",
        "county",
    )
    check = told["forms"]["fp_01_ds_household_check"]
    assert check["title"] == "入户核实"
    conclusion = next(field for field in check["fields"] if field["key"] == "conclusion")
    assert [option["value"] for option in conclusion["options"]][:2] == ["属实", "不属实"]
    assert "village_review_days" in {each["name"] for each in told["parameters"]}
    post = next(each for each in told["operations"] if each["id"] == "notice.post")
    assert {"name": "days", "label": "公示天数"} in post["needs"]
    assert told["documents"][0]["file"] == FIRST


def test_every_operation_and_input_has_a_name_to_be_read(begun):
    told = words(*begun)

    nameless = [each["id"] for each in told["operations"] if each["name"] == each["id"]]
    lines = [line for each in told["operations"] for line in (*each["needs"], *each["takes"])]
    assert nameless == []
    assert {line["name"] for line in lines if line["label"] == line["name"]} == set()


def test_a_form_of_another_procedure_can_be_taken_from_the_shelf(begun):
    one, address = begun

    shelf = one.client.get(f"{address}/library.json").json

    first = shelf[0]
    assert first["key"] not in words(one, address)["forms"]
    taken = one.client.get(f"{address}/library.json?form={first['key']}").json
    assert taken["title"] == first["title"]
    assert '"components"' in taken["text"]
    assert one.client.get(f"{address}/library.json?form=nobody").status_code == 404


def test_a_clause_must_stand_in_the_document_it_cites(begun):
    one, address = begun
    diagram = one.get(f"{address}/files/process.bpmn").text
    before, at, behind = diagram.partition('<bpmn:userTask id="household_check"')
    own = f"{OWN.removeprefix('sources/')}｜{RULE}严格履行"
    cited = before + at + behind.replace(f"{FIRST}｜严格履行", own, 1)
    assert cited != diagram

    saved(one, address, 1, **{"process.bpmn": cited})
    assert "引文在源文件" in one.get(address).text

    saved(
        one,
        address,
        2,
        **{OWN: f"第三条 {RULE}严格履行提交申请、入户核实、村评议公示、\n镇（街道）审核和区级比对审定的程序"},
    )
    assert "没有发现问题" in one.get(address).text
    assert words(one, address)["documents"][1]["own"]
    text = one.client.get(f"{address}/document.txt", query_string={"file": OWN.removeprefix("sources/")})
    assert RULE in text.text


def test_a_document_is_taken_along_and_comes_back(begun):
    one, address = begun
    saved(one, address, 1, **{OWN: RULE})

    archive = one.client.get(f"{address}/export.zip").data

    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        assert f"fp_01_ds/{OWN}" in packed.namelist()
    assert exchange.unpacked("x.zip", archive)[OWN] == RULE


@pytest.mark.parametrize("name", ["sources/../x.txt", "sources/a/b.txt", "sources/x.exe", "sources/.txt"])
def test_a_document_of_a_strange_name_is_refused(begun, name):
    one, address = begun

    assert saved(one, address, 1, **{name: RULE}).status_code == 422


def test_what_is_not_being_drafted_is_looked_at_only(begun):
    one, address = begun
    assert one.get(f"{address}/diagram").status_code == 200
    assert one.post(f"{address}/discard", address).status_code == 303

    answer = one.client.get(f"{address}/diagram")

    assert answer.status_code == 303
    assert answer.location == f"{address}/picture"
    said = one.client.get(f"{address}/picture.json").json["elements"]["household_check"]
    assert said["name"] == "入户核实"
    assert said["source"].startswith("鄂尔多斯市东胜区")
