"""督办单: about one overdue item, in scope, unaltered, once; the case it is about changes in nothing."""

import pytest
from sqlalchemy import func, select

from app.orders import queries
from app.orders.commands import AlreadyOrdered
from app.orders.facts import NotOrderable, UnknownWatched
from app.organisation.commands import GrantRole
from tests.app.office import BUREAU, CADRE, CLERK, HOUSEHOLD, SUPERVISOR
from tests.app.orders.ordered import (
    CLOSED,
    DONE,
    RETURNED,
    UNDER_WAY,
    act,
    answers,
    at_once,
    issue,
    issued,
    order,
    overdue,
    reply,
    review,
)
from workflows.audit import AuditEntry
from workflows.cases import Case
from workflows.errors import Conflict, Invalid, NotAllowed, Refusal
from workflows.handling import SuspendCase
from workflows.journal import StepRecord
from workflows.running import StartCase


def recorded(office, number):
    """How long the record of a case is: journal rows, entries of its chain, revision."""
    with office.executor.database.reading() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        rows = session.scalar(select(func.count()).where(StepRecord.case_id == case.id))
        entries = session.scalar(select(func.count()).where(AuditEntry.stream == f"case:{number}"))
        return rows, entries, case.revision


def test_the_unit_answers_the_supervisor_closes_and_the_case_itself_has_not_grown(ordering):
    number, item = overdue(ordering)
    before = recorded(ordering, number)

    made = issue(ordering, item)
    assert ordering.case(made, SUPERVISOR)["open_items"][0]["unit"] == ordering.item(number)["unit"]
    reply(ordering, made)
    assert [one["step"] for one in ordering.case(made, SUPERVISOR)["open_items"]] == ["review"]
    review(ordering, made, CLOSED)

    assert ordering.case(made, SUPERVISOR)["outcome"] == "已销号"
    assert recorded(ordering, number) == before
    assert order(ordering, made).card == "红牌"


@pytest.mark.parametrize(
    ("step", "by", "open_step"),
    [
        ("household_check", CADRE, "reply_village"),
        ("township_review", CLERK, "reply_township"),
        ("county_decision", BUREAU, "reply_county"),
    ],
)
def test_the_order_goes_to_the_unit_at_which_the_item_lies_and_to_no_other(ordering, step, by, open_step):
    number, item = overdue(ordering, step)
    made = issue(ordering, item)
    [open_item] = ordering.case(made, SUPERVISOR)["open_items"]

    assert (open_item["step"], open_item["unit"]) == (open_step, ordering.item(number)["unit"])
    for other in {CADRE, CLERK, BUREAU, SUPERVISOR} - {by}:
        assert act(ordering, made, other, DONE).status_code in {403, 404}
    reply(ordering, made, by)


def test_twice_sent_back_makes_a_yellow_card_red_and_the_rule_says_why(ordering):
    _, item = overdue(ordering, days=14)
    made = issue(ordering, item)
    assert order(ordering, made).card == "黄牌"

    reply(ordering, made, said=UNDER_WAY)
    review(ordering, made, RETURNED)
    assert order(ordering, made).card == "黄牌"
    since = order(ordering, made).card_since
    ordering.clock.advance(hours=1)
    reply(ordering, made, said=UNDER_WAY)
    review(ordering, made, RETURNED)

    assert order(ordering, made).card == "红牌"
    assert "退回 2 次" in order(ordering, made).why
    assert order(ordering, made).card_since > since


def test_another_card_than_the_rule_s_needs_a_reason_and_keeps_it(ordering):
    _, item = overdue(ordering)

    with pytest.raises(Invalid) as refused:
        issue(ordering, item, card="黄牌")
    assert set(refused.value.errors) == {"card_reason"}

    made = issue(ordering, item, card="黄牌", card_reason="第一次超期，先行提醒。")
    assert (order(ordering, made).card, order(ordering, made).why) == (
        "黄牌",
        "督导改定：第一次超期，先行提醒。",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("case_number", "FP01DS-2026-999999"),
        ("procedure", "别的事项"),
        ("step", "入户核实"),
        ("unit", "东胜区民政局"),
        ("overdue_days", 1),
        ("proposed", "黄牌"),
    ],
)
def test_what_the_record_says_is_not_to_be_altered(ordering, name, value):
    _, item = overdue(ordering)
    division, said = answers(ordering, item)
    said = {**said, name: value, "card_reason": "改动。"}

    for command in (
        lambda: issued(ordering, division, said),
        lambda: ordering.executor.execute(
            StartCase(procedure="db_02_ds", division=division, answers=said), by=ordering.actor(SUPERVISOR)
        ),
    ):
        with pytest.raises(Invalid) as refused:
            command()
        # Of another number of days the rule would ask for another card.
        assert set(refused.value.errors) - {"proposed"} == {name} - {"proposed"}
        assert refused.value.errors


def test_an_order_goes_to_the_division_of_its_unit_and_by_the_procedure_of_its_locality(ordering):
    _, item = overdue(ordering)
    division, said = answers(ordering, item)

    with pytest.raises(Invalid) as elsewhere:
        issued(ordering, "150602101000", said)
    with pytest.raises(Refusal):
        issued(ordering, division, said, procedure="db_02_ew")

    assert set(elsewhere.value.errors) == {"division"}


def test_a_supervisor_of_another_district_finds_nothing(ordering):
    _, item = overdue(ordering)
    division, said = answers(ordering, item)

    with pytest.raises(UnknownWatched):
        answers(ordering, item, by="ewenke-supervisor1")
    with pytest.raises(UnknownWatched):
        issued(ordering, "150724000000", said, "ewenke-supervisor1", "db_02_ew")
    with pytest.raises(NotAllowed):
        issued(ordering, division, said, "ewenke-supervisor1")


