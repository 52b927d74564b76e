"""Where a message leads by the time it is read."""

from sqlalchemy import select

from app.messages.models import Message
from tests.app.office import CADRE, ELSEWHERE, HOUSEHOLD, OTHER_CADRE


def opened(house, username, **payload):
    """Tell, then press 查看; gives the answer."""
    house.told(username, **payload)
    person = house.actor(username).person_id
    [*_, (message,)] = house.read(select(Message.id).where(Message.person_id == person).order_by(Message.id))
    return house.browser(username).post(f"/messages/{message}/read", page="/messages")


def about(house, **over):
    number = house.start(by=HOUSEHOLD)
    return number, {
        "text": None,
        "about": "reminded",
        "case": number,
        "item": house.item(number)["id"],
        **over,
    }


def test_an_item_that_waits_for_its_reader_opens_at_once(house):
    _, payload = about(house)

    assert opened(house, CADRE, **payload).location == f"/items/{payload['item']}"


def test_an_item_that_a_colleague_took_leads_to_the_case(house):
    number, payload = about(house)
    house.program(OTHER_CADRE).act(payload["item"], "claim", revision=1)

    assert opened(house, CADRE, **payload).location == f"/cases/{number}"


def test_an_item_that_is_done_leads_to_the_case(house):
    number, payload = about(house)
    house.take(number)

    answer = opened(house, CADRE, **payload)

    assert answer.location == f"/cases/{number}"
    assert house.browser(CADRE).get(answer.location).status_code == 200


def test_what_one_may_not_see_any_more_leads_back_with_a_sentence(house):
    _, payload = about(house)

    answer = opened(house, ELSEWHERE, **payload)

    assert answer.location == "/messages"
    browser = house.browser(ELSEWHERE)
    assert "也不在您的查看范围内" in browser.get(_own(house, ELSEWHERE)).text


def test_a_message_without_a_link_is_only_read(house):
    answer = opened(house, CADRE)

    assert answer.location == "/messages"
    assert "也不在您的查看范围内" not in house.browser(CADRE).get(_own(house, CADRE)).text


def _own(house, username):
    person = house.actor(username).person_id
    [(message,)] = house.read(select(Message.id).where(Message.person_id == person))
    return f"/messages/{message}"


def test_unread_messages_can_be_listed_alone_and_marked_together(house):
    house.told(CADRE, text="甲")
    house.told(CADRE, text="乙")
    browser = house.browser(CADRE)
    browser.post("/messages/1/read", page="/messages")

    unread = browser.get("/messages?show=unread").text
    browser.post("/messages/read", page="/messages")

    assert "乙" in unread
    assert "甲" not in unread
    assert "没有未读消息" in browser.get("/messages?show=unread").text
