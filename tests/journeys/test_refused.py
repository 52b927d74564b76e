"""Cases that end with a written notice: the check finds it untrue, or the district refuses."""

from tests.journeys.town import CADRE, COUNTY, HOUSEHOLD, household


def papers(town, who, number):
    """The notices of a case as they are linked from it, beside the sheets its steps left behind."""
    page = town.person(who).case(number, "papers")
    return [one.get("href") for one in page.css("a.entry-step") if "告知书" in one.text_content()]


def applied(town, by=HOUSEHOLD):
    own = household(HOUSEHOLD)
    return town.apply(by, head_name=own.name, head_identity=own.identity, phone=own.phone).number


def test_an_application_that_is_not_true_ends_with_a_written_notice_to_the_household(town):
    number = applied(town)

    town.do(number, "household_check", "check_false")
    town.work()

    reader = town.person(HOUSEHOLD)
    [address] = papers(town, HOUSEHOLD, number)
    paper = reader.open(address)
    assert reader.case(number).says("核实不属实")
    assert household(HOUSEHOLD).name + "：" in paper.words
    assert "羊圈失火已获保险足额赔付，收入没有减少。" in paper.words
    assert "2026年3月16日" in paper.words


def test_untrue_without_an_opinion_is_refused_beside_the_field_and_everything_stays(town):
    number = applied(town)

    refused = town.do(number, "household_check", "check_false", opinion="")

    assert refused.status == 422
    assert set(refused.errors) == {"opinion"}
    assert refused.typed("visitors") == ["赵五、钱六"]
    assert refused.typed("net_income") == ["14999.5"]
    assert len(refused.typed("photos")) == 1
    corrected = town.person(CADRE).press("核实不属实", page=refused, opinion="保险已足额赔付。")
    assert "已办结" in corrected.words
    assert town.person(HOUSEHOLD).case(number).says("核实不属实")


def test_the_districts_refusal_reaches_the_household_in_writing_and_by_message(town):
    number = applied_to_county(town)

    town.do(number, "county_decision", "county_refused")
    town.work()

    reader = town.person(HOUSEHOLD)
    assert reader.case(number).says("不予认定")
    [address] = papers(town, HOUSEHOLD, number)
    paper = reader.open(address)
    assert "比对发现名下有商品房出租" in paper.words
    assert "区乡村振兴局" in paper.words or "乡村振兴" in paper.words
    assert number in reader.open("/messages").words


def test_a_refusal_without_an_opinion_is_refused_beside_the_field(town):
    number = applied_to_county(town)

    refused = town.do(number, "county_decision", "county_refused", opinion="")

    assert refused.status == 422
    assert set(refused.errors) == {"opinion"}
    assert refused.typed("comparisons.3.remark") == ["名下有商品房出租。"]


def test_a_household_whose_case_a_cadre_began_reads_its_notice_too(town):
    number = applied(town, by=CADRE)
    town.do(number, "household_check", "check_false")
    town.work()

    [address] = papers(town, COUNTY, number)
    assert town.person(HOUSEHOLD).open(address).status == 200
    assert town.person("zhejialiang-household2").open(address).status == 404


def test_nothing_more_can_be_done_in_a_case_that_ended(town):
    number = applied(town)
    page = town.person(CADRE).item(number)
    town.do(number, "household_check", "check_false")

    again = town.person("zhejialiang-cadre1").complete(number, town.answers("check_true"), page=page)

    assert again.status == 409
    assert "折海军" in again.words
    assert town.person(HOUSEHOLD).case(number).says("核实不属实")


def applied_to_county(town):
    own = household(HOUSEHOLD)
    return town.up_to("county_decision", head_name=own.name, head_identity=own.identity, phone=own.phone)
