"""The rule about one's own and relatives' cases: what was decided before a relative was declared."""

from app.supervision.alerts import rules
from tests.app.office import CADRE, OTHER_CADRE, SUPERVISOR
from tests.app.relatives.family import OTHERS, declare, end, head, member
from tests.app.supervision.test_alerts import found
from workflows import worker
from workflows.handling import SuspendCase


def test_what_was_decided_before_the_declaration_is_seen_when_it_comes_even_of_an_ended_case(office):
    number = office.start()
    office.clock.advance(minutes=5)
    office.to_the_end(number)
    assert found(office, "own") == []

    declare(office, identity=head())
    worker.drain(office.executor)

    alerts = found(office, "own")
    assert {alert.case_number for alert in alerts} == {number}
    assert "入户核实" in alerts[0].sentence
    assert "当事人一户有其申报的亲属（兄弟姐妹" in alerts[0].sentence
    assert "一次即预警" in alerts[0].sentence
    assert "折海明" not in alerts[0].sentence
    shown = office.browser(SUPERVISOR).get(f"/supervision/alerts/{alerts[0].id}").text
    assert alerts[0].sentence in shown
    assert f"/cases/{number}" in shown


def test_a_member_of_the_household_counts_and_somebody_elsewhere_does_not(office):
    number = office.start()
    office.clock.advance(minutes=5)
    office.take(number)
    declare(office, OTHER_CADRE, identity=member())
    declare(office, identity=OTHERS)
    assert found(office, "own") == []

    declare(office, identity=member())
    # Whatever changes a running case lets the rules look again; of one that has ended see above.
    rest = SuspendCase(number=number, reason="等候上级答复")
    office.executor.execute(rest, by=office.actor("dongsheng-admin1"))

    assert [alert.case_number for alert in found(office, "own")] == [number]


def test_ending_a_declaration_first_does_not_hide_the_decision(office):
    number = office.start()
    relative = declare(office, identity=head())
    end(office, relative)
    office.clock.advance(minutes=5)
    assert office.take(number).status_code == 200

    [alert] = found(office, "own")

    assert "结束申报" in alert.sentence
    assert rules.NAMES["own"] == "办理本人或亲属的事"
    assert office.actor(CADRE).has_relatives is False
