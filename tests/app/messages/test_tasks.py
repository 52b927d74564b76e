"""Promised messages, kept by the real worker."""

import pytest

from app.messages import queries
from app.messages.models import Message
from app.messages.tasks import NobodyToTell, send
from tests.app.notices.office import CADRE
from workflows import outbox
from workflows.commands import SYSTEM, Command, Context
from workflows.outbox import OutboxEffect
from workflows.ports import OperationCall
from workflows.running import TransferWorkItem
from workflows.work_items import WorkItem


def of(office, username):
    return office.read(queries.messages, office.actor(username))


def test_whoever_applied_and_the_household_are_told_of_a_paper_once_it_is_committed(office):
    case = office.start(head_name="王秀兰", head_identity="150602196805121228")
    office.complete(case.case_id, "household_check", use="check_false")
    before = of(office, CADRE)

    office.work()

    assert before == []
    for reader in (CADRE, "zhejialiang-household1"):
        (message,) = of(office, reader)
        assert "告知书" in message.text
        assert message.link.startswith("/papers/")
        assert message.case_number == case.number
    assert of(office, "zhejialiang-cadre2") == []


def test_a_colleague_reads_what_was_handed_over_with_a_link_to_it(office):
    case = office.start()
    item = office.read(
        lambda session: (
            session.query(WorkItem.id)
            .filter(WorkItem.case_id == case.case_id, WorkItem.state != "done")
            .scalar()
        )
    )
    to = office.actor("zhejialiang-cadre2")
    office.do(
        TransferWorkItem(item_id=item, to_person_id=to.person_id, reason="外出"),
        office.actor(CADRE),
    )

    office.work()

    (message,) = of(office, "zhejialiang-cadre2")
    assert message.link == f"/items/{item}"
    assert "入户核实，王三·折家梁村" in message.text


class Tell(Command[dict]):
    """Runs the operation as a diagram would."""

    recorded = False

    def __init__(self, call):
        object.__setattr__(self, "call", call)

    def authorise(self, ctx: Context) -> None:
        pass

    def run(self, ctx: Context):
        return send(ctx, self.call)


def call_for(case, **inputs):
    return OperationCall(
        operation="notify.send",
        element="reminder",
        name="提醒",
        inputs=inputs,
        case_id=case.case_id,
        case_number=case.number,
        procedure="fp_01_ds",
        division="150602100202",
        subject={},
        variables={},
        parameters={},
    )


def test_a_role_means_everyone_who_holds_it_in_the_unit_of_the_case(office):
    case = office.start()

    said = office.do(Tell(call_for(case, text="请抓紧补办。", roles=["village_committee", "township_gov"])))
    office.work()

    assert said["sent"] == 2
    told = {
        name
        for name in (
            "zhejialiang-cadre1",
            "zhejialiang-cadre2",
            "boerjianghaizi-clerk1",
            "chaideng-cadre1",
            "zhejialiang-household1",
        )
        if of(office, name)
    }
    assert told == {"zhejialiang-cadre1", "zhejialiang-cadre2", "boerjianghaizi-clerk1"}


def test_without_roles_the_applicant_is_told(office):
    case = office.start()

    office.do(Tell(call_for(case, about="受理通知")))
    office.work()

    assert [message.text for message in of(office, CADRE)] == ["受理通知"]


def test_an_unknown_role_stops_the_step(office):
    with pytest.raises(NobodyToTell):
        office.do(Tell(call_for(office.start(), text="请办理", roles=["nobody"])))


def promised(office, kind, **payload):
    with office.database.writing.begin() as session:
        ctx = Context(
            session, actor=SYSTEM, now=office.clock.now(), host=office.executor.host, command="Told"
        )
        outbox.promise(ctx, kind, **payload)


def test_an_effect_nobody_delivers_stays_visible_and_does_not_stop_the_others(office):
    promised(office, "pigeon", text="?")
    promised(office, "message", about="an occasion without words", person_id=office.actor(CADRE).person_id)
    promised(office, "message", text="好", person_id=office.actor(CADRE).person_id)

    office.work()

    effects = office.read(lambda session: session.query(OutboxEffect).order_by(OutboxEffect.id).all())
    assert [effect.attempts for effect in effects] == [1, 1, 0]
    assert "pigeon" in effects[0].fault
    assert [message.text for message in of(office, CADRE)] == ["好"]
    assert office.read(lambda session: session.query(Message).count()) == 1
