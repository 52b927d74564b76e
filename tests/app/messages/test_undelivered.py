"""消息发送: what the system officer sees of it, and what they may do."""

import json
import re

import pytest
from sqlalchemy import select

from app.messages.channels import EMAIL
from app.messages.commands import GiveUpEffects, NothingWaits, RetryEffects, UnknownEffect
from app.messages.undelivered import NAMES
from app.plugs import RegisteredDeliverers
from tests.app.messages.house import House, hook
from tests.app.office import BUREAU, CADRE, OTHER_CADRE
from workflows import worker
from workflows.audit import AuditEntry
from workflows.errors import Invalid, NotAllowed
from workflows.outbox import STUCK_AFTER

OFFICER = "system-officer"


@pytest.fixture
def stuck(house, mail, clock):
    """Two mails nobody takes, both at their last attempt; the platform has its letters."""
    mail.ways["rcpt"] = "550 unknown"
    house.wishes(CADRE, {EMAIL})
    house.wishes(OTHER_CADRE, {EMAIL})
    for username in (CADRE, OTHER_CADRE):
        house.told(username, text="王三家的事", case="DS2026-1")
    for _ in range(2 * STUCK_AFTER):
        house.send()
        clock.advance(hours=7)
    return house.letters()


def officer(house):
    return house.actor(OFFICER)


def test_the_page_tells_what_stands_still_and_why_and_nothing_of_the_message(house, stuck):
    page = house.browser(OFFICER).get("/system/messages").text

    assert "电子邮件" in page
    assert "不接受收件人的地址（550）" in page
    assert "已停下" in page
    assert not [name for name in ("王三", "DS2026-1", CADRE, "example.cn", "好") if name in page]


def test_the_menu_counts_what_failed_for_the_system_officer_alone(house, stuck):
    assert re.search(r'消息发送<span class="count">2<', house.browser(OFFICER).get("/me").text)
    assert "消息发送" not in house.browser(CADRE).get("/messages").text


def test_faults_inside_are_told_without_their_words(house):
    house.told(CADRE, text=None, about="王三")

    page = house.browser(OFFICER).get("/system/messages").text

    assert "系统内部处理出错" in page
    assert "王三" not in page


def test_a_new_try_sends_at_once(house, stuck, mail):
    mail.ways.clear()

    house.executor.execute(RetryEffects(effect_id=stuck[0].id), by=officer(house))

    assert house.send() == 1
    assert [letter.delivered_at is not None for letter in house.letters()] == [True, False]


def test_all_of_a_kind_are_tried_again_together(house, stuck, mail):
    mail.ways.clear()
    browser = house.browser(OFFICER)

    answer = browser.post("/system/messages/kinds/message.email/retry", page="/system/messages")

    assert answer.status_code == 303
    assert "2 项" in browser.get(answer.location).text
    assert house.send() == 2


def test_what_is_given_up_is_never_sent_and_the_reason_is_on_record(house, stuck, mail):
    mail.ways.clear()
    before, browser = len(mail.letters), house.browser(OFFICER)
    path = f"/system/messages/{stuck[0].id}/give-up"

    asked = browser.get(path)
    refused = browser.post(path, page="/system/messages", reason="停")
    done = browser.post(path, page="/system/messages", reason="邮箱已经停用")
    house.executor.execute(RetryEffects(kind="message.email"), by=officer(house))
    house.send()

    assert asked.status_code == 200
    assert refused.status_code == 422
    assert done.status_code == 303
    assert len(mail.letters) == before + 1
    entries = house.read(select(AuditEntry.command, AuditEntry.body).where(AuditEntry.stream == "sending"))
    facts = [(command, json.loads(body)["facts"]) for command, body in entries]
    assert facts[0][0] == "GiveUpEffects"
    assert facts[0][1]["reason"] == "邮箱已经停用"
    assert facts[1] == ("RetryEffects", {"effect": None, "kind": "message.email", "count": 1})


def test_all_of_a_kind_are_given_up_together_and_no_other(house, stuck):
    house.told(BUREAU)
    browser = house.browser(OFFICER)

    answer = browser.post(
        "/system/messages/kinds/message.email/give-up", page="/system/messages", reason="邮件系统停用"
    )

    assert "已放弃 2 项" in browser.get(answer.location).text
    assert house.send() == 1


def test_what_waits_without_having_failed_is_not_given_up_with_the_rest(house):
    house.told(CADRE)

    with pytest.raises(NothingWaits):
        house.executor.execute(GiveUpEffects(kind="message.webhook", reason="平台停用了"), by=officer(house))


def test_what_waits_for_a_channel_that_is_off_can_be_given_up(
    furnished_url_sqlite, tmp_path, clock, platform
):
    before = House(furnished_url_sqlite, tmp_path / "data", clock, hook=hook(platform))
    before.told(CADRE)
    before.close()
    house = House(furnished_url_sqlite, tmp_path / "data", clock)

    page = house.browser(OFFICER).get("/system/messages").text
    count = house.executor.execute(
        GiveUpEffects(kind="message.webhook", reason="平台停用了"), by=officer(house)
    )

    assert "没有开通" in page
    assert count == 1
    house.close()


def test_nobody_else_may_and_what_is_done_cannot_be_done_again(house, stuck):
    with pytest.raises(NotAllowed):
        house.executor.execute(RetryEffects(effect_id=stuck[0].id), by=house.actor(CADRE))
    with pytest.raises(NotAllowed):
        house.executor.execute(
            GiveUpEffects(effect_id=stuck[0].id, reason="不想要了"), by=house.actor("security-officer")
        )
    with pytest.raises(UnknownEffect):
        house.executor.execute(RetryEffects(effect_id=10**9), by=officer(house))
    with pytest.raises(Invalid):
        house.executor.execute(GiveUpEffects(effect_id=stuck[0].id, reason="  "), by=officer(house))

    house.executor.execute(GiveUpEffects(effect_id=stuck[0].id, reason="邮箱停用"), by=officer(house))
    with pytest.raises(NothingWaits):
        house.executor.execute(RetryEffects(effect_id=stuck[0].id), by=officer(house))


def test_the_list_is_narrowed_and_goes_on_behind_its_first_page(house):
    for _ in range(23):
        house.told(CADRE)
    browser = house.browser(OFFICER)

    first = browser.get("/system/messages?kind=message.webhook").text
    [onward] = re.findall(r'href="([^"]+)" rel="next"', first)
    second = browser.get(onward.replace("&amp;", "&")).text

    assert (first.count("（第"), second.count("（第")) == (20, 3)
    assert browser.get("/system/messages?show=stuck").text.count("（第") == 0


def test_monitoring_counts_what_has_not_arrived(house, stuck):
    page = house.browser().get("/metrics").text

    assert 'xiangshen_effects_open{kind="message.email",state="stuck"} 2.0' in page


def test_every_kind_that_is_delivered_has_a_name(tmp_path):
    deliverers = RegisteredDeliverers(tmp_path)

    assert deliverers._deliverers.keys() | deliverers.outside == NAMES.keys()


def test_a_worker_leaves_what_was_given_up_alone(house):
    house.told(CADRE, text=None, about="nothing anybody knows")
    house.executor.execute(GiveUpEffects(kind="message", reason="事由已改名"), by=officer(house))
    house.clock.advance(hours=7)

    assert worker.drain(house.executor) == 0
