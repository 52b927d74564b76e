"""A message that goes outside: to whom, saying what, promised with the message and sent after it."""

import pytest
from sqlalchemy import insert, select, update

from app.messages.channels import EMAIL, SMS, WEBHOOK
from app.messages.commands import WishMessages
from app.messages.models import Message, MessageWish
from app.messages.occasions import RESULT, TIME, WORK
from app.organisation.models import Account
from tests.app.messages.house import House, drop
from tests.app.office import CADRE, HOUSEHOLD, OTHER_CADRE
from workflows.cases import Case
from workflows.running import TransferWorkItem
from workflows.withholding import CaseWithheld

NAMES = ("王秀兰", "王三", "折海军", "贺丽霞", "150602196805121228", "13800000101")


def files(tmp_path):
    return sorted((tmp_path / "gateway").iterdir())


def test_one_letter_for_each_channel_wanted_each_under_its_own_key(house, mail, platform, tmp_path):
    house.wishes(CADRE)

    house.told(CADRE)
    sent = house.send()

    [file] = files(tmp_path)
    assert sent == 3
    assert [to for to, _ in mail.letters] == [f"{CADRE}@example.cn"]
    assert platform.letters[0][2]["data"]["to"] == CADRE
    assert "To: 8613800000105" in file.read_text()
    keys = {*mail.keys, *platform.keys, file.stem}
    assert keys == {letter.payload["key"] for letter in house.letters()}
    assert len(keys) == 3


def test_nothing_is_sent_twice(house, mail, platform):
    house.wishes(CADRE)
    house.told(CADRE)
    house.send()

    assert house.send() == 0
    assert len(mail.letters) == len(platform.letters) == 1


def test_unasked_staff_are_told_by_the_platform_and_a_household_by_nobody(house, mail, platform, tmp_path):
    house.told(CADRE)
    house.told(HOUSEHOLD)

    house.send()

    assert [said["data"]["to"] for _, _, said, _ in platform.letters] == [CADRE]
    assert mail.letters == []
    assert files(tmp_path) == []


def test_a_letter_names_step_and_case_and_nobody(house, mail, platform, tmp_path):
    number = house.start(by=HOUSEHOLD)
    item = house.item(number)
    for username in (CADRE, OTHER_CADRE):
        house.wishes(username)
    colleague = house.actor(OTHER_CADRE).person_id
    command = TransferWorkItem(item_id=item["id"], to_person_id=colleague, reason="外出开会")
    house.executor.execute(command, by=house.actor(CADRE))
    house.pass_days(0)

    house.send()

    [(_, message)] = mail.letters
    everywhere = f"{message['Subject']} {message.get_content()} {platform.letters[0][3].decode()}"
    everywhere += files(tmp_path)[0].read_text()
    assert everywhere.count(f"有一件待办转交给您：入户核实（办件 {number}）") == 4
    assert not [name for name in NAMES if name in everywhere]
    [(inside,)] = house.read(select(Message.text).where(Message.person_id == colleague))
    assert "王秀兰" in inside


def test_words_that_a_diagram_wrote_stay_inside(house, mail):
    house.wishes(CADRE, {EMAIL})

    house.told(CADRE, text="王三家的申请已核实", case="DS2026-1")
    house.send()

    [(_, message)] = mail.letters
    assert "王三" not in str(message)
    assert "您有一条新消息（办件 DS2026-1）" in message.get_content()


def test_the_link_of_a_letter_opens_the_message_and_that_the_item(house, mail):
    number = house.start(by=HOUSEHOLD)
    item = house.item(number)["id"]
    house.wishes(CADRE, {EMAIL})
    house.told(CADRE, text=None, about="reminded", item=item, case=number)
    house.send()
    link = mail.letters[0][1].get_content().partition("查看：")[2].split()[0]

    browser = house.browser(CADRE)
    path = link.removeprefix("https://shenpi.example.cn")
    assert browser.get(path).status_code == 200
    answer = browser.post(f"{path}/read", page=path)

    assert answer.location == f"/items/{item}"
    assert house.browser(OTHER_CADRE).get(path).status_code == 404


@pytest.mark.parametrize(("group", "sent"), [(WORK, 0), (TIME, 1), (RESULT, 0)])
def test_only_the_occasions_wanted_go_outside(house, mail, group, sent):
    house.wishes(CADRE, {EMAIL}, groups=frozenset({group}))

    house.told(CADRE, text=None, about="reminded")
    house.send()

    assert len(mail.letters) == sent
    assert len(house.read(select(Message.id))) == 1


def test_what_is_no_longer_wanted_is_no_longer_sent(house, mail):
    house.wishes(CADRE, {EMAIL})
    house.told(CADRE)

    house.wishes(CADRE, set())
    house.send()

    assert mail.letters == []
    assert [letter.delivered_at is not None for letter in house.letters()] == [True]


