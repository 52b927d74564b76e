"""A document adds a step. It is drawn, stopped by the lint, mended, compared, tried on the past, reviewed,
published; running cases are moved where their record stays true; the next application follows it."""

import re
from collections import Counter
from datetime import datetime

import pytest
from sqlalchemy import select

from app.demo.cases import seed_cases
from tests.clock import LOCAL, TurnableClock
from tests.databases import make_tables
from tests.journeys.screen import DESK
from tests.journeys.town import PROCEDURE, Town, furnish
from workflows.cases import RUNNING, Case
from workflows.catalogue import ProcedureVersion, current

pytestmark = [pytest.mark.browser, pytest.mark.seconds(900)]

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=LOCAL)
ONE, OTHER = "dongsheng-admin1", "dongsheng-admin2"
CASES = 500
TITLE, STEP, NAME = "按区办文件增加公示结果复核", "notice_recheck", "公示结果复核"
DOCUMENT = {
    "number": "东办发〔2026〕31号",
    "title": "关于在监测对象识别中增加公示结果复核的通知",
    "date": "2026-11-18",
    "text": "公示期满后，由村复核公示结果，再报镇（街道）审核。",
}
MIDDLE = """(id) => {
  const path = document.querySelector(`.djs-element[data-element-id='${id}'] .djs-visual > path`);
  const at = path.getPointAtLength(path.getTotalLength() * 0.4).matrixTransform(path.getScreenCTM());
  return [at.x, at.y];
}"""


@pytest.fixture
def small_town(tmp_path):
    """The district after a busy year: three cases in five are over, the others stand everywhere."""
    url = f"sqlite:///{tmp_path / 'office.sqlite3'}"
    make_tables(url)
    furnish(url)
    town = Town(url, TurnableClock(NOW), tmp_path, demo=True)
    seed_cases(town.executor, CASES, data_dir=tmp_path, until=NOW)
    yield town
    assert town.broken_chains() == []
    town.close()


def test_a_step_that_a_document_adds_reaches_those_it_may_reach(windows, small_town):
    one, other = windows(DESK, ONE), windows(DESK, OTHER)

    amendment = begun(one)
    drawn(one, amendment)
    stopped(one, amendment)
    mended(one, amendment)
    compared(one, amendment)
    tried(one, small_town, amendment)
    handed_in(one, amendment)
    reviewed_and_published(other, amendment)
    assert small_town.read(current, PROCEDURE).number == 2
    moved(one, small_town)
    follows(small_town)


def begun(screen):
    screen.open("/amendments")
    screen.page.locator("#procedure").select_option(PROCEDURE)
    screen.page.locator("#title").fill(TITLE)
    screen.go("开始起草")
    return int(screen.page.url.rsplit("/", 1)[1])


def at_the_canvas(screen, amendment):
    screen.page.goto(f"/amendments/{amendment}/diagram")
    screen.page.wait_for_selector("[data-designer][data-ready='1']")
    screen.page.get_by_role("button", name="全图").click()


def shape(screen, element):
    return screen.page.locator(f".djs-element[data-element-id='{element}'] .djs-hit").first


def setting(screen, label):
    return screen.page.locator("#pane-settings").get_by_label(label, exact=True)


def settled(screen):
    screen.page.locator("[data-status]", has_text=re.compile("^已保存 ")).wait_for()


def drawn(screen, amendment):
    """Between the end of the publicity and the township's review."""
    at_the_canvas(screen, amendment)
    screen.page.mouse.click(*screen.page.evaluate(MIDDLE, "to_township_review"))
    screen.page.keyboard.press("Delete")
    shape(screen, "publicity_close").click(force=True)
    pad = screen.page.locator(".djs-context-pad")
    pad.locator("[data-action='append.user']").click()
    setting(screen, "名称").fill(NAME)
    setting(screen, "编号").fill(STEP)
    screen.page.keyboard.press("Tab")
    settled(screen)


