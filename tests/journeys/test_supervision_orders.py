"""督办 at a browser: from the figures to an overdue step, ordered, answered, sent back, answered, closed."""

import pytest
from sqlalchemy import func, select

from tests.journeys.screen import DESK, PHONE
from tests.journeys.town import TOWNSHIP
from workflows.audit import AuditEntry
from workflows.cases import Case
from workflows.journal import StepRecord

pytestmark = [pytest.mark.browser, pytest.mark.seconds(240)]
WHO = "dongsheng-supervisor1"
DEMAND = "请在回复时限内审核完毕，并说明超期的原因。"
UNDER_WAY = {
    "done": "正在核对入户影像。",
    "cause": "经办人外出学习，没有交接。",
    "finished": "还没有办结",
    "finish_by": "2026-12-31",
}
DONE = {"done": "已审核完毕。", "cause": "经办人外出学习，没有交接。", "finished": "已办结"}


@pytest.fixture
def late(small_town):
    """A case overdue at the township, counted, and orders in force; gives its number."""
    small_town.publish("db_02_ds")
    number = small_town.up_to("township_review")
    small_town.days_pass(30)
    return number


def grown(town, number):
    """How long the record of a case is."""

    def count(session):
        case = select(Case.id).where(Case.number == number).scalar_subquery()
        rows = session.scalar(select(func.count()).where(StepRecord.case_id == case))
        return rows, session.scalar(select(func.count()).where(AuditEntry.stream == f"case:{number}"))

    return town.read(count)


def opened(screen, number):
    """The one open item of an order, by way of 待办."""
    screen.open("/waiting")
    screen.page.locator(".items tbody tr", has_text=number).get_by_role("link").first.click()
    screen.page.wait_for_url("**/items/*")
    return screen.look()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_an_overdue_step_is_ordered_answered_sent_back_and_closed(late, small_town, windows, size):
    before = grown(small_town, late)
    screen, unit = windows(size, WHO), windows(PHONE, TOWNSHIP)

    screen.open("/supervision")
    screen.page.locator(".tally a", has_text="超期").click()
    screen.look()
    screen.page.locator(".items tbody tr", has_text=late).get_by_role("link", name="督办").click()
    screen.page.wait_for_url("**/orders/new*")
    screen.look()
    assert late in screen.words
    assert "按规则发红牌" in screen.words
    screen.decide({"demand": DEMAND})
    order = screen.page.url.rsplit("/", 1)[1].partition("?")[0]

    screen.open("/supervision/orders")
    assert order in screen.words
    assert "红牌" in screen.words
    screen.open(f"/cases/{late}")
    assert f"督办单 {order}" in screen.words
    unit.open("/")
    assert "本单位有督办单 1 件" in unit.words
    opened(unit, order)
    assert DEMAND in unit.page.content()
    unit.decide(UNDER_WAY)

    opened(screen, order)
    assert UNDER_WAY["cause"] in screen.page.content()
    screen.decide({"opinion": "请写明哪一天审核完毕。", "conclusion": "退回再办"})
    opened(unit, order)
    assert "请写明哪一天审核完毕" in unit.words
    unit.decide(DONE)
    screen.open("/supervision/orders?part=orders&state=review")
    assert order in screen.words
    opened(screen, order)
    screen.decide({"conclusion": "销号"})

    screen.open("/supervision/orders")
    assert order not in screen.words
    screen.open("/supervision/orders?part=orders&state=closed")
    assert order in screen.words
    assert "已销号" in screen.words
    unit.open("/")
    assert "本单位有督办单" not in unit.words
    assert grown(small_town, late) == before
