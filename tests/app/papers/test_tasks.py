"""Papers, issued by the real procedure when it refuses."""

import hashlib

import pytest
from sqlalchemy import update

from app.papers import queries
from app.papers.models import Document
from tests.app.notices.office import CADRE, COUNTY, TOWNSHIP


def refused(office, **changes):
    """A case whose check found the application unfounded."""
    case = office.start(**changes)
    office.complete(case.case_id, "household_check", use="check_false")
    return case


def refused_by_county(office):
    case = office.posted()
    office.clock.advance(days=7)
    office.work()
    office.complete(case.case_id, "township_review", by=TOWNSHIP, use="township_passed")
    office.complete(case.case_id, "county_decision", by=COUNTY, use="county_refused")
    return case


def paper_of(office, case):
    """The notice of a case; sheets of its filled-in forms stand beside it."""
    issued = office.read(queries.of_case, case.case_id)
    (found,) = [one for one in issued if "表〔" not in one.number]
    return found


def test_an_unfounded_application_is_answered_by_the_village_in_writing(office):
    case = refused(office)

    paper = paper_of(office, case)
    assert (paper.number, paper.unit) == ("折家梁村告〔2026〕1号", "折家梁村村民委员会")
    for words in ("王三：", "折家梁村", "不属实", "羊圈失火已获保险足额赔付", "申请复核", case.number):
        assert words in paper.html
    assert "第三章第一节（一）优化监测方式和程序" in paper.html
    assert "150602196803140011" not in paper.html


def test_a_refusal_by_the_district_is_signed_by_its_bureau_with_its_reason(office):
    case = refused_by_county(office)

    paper = paper_of(office, case)
    assert (paper.number, paper.unit) == ("东乡振告〔2026〕1号", "东胜区乡村振兴局")
    assert "审定不通过" in paper.html
    assert "名下有商品房出租" in paper.html


def test_numbers_run_without_a_gap_by_unit_and_year(office):
    first = refused(office)
    second = refused(office, head_identity="150602196805121228")
    office.clock.advance(days=365)
    third = refused(office, head_identity="150602197511032152")

    numbers = [paper_of(office, case).number for case in (first, second, third)]

    assert numbers == ["折家梁村告〔2026〕1号", "折家梁村告〔2026〕2号", "折家梁村告〔2027〕1号"]


def test_what_people_typed_enters_a_paper_as_text_and_never_as_markup(office):
    case = office.start(head_name="王<b>三</b>")
    office.complete(case.case_id, "household_check", use="check_false", opinion="<script>alert(1)</script>")

    html = paper_of(office, case).html

    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "王&lt;b&gt;三" in html


def test_a_paper_carries_its_hash_and_a_change_by_hand_shows(office):
    paper = paper_of(office, refused(office))
    assert paper.unchanged
    assert paper.sha256 == hashlib.sha256(paper.html.encode()).hexdigest()

    with office.database.writing.begin() as session:
        session.execute(update(Document).values(html=paper.html.replace("不属实", "属实")))

    assert not office.read(queries.document, office.actor(CADRE), paper.id).unchanged


@pytest.mark.parametrize("reader", [CADRE, TOWNSHIP, COUNTY])
def test_who_may_read_the_case_may_read_its_papers(office, reader):
    paper = paper_of(office, refused(office))

    assert office.read(queries.document, office.actor(reader), paper.id).number == paper.number


@pytest.mark.parametrize(
    "stranger", ["zhejialiang-household2", "chaideng-cadre1", "hantai-clerk1", "dongsheng-health1"]
)
def test_to_everyone_else_a_paper_does_not_exist(office, stranger):
    paper = paper_of(office, refused(office))

    with pytest.raises(queries.UnknownDocument):
        office.read(queries.document, office.actor(stranger), paper.id)


def test_the_head_of_the_household_reads_the_paper_though_a_cadre_applied(office):
    case = refused(office, head_name="王秀兰", head_identity="150602196805121228")

    paper = paper_of(office, case)

    household = office.actor("zhejialiang-household1")
    assert office.read(queries.document, household, paper.id).title == paper.title
