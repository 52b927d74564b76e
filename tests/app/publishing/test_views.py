"""The pages of publishing: handed in by one, reviewed by another, cases moved after a dry run."""

import re
from datetime import timedelta

import pytest

from tests.app.office import CLERK
from tests.published import AUTHOR, DOCUMENT, REVIEWER, published
from workflows import worker

KEY = "fp_01_ds"


def at(page, address):
    """What a person posts from a page: the hidden fields of the form with that address."""
    form = re.search(rf'<form[^>]*action="{re.escape(address)}".*?</form>', page, re.DOTALL)
    assert form, page
    names = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0])
    return {name: value for name, value in names if name != "csrf_token"}


class Pages:
    """The browsers of two administrators, and the amendment between them."""

    def __init__(self, office):
        self.office = office
        self.author, self.reviewer = office.browser(AUTHOR), office.browser(REVIEWER)

    def began(self):
        answer = self.author.post("/amendments", "/amendments", procedure=KEY, title="按新通知修订")
        assert answer.status_code == 303
        self.address = "/publishing" + answer.location
        files = f"{answer.location}/files"
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.author.get(answer.location).text)[1]
        text = self.author.get(f"{files}/procedure.toml").text
        changes = {"procedure.toml": text.replace('summary = "', 'summary = "（新）', 1)}
        saved = self.author.client.post(
            files, json={"revision": 1, "changes": changes}, headers={"X-CSRFToken": token}
        )
        assert saved.status_code == 200
        return self

    def page(self, browser=None):
        return (browser or self.author).get(self.address).text

    def submit(self, **over):
        given = {**DOCUMENT, "revision": "2", "effective": self.today, **over}
        return self.author.post(f"{self.address}/submit", f"{self.address}/submit", **given)

    @property
    def today(self):
        return self.office.clock.now().astimezone().date().isoformat()

    def act(self, browser, what, **given):
        page = self.page(browser)
        hidden = at(page, f"{self.address}/{what}")
        return browser.post(f"{self.address}/{what}", self.address, **{**hidden, **given})


@pytest.fixture
def pages(one_office):
    return Pages(one_office).began()


def test_what_one_hands_in_another_reviews_and_publishes_and_the_next_case_follows_it(pages):
    assert pages.submit().status_code == 303
    page = pages.page(pages.reviewer)
    assert "待复核" in page
    assert DOCUMENT["number"] in page
    assert "没有附试办情景" in page
    assert f"/procedures/{KEY}/compare?from=v1&amp;to=a1" in page

    assert pages.act(pages.reviewer, "review", verdict="approve").status_code == 303
    assert pages.act(pages.reviewer, "publish").status_code == 303

    listed = pages.author.get(f"/publishing/{KEY}").text
    assert "第 2 版" in listed
    assert "现行" in listed
    assert "（新）" in pages.office.browser(CLERK).get(f"/procedures/{KEY}").text
    pages.office.start()
    assert "1 件" in pages.author.get(f"/publishing/{KEY}").text


def test_the_author_sees_who_is_to_review_and_no_button(pages):
    pages.submit()

    page = pages.page()

    assert "须由没有参与起草的另一位事项管理员复核" in page
    assert "复核通过" not in page


def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(pages):
    answer = pages.submit(number="", title="关于规范的通知")

    assert answer.status_code == 422
    assert "请填写政策文件的文号" in answer.text
    assert 'value="关于规范的通知"' in answer.text


def test_a_return_goes_back_with_its_opinion(pages):
    pages.submit()
    assert pages.act(pages.reviewer, "review", verdict="return", opinion="").status_code == 422

    pages.act(pages.reviewer, "review", verdict="return", opinion="请补写依据。")

    assert "退回意见" in pages.page()
    assert "请补写依据。" in pages.page()


def test_who_looked_at_something_else_is_told_so(pages):
    pages.submit()

    answer = pages.act(pages.reviewer, "review", verdict="approve", digest="0" * 64)

    assert answer.status_code == 409
    assert "请重新打开核对后再办" in answer.text


def test_an_approval_may_be_taken_back_to_drafting(pages):
    pages.submit()
    assert pages.act(pages.reviewer, "review", verdict="approve").status_code == 303

    assert pages.act(pages.author, "back").status_code == 303

    assert "起草中" in pages.page()


def standing(office, *, days=0, **more):
    at_once = office.clock.now()
    office.clock.advance(seconds=1)
    return published(
        lambda command, who: office.executor.execute(command, by=office.actor(who)),
        lambda ask: _read(office, ask),
        KEY,
        at_once + timedelta(days=days),
        **more,
    )


def _read(office, ask):
    with office.executor.database.reading() as session:
        return ask(session)


def test_a_version_in_waiting_is_listed_and_withdrawn_with_a_reason(one_office):
    standing(one_office, days=3)
    reviewer = one_office.browser(REVIEWER)
    address = f"/publishing/{KEY}/versions/2/withdraw"
    assert "待生效" in reviewer.get(f"/publishing/{KEY}").text

    assert reviewer.post(address, address, reason="").status_code == 422
    assert one_office.browser(AUTHOR).post(address, address, reason="推迟").status_code == 403
    assert reviewer.post(address, address, reason="文件推迟执行。").status_code == 303

    assert "文件推迟执行。" in reviewer.get(f"/publishing/{KEY}").text


def test_a_procedure_is_retired_by_two_and_begun_again_from_its_last_version(one_office):
    author, reviewer = one_office.browser(AUTHOR), one_office.browser(REVIEWER)
    home, ask = f"/publishing/{KEY}", f"/publishing/{KEY}/retire"
    given = {"number": DOCUMENT["number"], "title": "停办", "reason": "政策到期。"}
    assert author.post(ask, ask, **{**given, "title": ""}).status_code == 422
    assert author.post(ask, ask, **given).status_code == 303

    assert author.post(f"{home}/retirements/1/confirm", home).status_code == 403
    assert reviewer.post(f"{home}/retirements/1/confirm", home).status_code == 303

    assert "现在不能发起新的办件" in author.get(home).text
    answer = author.post(f"{home}/versions/1/amend", home)
    assert answer.status_code == 303
    assert "恢复第 1 版的内容" in author.get(answer.location).text


def test_running_cases_are_moved_after_a_dry_run_that_says_where_each_would_stand(one_office):
    number = one_office.start()
    standing(one_office)
    author = one_office.browser(AUTHOR)
    ask = f"/publishing/{KEY}/move"
    assert author.post(ask, ask, to="2", reason="").status_code == 422

    report = author.post(ask, ask, to="2", reason="按新通知办理。").location
    assert "试算中" in author.get(report).text
    worker.drain(one_office.executor)
    page = author.get(report).text
    assert number in page
    assert "迁移可以迁移的 1 件" in page
    assert author.post(f"{report}/carry-out", report).status_code == 303
    worker.drain(one_office.executor)

    assert "已迁移 1 件" in author.get(report).text
    assert "迁移至第 2 版" in str(one_office.case(number))
    assert author.post(f"{report}/cancel", report).status_code == 409
