"""保管期限: shown on the case, listed when over; destroyed only by two officers, and the proofs hold."""

from datetime import UTC, datetime

import pytest

from app import retention
from app.security.queries import AuditFilter, audit_entries
from tests.app.office import BUREAU, CADRE
from workflows import audit
from workflows.commands import CONSOLE

SYSTEM, AUDIT, SECURITY = "system-officer", "audit-officer", "security-officer"
LIST = "/disposals"
ENDED = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture
def ended(office):
    """A case of thirty years that is over; gives its number."""
    office.number = office.start()
    office.take(office.number, name="check_false")
    office.to_the_end(office.number)
    return office


def grow_old(office, years):
    office.clock.advance(days=round(365.25 * years))
    office.forget_tokens()


def propose(office, who=SYSTEM, reason="保管期限已满，无继续保存价值"):
    page = f"{LIST}/{office.number}"
    return office.browser(who).post(page, page=page, reason=reason)


def told(office):
    with office.executor.database.reading() as session:
        return audit_entries(session, CONSOLE, AuditFilter(stream="disposals"))


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({"category": "督办"}, "30年"),
        ({"category": "防止返贫监测和帮扶"}, "30年"),
        ({"category": "扶贫项目资产后续管理"}, "永久"),
        ({"category": "谁也没有分类"}, "永久"),
        ({"category": "督办", "retention": {"class": "10年"}}, "10年"),
        ({"category": "督办", "retention": {"class": "5年"}}, "30年"),
    ],
)
def test_the_class_stands_in_the_procedure_or_goes_by_its_category(meta, expected):
    assert retention.class_of(meta) == expected


def test_years_count_from_the_one_after_the_end():
    assert retention.words("10年", ENDED) == "10年（至2036年底）"
    assert retention.words("永久", ENDED) == "永久"
    before = retention.ended_before("10年", datetime(2037, 1, 2, tzinfo=UTC))
    assert before > ENDED
    assert not retention.ended_before("10年", datetime(2036, 12, 30, tzinfo=UTC)) > ENDED


def test_an_ended_case_says_how_long_it_is_kept(ended):
    assert "保管期限：30年（至2056年底）" in ended.browser(CADRE).get(f"/cases/{ended.number}").text


def test_the_page_of_a_procedure_says_how_long_and_on_what_grounds(one_office):
    page = one_office.browser(CADRE).get("/procedures/fp_01_ds").text

    assert "保管期限是本地设定的：源文件没有写保管期限。" in page


def test_before_its_time_nothing_is_listed_or_proposed(ended):
    grow_old(ended, 29)

    assert "没有保管期限已满的办件" in ended.browser(SYSTEM).get(LIST).text
    assert ended.browser(SYSTEM).get(f"{LIST}/{ended.number}").status_code == 409


def test_two_officers_destroy_the_words_and_the_chain_holds(ended):
    grow_old(ended, 32)
    assert ended.number in ended.browser(SYSTEM).get(LIST).text
    assert propose(ended, reason="").status_code == 422
    assert propose(ended).status_code == 303
    assert ended.browser(SYSTEM).post("/disposals/1/confirm", page=LIST).status_code == 403

    watcher = ended.browser(AUDIT)
    assert "批准销毁" in watcher.get(LIST).text
    assert watcher.post("/disposals/1/confirm", page=LIST).status_code == 303

    assert "销毁清册" in watcher.get(LIST).text
    with ended.executor.database.reading() as session:
        assert audit.verify(session).sound
    assert [each.command for each in told(ended)] == ["ConfirmDisposal", "ProposeDisposal"]
    # Who acted stays, as everywhere on the trail; what was said of people is gone.
    left = ended.case(ended.number, by=BUREAU)
    assert left["variables"] == {}
    assert {str(each["answers"]) for each in left["history"]} == {"{}"}
    assert watcher.post("/disposals/1/confirm", page=LIST).status_code == 404


def test_a_proposal_sent_back_destroys_nothing_and_may_be_made_again(ended):
    grow_old(ended, 32)
    propose(ended)

    assert ended.browser(AUDIT).post("/disposals/1/withdraw", page=LIST).status_code == 303

    assert propose(ended).status_code == 303
    assert ended.case(ended.number, by=BUREAU)["variables"] != {}


@pytest.mark.parametrize("who", [AUDIT, SECURITY, CADRE])
def test_nobody_else_proposes(ended, who):
    grow_old(ended, 32)

    answer = ended.browser(who).post(f"{LIST}/{ended.number}", page="/me", reason="试试看能不能销毁")

    assert answer.status_code == 403