def stopped(screen, amendment):
    """Nobody hands in what the lint objects to."""
    screen.open(f"/publishing/amendments/{amendment}/submit")
    fill_in(screen)
    screen.go("提交复核")
    assert "10 处错误，不能发布" in screen.words
    assert "从开始事件走不到这里" in screen.words
    assert screen.page.locator("[name='title']").input_value() == DOCUMENT["title"]


def fill_in(screen):
    for name, value in DOCUMENT.items():
        screen.page.locator(f"[name='{name}']").fill(value)
    screen.page.locator("[name='effective']").fill("2026-11-20")


def mended(screen, amendment):
    at_the_canvas(screen, amendment)
    shape(screen, STEP).click(force=True)
    screen.page.locator(".djs-context-pad [data-action='connect']").click()
    shape(screen, "township_review").hover(force=True)
    shape(screen, "township_review").click(force=True)
    screen.page.locator("#pane-settings").get_by_text("连线", exact=True).wait_for()
    screen.page.mouse.click(600, 700)  # what ends a connection swallows one click
    shape(screen, STEP).click(force=True)
    setting(screen, "用哪张表单").select_option("fp_01_ds_township_review")
    setting(screen, "怎样定").select_option("fixed")
    setting(screen, "工作日").fill("2")
    setting(screen, "来源").select_option("default")
    settled(screen)
    screen.open(f"/amendments/{amendment}")
    assert "0 处错误" in screen.words or "没有发现问题" in screen.words, screen.words


def compared(screen, amendment):
    screen.open(f"/procedures/{PROCEDURE}/compare?from=v1&to=a{amendment}")
    assert NAME in screen.words
    assert "新增" in screen.words


def tried(screen, town, amendment):
    screen.open(f"/procedures/{PROCEDURE}/backtests")
    screen.page.locator("#backtest-draft").select_option(f"a{amendment}")
    screen.page.locator("#backtest-most").select_option("500")
    screen.go("开始检验")
    town.work()
    screen.open(screen.page.url)
    assert f"已检验完 {CASES} 件，没有改动任何办件" in screen.words
    assert NAME in screen.words


def handed_in(screen, amendment):
    screen.open(f"/publishing/amendments/{amendment}/submit")
    fill_in(screen)
    screen.go("提交复核")
    assert "待复核" in screen.words
    assert "须由没有参与起草的另一位" in screen.words


def reviewed_and_published(screen, amendment):
    screen.open(f"/publishing/amendments/{amendment}")
    screen.page.locator("[name='opinion']").fill("与文件一致。")
    screen.go("复核通过")
    screen.go("发布", within="#publish-form")
    assert "已发布" in screen.words


def moved(screen, town):
    before = Counter(standing for _, standing in live(town, 1))
    assert before.total() >= 100
    screen.open(f"/publishing/{PROCEDURE}/move")
    screen.page.locator("[name='reason']").fill("文件要求在办的件一并执行")
    screen.go("试算")
    town.work()
    screen.open(screen.page.url)
    told = re.search(r"迁移可以迁移的 (\d+) 件", screen.words)
    can = int(told[1])
    assert 0 < can < before.total()
    screen.go(told[0])
    town.work()
    screen.open(screen.page.url)
    assert len(live(town, 2)) == can
    stay = Counter(standing for _, standing in live(town, 1))
    assert stay.total() == before.total() - can
    # Whoever has been past the place where the new step stands would seem to have done it.
    assert stay["镇（街道）审核"] == before["镇（街道）审核"] > 0
    assert town.broken_chains() == []


def live(town, version):
    """Number and step of every running case of a version."""
    query = select(Case.number, Case.standing).join(ProcedureVersion, ProcedureVersion.id == Case.version_id)
    query = query.where(Case.state == RUNNING, ProcedureVersion.number == version)
    return town.read(lambda session: session.execute(query).all())


def follows(town):
    """The next application, and one that was moved, come to the new step when their publicity is over."""
    new = town.up_to("publicity", head_identity="150602198202263082")
    town.brief(new, "publicity")
    waited = next(number for number, standing in live(town, 2) if standing == "等待公示期满")
    town.days_pass(30)
    for number in (new, waited):
        assert town.open_item(number).step == STEP
