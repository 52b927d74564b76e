import pytest

from app.messages import queries
from app.messages.commands import ReadAllMessages, ReadMessage, UnknownMessage
from tests.app.notices.office import CADRE, TOWNSHIP
from workflows import outbox
from workflows.commands import SYSTEM, Context


@pytest.fixture
def told(office):
    """Three messages for a cadre, delivered."""
    person = office.actor(CADRE).person_id
    with office.database.writing.begin() as session:
        ctx = Context(
            session, actor=SYSTEM, now=office.clock.now(), host=office.executor.host, command="Told"
        )
        for text in ("一", "二", "三"):
            outbox.promise(ctx, "message", person_id=person, text=text, link="/items/1")
    office.work()
    return office.read(queries.messages, office.actor(CADRE))


def test_the_newest_message_comes_first_and_each_counts_until_read(office, told):
    assert [message.text for message in told] == ["三", "二", "一"]

    link = office.do(ReadMessage(message_id=told[0].id), office.actor(CADRE))

    assert link == "/items/1"
    assert office.read(queries.count_unread, office.actor(CADRE)) == 2
    assert [m.text for m in office.read(queries.messages, office.actor(CADRE), unread=True)] == ["二", "一"]


def test_reading_again_keeps_the_first_time(office, told):
    office.do(ReadMessage(message_id=told[0].id), office.actor(CADRE))
    first = office.clock.now()
    office.clock.advance(hours=1)

    office.do(ReadMessage(message_id=told[0].id), office.actor(CADRE))

    assert office.read(queries.messages, office.actor(CADRE))[0].read_at == first


def test_somebody_elses_message_does_not_exist(office, told):
    with pytest.raises(UnknownMessage):
        office.do(ReadMessage(message_id=told[0].id), office.actor(TOWNSHIP))

    assert office.read(queries.count_unread, office.actor(CADRE)) == 3


def test_all_can_be_read_at_once_and_only_ones_own(office, told):
    office.do(ReadAllMessages(), office.actor(TOWNSHIP))
    assert office.read(queries.count_unread, office.actor(CADRE)) == 3

    office.do(ReadAllMessages(), office.actor(CADRE))

    assert office.read(queries.count_unread, office.actor(CADRE)) == 0


def test_the_list_goes_on_before_a_message(office, told):
    assert [m.text for m in office.read(queries.messages, office.actor(CADRE), before=told[0].id)] == [
        "二",
        "一",
    ]
