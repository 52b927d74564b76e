"""Senders at work: several at once, killed in the middle, in front of servers that are slow or away."""

import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.messages.channels import EMAIL, WEBHOOK
from app.messages.commands import GiveUpEffects
from app.messages.models import Message
from tests.app.messages import servers
from tests.app.messages.house import House, drop, hook
from tests.app.office import CADRE, OTHER_CADRE, ROOT
from tests.workflows.desks import at_once
from workflows import sending, worker
from workflows.commands import SYSTEM
from workflows.outbox import STUCK_AFTER

LETTERS = 12


class Slow:
    """Answers only once it may; tells when somebody waits for the answer."""

    def __init__(self):
        self.asked, self.may_answer = threading.Event(), threading.Event()

    def __call__(self):
        self.asked.set()
        assert self.may_answer.wait(30)


@pytest.mark.seconds(120)
def test_several_senders_at_once_send_each_letter_once(furnished_url, tmp_path, clock, platform):
    houses = [House(furnished_url, tmp_path / "data", clock, hook=hook(platform)) for _ in range(4)]
    for _ in range(LETTERS):
        houses[0].told(CADRE)

    sent = at_once(*(house.send for house in houses))

    assert sum(sent) == LETTERS
    assert len(platform.keys) == len(set(platform.keys)) == LETTERS
    for house in houses:
        house.close()


def test_two_cannot_lease_the_same_letter(house):
    house.told(CADRE)
    take = sending.LeaseNext(kind="message.webhook", machine=house.machine.now())

    first, second = (house.executor.execute(take, by=SYSTEM) for _ in range(2))

    assert first is not None
    assert second is None


def test_who_comes_back_after_the_lease_passed_on_marks_nothing(house):
    house.told(CADRE)
    late = house.executor.execute(
        sending.LeaseNext(kind="message.webhook", machine=house.machine.now()), by=SYSTEM
    )
    house.machine.advance(sending.LEASE)
    heir = house.executor.execute(
        sending.LeaseNext(kind="message.webhook", machine=house.machine.now()), by=SYSTEM
    )

    assert not house.executor.execute(sending.MarkUnsent(leased=late, fault="太晚"), by=SYSTEM)
    assert house.executor.execute(sending.MarkSent(leased=heir), by=SYSTEM)
    assert [(letter.attempts, letter.fault) for letter in house.letters()] == [(2, None)]


@pytest.mark.seconds(120)
def test_killed_between_sending_and_marking_it_is_sent_again_under_the_same_key(
    furnished_url, tmp_path, clock
):
    with servers.Platform() as platform:
        house = House(furnished_url, tmp_path / "data", clock, hook=hook(platform))
        house.told(CADRE)
        arguments = [furnished_url, str(tmp_path / "data"), str(platform.port), clock.now().isoformat()]
        with subprocess.Popen(
            [sys.executable, "-m", "tests.app.messages.victim", *arguments], cwd=ROOT
        ) as victim:
            # The platform has the letter and has not answered yet: that is when the power goes.
            platform.ways["on_letter"] = victim.kill
            assert victim.wait(60) == -signal.SIGKILL
        platform.ways.clear()

        too_soon = house.send()
        clock.advance(days=5)
        however_the_clock_is_turned = house.send()
        house.machine.advance(sending.LEASE)
        after_the_lease = house.send()

        assert (too_soon, however_the_clock_is_turned, after_the_lease) == (0, 0, 1)
        assert len(platform.keys) == 2
        assert len(set(platform.keys)) == 1
        house.close()


def test_a_server_that_was_away_gets_its_letter_when_it_is_back(house, mail, clock):
    house.wishes(CADRE, {EMAIL})
    house.told(CADRE)
    mail.ways["data"] = "451 later"

    house.send()
    mail.ways.clear()
    at_once_again = house.send()
    clock.advance(seconds=15)
    in_time = house.send()

    assert (at_once_again, in_time) == (0, 1)
    assert mail.keys == [house.letters()[0].payload["key"]] * 2
    assert [(letter.attempts, letter.fault) for letter in house.letters()] == [(2, None)]


