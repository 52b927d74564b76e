"""The system officer enters units, people and accounts, and grants nothing."""

import re

import pytest

from app.officers import queries
from app.security.queries import AuditFilter, audit_entries
from tests.app.office import CLERK
from workflows.commands import CONSOLE

SYSTEM, SECURITY, AUDIT = "system-officer", "security-officer", "audit-officer"
NEW = {"name": "乌云", "username": "wuyun", "kind": "casework", "phone": "13847712345", "identity": ""}
FORM = "/system/accounts/new"
UNIT = {
    "name": "东胜区司法局",
    "office": "industry_dept",
    "department": "political_legal",
    "level": "department",
    "division": "150602000000",
}


def enter(officer, **changed):
    return officer.post(FORM, FORM, **{**NEW, **changed})


def found(house, words):
    with house.executor.database.reading() as session:
        return queries.accounts(session, words=words, now=house.clock.now())


def test_a_person_is_entered_with_an_account_that_must_change_its_password(house):
    answer = enter(house.browser(SYSTEM))

    password = re.search(r"首次密码只显示这一次：(\S+)", answer.text)[1]
    newcomer = house.browser()
    assert newcomer.sign_in("wuyun", password).location == "/me"
    assert newcomer.get("/notices").location == "/me"
    assert found(house, "wuyun")[0].phone == "138****2345"


def test_a_name_already_used_leaves_neither_person_nor_account_behind(house):
    officer = house.browser(SYSTEM)

    answer = enter(officer, username=CLERK, name="没有这个人")

    assert answer.status_code == 409
    assert "该用户名已被使用" in answer.text
    assert 'value="没有这个人"' in answer.text
    assert found(house, "没有这个人") == []
    assert re.search(r"(\d+) 名", officer.get("/system/state").text)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"username": "a b"}, "不含空格"),
        ({"kind": "security_officer"}, "只能在服务器控制台上"),
        ({"kind": ""}, "请选择工作人员或农牧户"),
        ({"phone": "123"}, "11位手机号码"),
        ({"identity": "150602197511032150"}, "校验位不符"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(one_house, sent, words):
    answer = enter(one_house.browser(SYSTEM), **sent)

    assert answer.status_code in {403, 422}
    assert words in answer.text
    kept = {**NEW, **sent}
    assert f'name="username" value="{kept["username"]}"' in answer.text


def test_a_stopped_account_is_out_at_once(house):
    clerk, officer = house.browser(CLERK), house.browser(SYSTEM)
    page = f"/system/accounts/{house.actor(CLERK).account_id}"

    assert officer.post(f"{page}/active", page, active="no", reason="").status_code == 422
    assert officer.post(f"{page}/active", page, active="no", reason="调离").status_code == 303

    assert clerk.get("/me").status_code == 303
    assert house.browser().sign_in(CLERK).status_code == 403
    officer.post(f"{page}/active", page, active="yes", reason="返回岗位")
    assert house.browser().sign_in(CLERK).status_code == 303


def test_a_forgotten_password_is_replaced_by_one_shown_once(house):
    officer, page = house.browser(SYSTEM), f"/system/accounts/{house.actor(CLERK).account_id}"

    answer = officer.post(f"{page}/password", page, why="本人遗忘")

    password = re.search(r"首次密码只显示这一次：(\S+)", answer.text)[1]
    assert password not in officer.get(page).text
    assert house.browser().sign_in(CLERK).status_code == 403
    assert house.browser().sign_in(CLERK, password).location == "/me"


@pytest.mark.parametrize("who", [SECURITY, AUDIT])
@pytest.mark.parametrize(("act", "sent"), [("active", {"active": "no"}), ("password", {})])
def test_no_officers_account_is_touched_by_another_officer(house, who, act, sent):
    page = f"/system/accounts/{house.actor(who).account_id}"
    reason = {"reason": "试试看能不能", "why": "试试看能不能"}

    answer = house.browser(SYSTEM).post(f"{page}/{act}", "/system/units/new", **sent, **reason)

    assert answer.status_code == 403
    assert house.browser().sign_in(who).status_code == 303


def test_a_unit_is_set_up_once(house):
    officer, page = house.browser(SYSTEM), "/system/units/new"

    assert officer.post(page, page, **UNIT).status_code in {303, 409}
    again = officer.post(page, page, **UNIT)

    assert again.status_code == 409
    assert "已有同类单位" in again.text
    assert 'value="东胜区司法局"' in again.text


@pytest.mark.parametrize("changed", [{"division": "999999000000"}, {"level": "x"}, {"department": ""}])
def test_a_unit_that_cannot_be_is_refused_with_its_form(one_house, changed):
    page = "/system/units/new"

    answer = one_house.browser(SYSTEM).post(page, page, **{**UNIT, **changed})

    assert answer.status_code == 422
    assert 'value="东胜区司法局"' in answer.text


def test_what_the_system_officer_did_is_on_the_trail(house):
    officer = house.browser(SYSTEM)
    enter(officer)
    officer.post("/system/units/new", "/system/units/new", **UNIT)

    with house.executor.database.reading() as session:
        told = audit_entries(session, CONSOLE, AuditFilter(stream="organisation"))
        assert {"EnterStaff", "CreateUnit"} <= {each.command for each in told}
        assert "13847712345" not in str([each.facts for each in told])
