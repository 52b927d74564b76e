"""区级比对审定: a row for each department's data, and the decision."""

from tests.journeys.person import picture
from tests.journeys.town import COUNTY, TOWNSHIP

DEPARTMENTS = ["民政", "卫健", "医保", "住建", "教育", "残联", "应急管理"]


def departments(page):
    return [page.typed(f"comparisons.{row}.department")[0] for row in range(len(page.css("[data-row]")) - 1)]


def test_the_page_offers_a_row_for_every_department_of_the_parameter(town):
    number = town.up_to("county_decision")

    page = town.person(COUNTY).item(number)

    assert departments(page) == DEPARTMENTS
    assert page.typed("risk_types") == ["因灾", "收入大幅缩减"]


def test_a_row_can_be_added_and_taken_out_and_what_was_typed_stays(town):
    number = town.up_to("county_decision")
    county = town.person(COUNTY)
    page = county.item(number)

    more = county.press("添加一行", page=page, **{"comparisons.0.result": "无异常", "opinion": "写到一半"})
    assert more.status == 200
    assert more.typed("comparisons.0.result") == ["无异常"]
    assert more.typed("opinion") == ["写到一半"]
    assert more.typed("comparisons.7.department") == [""]
    fewer = county.send(
        more,
        next(one for one in more.tree.iter("button") if one.get("value") == "comparisons.1"),
        {"comparisons.7.department": "公安"},
    )

    assert departments(fewer) == ["民政", "医保", "住建", "教育", "残联", "应急管理", "公安"]
    assert fewer.typed("opinion") == ["写到一半"]


def test_a_doubt_must_be_explained_in_its_row_and_answered_in_the_opinion(town):
    number = town.up_to("county_decision")
    rows = [{"department": name, "result": "无异常"} for name in DEPARTMENTS]
    rows[3] = {"department": "住建", "result": "有疑点"}

    refused = town.do(number, "county_decision", comparisons=rows)

    assert refused.status == 422
    assert set(refused.errors) == {"comparisons.3.remark", "opinion"}
    rows[3]["remark"] = "名下有危房一处。"
    done = town.do(number, "county_decision", comparisons=rows, opinion="危房不能居住和出租，不影响认定。")
    assert "已办结" in done.words
    assert town.person(COUNTY).case(number).says("已纳入监测")


def test_the_decision_is_made_with_everything_that_was_found_before_in_view(town):
    number = town.up_to("county_decision")

    page = town.person(COUNTY).item(number)

    for found in ("赵五、钱六", "14,999.50", "村委会会议室", "收入大幅缩减", "150602********0011"):
        assert found in page.words
    assert "150602196803140011" not in page.raw
    photo = next(one.get("href") for one in page.css("li.thumb a")).partition("/view")[0]
    assert town.person(COUNTY).ask("GET", photo).data == picture(1)


def test_approval_needs_category_and_risk_types(town):
    number = town.up_to("county_decision")

    refused = town.do(number, "county_decision", category="", risk_types=[])

    assert set(refused.errors) == {"category", "risk_types"}
    assert town.person(COUNTY).item_rows(number)


def test_the_township_does_not_see_the_districts_item_in_its_list(town):
    number = town.up_to("county_decision")

    assert town.person(TOWNSHIP).item_rows(number) == []
    assert number in town.person(TOWNSHIP).open("/cases").words