def test_an_order_of_another_district_is_not_named_to_who_guesses_its_item(ordering):
    _, item = overdue(ordering)
    division, said = answers(ordering, item)
    issued(ordering, division, said)
    here = ordering.actor("ewenke-supervisor1").grants[0].division

    with pytest.raises(UnknownWatched):
        issued(ordering, here, said, by="ewenke-supervisor1", procedure="db_02_ew")


@pytest.mark.parametrize("who", [HOUSEHOLD, CADRE, CLERK, BUREAU, "dongsheng-admin1"])
def test_nobody_but_a_supervisor_orders(ordering, who):
    _, item = overdue(ordering)
    division, said = answers(ordering, item)

    with pytest.raises(NotAllowed):
        issued(ordering, division, said, who)


def test_an_item_done_meanwhile_is_not_ordered(ordering):
    number, item = overdue(ordering)
    division, said = answers(ordering, item)
    assert ordering.take(number).status_code == 200

    with pytest.raises(NotOrderable, match="已经办结"):
        issued(ordering, division, said)


def test_a_case_at_rest_is_not_ordered(ordering):
    number, item = overdue(ordering)
    ordering.executor.execute(
        SuspendCase(number=number, reason="等待上级批复。"), by=ordering.actor("dongsheng-admin1")
    )

    with pytest.raises(NotOrderable, match="时限不在计算"):
        issue(ordering, item)


def test_an_order_is_not_ordered_about_in_turn(ordering):
    _, item = overdue(ordering)
    made = issue(ordering, item)
    own = ordering.case(made, SUPERVISOR)["open_items"][0]["id"]

    with pytest.raises(NotOrderable, match="督办单本身"):
        issue(ordering, own)


def test_one_item_has_one_open_order_which_the_refusal_names(ordering):
    _, item = overdue(ordering)
    made = issue(ordering, item)

    with pytest.raises(AlreadyOrdered, match=made):
        issue(ordering, item)
    reply(ordering, made)
    review(ordering, made, CLOSED)

    assert issue(ordering, item) != made


def test_of_two_supervisors_at_the_same_moment_one_orders(ordering):
    _, item = overdue(ordering)
    division, said = answers(ordering, item)

    found = at_once(*[lambda: issued(ordering, division, said)] * 2)

    assert len([one for one in found if isinstance(one, str)]) == 1
    [refused] = [one for one in found if not isinstance(one, str)]
    assert isinstance(refused, Conflict)
    with ordering.executor.database.reading() as session:
        assert queries.open_on(session, ordering.actor(SUPERVISOR), item) in found


def test_who_answered_does_not_review_whatever_roles_they_hold(ordering):
    _, item = overdue(ordering)
    made = issue(ordering, item)
    reply(ordering, made)
    assert act(ordering, made, CLERK, CLOSED).status_code in {403, 404}

    clerk, supervisor = ordering.actor(CLERK), ordering.actor(SUPERVISOR)
    both = GrantRole(person_id=clerk.person_id, unit_id=supervisor.grants[0].unit_id, role="supervisor")
    ordering.executor.execute(both, by=ordering.actor("security-officer"))
    refused = act(ordering, made, CLERK, CLOSED)

    assert (refused.status_code, refused.json["code"]) == (403, "work_item.kept_apart")
    assert act(ordering, made, SUPERVISOR, CLOSED).status_code == 200


def test_an_order_its_unit_sends_back_is_issued_once_more_in_the_same_case(ordering):
    _, item = overdue(ordering)
    made = issue(ordering, item)
    [open_item] = ordering.case(made, SUPERVISOR)["open_items"]
    clerk = ordering.program(CLERK)
    revision = clerk.get(f"/work-items/{open_item['id']}").json["revision"]
    why = {"reason": "要求不明确，请写明办到什么程度。", "to": "order", "revision": revision}
    sent = clerk.act(open_item["id"], "send-back", **why)
    assert sent.status_code == 200, sent.text

    _, said = answers(ordering, item)
    answer = act(ordering, made, SUPERVISOR, {**said, "demand": "请出具书面审核意见。"})

    assert answer.status_code == 200, answer.text
    assert [one["step"] for one in ordering.case(made, SUPERVISOR)["open_items"]] == ["reply_township"]
    assert order(ordering, made).item_id == item


def test_the_order_is_linked_on_its_case_for_the_supervisor_and_the_unit_and_for_nobody_else(ordering):
    number, item = overdue(ordering)
    made = issue(ordering, item)

    def links(who):
        with ordering.executor.database.reading() as session:
            case = session.scalars(select(Case.id).where(Case.number == number)).one()
            return [one.number for one in queries.of_case(session, ordering.actor(who), case)]

    assert links(SUPERVISOR) == links(CLERK) == links(BUREAU) == [made]
    assert links(HOUSEHOLD) == links(CADRE) == []


def test_a_card_stands_against_the_unit_until_the_order_is_closed(ordering):
    _, item = overdue(ordering)
    made = issue(ordering, item)

    def cards(who=CLERK):
        with ordering.executor.database.reading() as session:
            return [(one.number, one.card) for one in queries.against(session, ordering.actor(who))]

    assert cards() == [(made, "红牌")]
    assert cards(CADRE) == cards(HOUSEHOLD) == []
    reply(ordering, made)
    assert cards() == [(made, "红牌")]
    review(ordering, made, CLOSED)

    assert cards() == []