def test_who_has_read_the_message_is_not_told_of_it_any_more(house, mail):
    house.wishes(CADRE, {EMAIL})
    house.told(CADRE)
    [(message,)] = house.read(select(Message.id))

    house.browser(CADRE).post(f"/messages/{message}/read", page="/messages")
    house.send()

    assert mail.letters == []


def test_a_stopped_account_gets_nothing(house, mail):
    house.wishes(CADRE, {EMAIL})
    house.told(CADRE)
    with house.executor.database.engine.begin() as connection:
        connection.execute(update(Account).where(Account.username == CADRE).values(active=False))

    house.send()

    assert mail.letters == []


def test_an_address_is_sealed_at_rest_and_masked_on_screen(house):
    house.wishes(CADRE, {EMAIL}, email="haijun@Example.CN")

    stored = house.read(select(MessageWish.__table__))
    shown = house.browser(CADRE).get("/me/messages").text

    assert "haijun" not in str(stored)
    assert "haijun" not in shown
    assert "h***@example.cn" in shown
    assert "138****0105" in shown


def test_a_petition_is_not_told_outside_to_whom_it_came_to_be_kept_from(house, mail):
    number = house.start(by=HOUSEHOLD)
    house.wishes(OTHER_CADRE, {EMAIL})
    house.told(OTHER_CADRE, text=None, about="reminded", case=number)
    person = house.actor(OTHER_CADRE).person_id
    with house.executor.database.engine.begin() as connection:
        case_id = connection.execute(select(Case.id).where(Case.number == number)).scalar_one()
        connection.execute(update(Case).where(Case.id == case_id).values(kept=True))
        connection.execute(insert(CaseWithheld), {"case_id": case_id, "kind": "person", "who": person})

    house.send()

    assert mail.letters == []


def test_channels_that_are_off_are_neither_offered_nor_promised(furnished_url_sqlite, tmp_path, clock):
    office = House(furnished_url_sqlite, tmp_path / "data", clock, sms_folder=drop(tmp_path))
    office.wishes(CADRE)

    office.told(CADRE)

    page = office.browser(CADRE).get("/me/messages").text
    assert [letter.kind for letter in office.letters()] == ["message.sms"]
    assert 'value="sms"' in page
    assert 'value="webhook"' not in page
    office.close()


def test_where_nothing_goes_outside_the_page_says_so(furnished_url_sqlite, tmp_path, clock):
    office = House(furnished_url_sqlite, tmp_path / "data", clock)

    office.told(CADRE)
    page = office.browser(CADRE).get("/me/messages").text

    assert "没有开通系统外的提醒" in page
    assert office.letters() == []
    office.close()


def test_a_person_says_on_a_page_how_they_want_to_be_told(house, mail):
    browser = house.browser(CADRE)

    answer = browser.post(
        "/me/messages", page="/me/messages", channel=[EMAIL], group=[WORK, TIME], email="haijun@example.cn"
    )
    house.told(CADRE, text=None, about="reminded")
    house.send()

    assert answer.status_code == 303
    assert [to for to, _ in mail.letters] == ["haijun@example.cn"]


@pytest.mark.parametrize("typed", ["haijun", "haijun@", "a b@example.cn", "a@example.cn\nBcc: b@example.cn"])
def test_a_wrong_address_is_refused_beside_the_field(house, typed):
    answer = house.browser(CADRE).post("/me/messages", page="/me/messages", channel=[EMAIL], email=typed)

    assert answer.status_code == 422
    assert "邮箱写法不对" in answer.text
    assert house.read(select(MessageWish.__table__)) == []


def test_mail_needs_an_address_and_a_short_message_a_phone(house):
    officer = house.browser("system-officer")

    no_address = officer.post("/me/messages", page="/me/messages", channel=[EMAIL])
    no_phone = officer.post("/me/messages", page="/me/messages", channel=[SMS])

    assert "请填写邮箱" in no_address.text
    assert "没有您的手机号" in no_phone.text


def test_an_address_is_forgotten_when_asked(house):
    house.wishes(CADRE, {EMAIL})

    house.wishes(CADRE, {WEBHOOK}, email="", forget_email=True)

    [row] = house.read(select(MessageWish.email))
    assert row == (None,)


def test_a_choice_for_a_channel_that_is_not_offered_stays(house):
    house.wishes(CADRE, {WEBHOOK, SMS})

    command = WishMessages(offered=frozenset({EMAIL}), channels=frozenset(), groups=frozenset({WORK}))
    house.executor.execute(command, by=house.actor(CADRE))

    assert house.read(select(MessageWish.channels, MessageWish.groups)) == [([SMS, WEBHOOK], [WORK])]