def test_each_attempt_waits_longer_and_the_last_waits_for_the_administrator(house, mail, clock):
    house.wishes(CADRE, {EMAIL})
    house.told(CADRE)
    mail.ways["rcpt"] = "450 not now"

    waits = []
    for _ in range(STUCK_AFTER + 2):
        house.send()
        [letter] = house.letters()
        waits.append((letter.due_at - clock.now()).total_seconds())
        clock.advance(timedelta(hours=7))

    assert waits[:5] == [15, 30, 60, 120, 240]
    assert letter.attempts == STUCK_AFTER
    assert "450" in letter.fault


def test_a_letter_refused_for_good_waits_for_the_administrator_at_once(house, mail, clock):
    house.wishes(CADRE, {EMAIL})
    house.told(CADRE)
    mail.ways["rcpt"] = "550 unknown"
    house.send()
    mail.ways.clear()
    clock.advance(timedelta(hours=7))

    assert house.send() == 0
    [letter] = house.letters()
    assert (letter.attempts, letter.delivered_at) == (STUCK_AFTER, None)
    assert "550" in letter.fault


def test_a_mail_server_that_is_away_delays_neither_the_message_nor_the_platform(house, mail, platform):
    mail.ways["data"] = "451 later"
    house.wishes(CADRE, {EMAIL, WEBHOOK})
    house.wishes(OTHER_CADRE, {EMAIL, WEBHOOK})

    house.told(CADRE)
    house.send()
    house.told(OTHER_CADRE)
    house.send()

    assert len(house.read(select(Message.id))) == 2
    assert len(platform.letters) == 2


@pytest.mark.seconds(120)
def test_nothing_is_locked_while_a_mail_server_thinks(house, mail, clock):
    slow = Slow()
    mail.ways["on_letter"] = slow
    house.wishes(CADRE, {EMAIL})
    house.told(CADRE)
    sender = threading.Thread(target=house.send)
    sender.start()
    assert slow.asked.wait(30)

    # A change, a delivery inside and another sender, all while the first one waits for its answer.
    house.wishes(OTHER_CADRE, {WEBHOOK})
    told = house.told(OTHER_CADRE)
    sent = house.send()
    slow.may_answer.set()
    sender.join(30)

    assert (told, sent) == (1, 1)
    assert [letter.delivered_at is not None for letter in house.letters()] == [True, True]
    assert len(mail.letters) == 1


def test_a_letter_given_up_while_it_was_sent_counts_as_sent_when_it_was(house, platform):
    house.told(CADRE)
    officer = house.actor("system-officer")
    [letter] = house.letters()
    platform.ways["on_letter"] = lambda: house.executor.execute(
        GiveUpEffects(effect_id=letter.id, reason="平台停用了"), by=officer
    )

    house.send()

    [letter] = house.letters()
    assert letter.delivered_at is not None


def test_a_fault_of_our_own_is_told_without_its_words(house):
    house.told(CADRE)
    house.executor.host.deliverers._channels.open[WEBHOOK] = None

    assert house.send() == 0

    [letter] = house.letters()
    assert letter.fault == sending.BROKEN
    assert letter.lease is None


def test_a_letter_for_a_channel_that_is_off_waits_until_it_is_on(furnished_url, tmp_path, clock, platform):
    before = House(furnished_url, tmp_path / "data", clock, hook=hook(platform))
    before.told(CADRE)
    before.close()
    without = House(furnished_url, tmp_path / "data", clock, sms_folder=drop(tmp_path))

    assert (worker.drain(without.executor), without.send()) == (0, 0)
    assert [letter.attempts for letter in without.letters()] == [0]
    without.close()

    again = House(furnished_url, tmp_path / "data", clock, hook=hook(platform))
    assert again.send() == 1
    again.close()


@pytest.mark.seconds(120)
def test_the_worker_sends_beside_its_rounds_until_it_is_told_to_stop(house, mail, platform):
    arrived, stop = threading.Event(), threading.Event()
    platform.ways["on_letter"] = arrived.set
    loop = threading.Thread(target=worker.run, args=(house.executor, stop))
    loop.start()

    house.told(CADRE)

    assert arrived.wait(60)
    stop.set()
    loop.join(60)
    assert not loop.is_alive()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sending ")]
