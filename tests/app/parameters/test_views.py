"""The pages of the parameters: one proposes, another confirms, the rest look at nothing."""

import re

from tests.app.office import CADRE

NAME = "household_check_days"


def test_one_proposes_and_another_confirms_on_the_page(one_office):
    one, other = one_office.browser("dongsheng-admin1"), one_office.browser("dongsheng-admin2")
    assert "东胜区监测对象识别" in one.get("/parameters").text
    form = f"/parameters/fp_01_ds/{NAME}"

    wrong = one.post(form, form, value="999", effective="2026-03-20", reason="")
    assert wrong.status_code == 422
    assert "大于最大值" in wrong.text
    answer = one.post(form, form, value="7", effective="2026-03-20", reason="区办公会纪要第3号")

    assert answer.status_code == 303
    own = one.get("/parameters/fp_01_ds").text
    assert "区办公会纪要第3号" in own
    assert "/confirm" not in own
    [number] = re.findall(r"/parameters/proposals/(\d+)/confirm", other.get("/parameters/fp_01_ds").text)
    confirmed = other.post(f"/parameters/proposals/{number}/confirm", "/parameters/fp_01_ds")
    assert confirmed.status_code == 303
    assert "2026-03-20 00:00 起 7 工作日" in other.get("/parameters/fp_01_ds").text


def test_what_cannot_be_read_as_a_day_or_a_number_is_said_beside_its_field(one_office):
    one, form = one_office.browser("dongsheng-admin1"), f"/parameters/fp_01_ds/{NAME}"

    assert "应为整数" in one.post(form, form, value="九天", effective="2026-03-20", reason="x").text
    assert "请填写生效日期" in one.post(form, form, value="7", effective="", reason="x").text


def test_whoever_handles_cases_does_not_see_the_page(one_office):
    assert one_office.browser(CADRE).get("/parameters").status_code == 403
