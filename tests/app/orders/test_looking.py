"""What the supervisor is told of the watched item when the unit has answered: as it is, and no more."""

from sqlalchemy import select

from tests.app.office import CADRE, CLERK, SUPERVISOR
from tests.app.orders.ordered import (
    DONE,
    RETURNED,
    UNDER_WAY,
    act,
    answers,
    issue,
    order,
    overdue,
    reply,
    review,
)
from workflows.cases import Case
from workflows.handling import CancelCase, SuspendCase
from workflows.returning import SendBackTo, WithdrawStep

ADMIN = "dongsheng-admin1"


def seen(office, number):
    """What was seen before the review."""
    with office.executor.database.reading() as session:
        return session.scalars(select(Case.variables).where(Case.number == number)).one()["look"]


def run(office, command, who):
    return office.executor.execute(command, by=office.actor(who))


def send_back(office, number, to="order"):
    [item] = office.case(number, SUPERVISOR)["open_items"]
    run(office, SendBackTo(item_id=item["id"], to=to, reason="要求不明确，请写明。"), CLERK)


def test_an_order_sent_back_to_be_issued_anew_is_no_reply_sent_back(ordering):
    _, item = overdue(ordering, days=14)
    made = issue(ordering, item)
    send_back(ordering, made)
    assert act(ordering, made, SUPERVISOR, answers(ordering, item)[1]).status_code == 200

    reply(ordering, made, said=UNDER_WAY)
    assert seen(ordering, made)["returned"] == 0
    assert "回复已退回 0 次" in seen(ordering, made)["why"]
    review(ordering, made, RETURNED)

    assert order(ordering, made).card == "黄牌"


def test_an_order_issued_anew_with_the_same_card_hangs_since_it_first_did(ordering):
    _, item = overdue(ordering, days=14)
    made = issue(ordering, item)
    first = order(ordering, made)
    send_back(ordering, made)
    ordering.clock.advance(days=1)
    assert act(ordering, made, SUPERVISOR, answers(ordering, item)[1]).status_code == 200

    again = order(ordering, made)
    assert (again.card, again.card_since, again.issued_at) == (first.card, first.card_since, first.issued_at)


def test_days_at_rest_make_no_card_red(ordering):
    number, item = overdue(ordering, days=14)
    made = issue(ordering, item)
    days = order(ordering, made).overdue_days
    run(ordering, SuspendCase(number=number, reason="等候上级答复"), ADMIN)
    ordering.pass_days(6)

    reply(ordering, made, said=UNDER_WAY)

    assert seen(ordering, made)["overdue_days"] == days
    assert "已挂起" in seen(ordering, made)["why"]
    review(ordering, made, RETURNED)
    assert order(ordering, made).card == "黄牌"


def test_what_became_of_the_item_is_said_as_it_is(ordering):
    number, item = overdue(ordering)
    made = issue(ordering, item)
    back = {"reason": "材料不齐", "late_reason": "等候材料"}
    run(ordering, SendBackTo(item_id=item, to="village_review", **back), CLERK)
    reply(ordering, made, said=DONE)
    assert "已经办结（退回）" in seen(ordering, made)["why"]
    review(ordering, made, RETURNED)

    run(ordering, CancelCase(number=number, reason="不再办理"), ADMIN)
    reply(ordering, made, said=DONE)
    assert "已经办结（退回）" in seen(ordering, made)["why"]


def test_an_item_withdrawn_or_taken_back_is_not_called_done(ordering):
    number, item = overdue(ordering)
    made = issue(ordering, item)
    run(ordering, CancelCase(number=number, reason="不再办理"), ADMIN)
    reply(ordering, made)
    assert "已经撤销" in seen(ordering, made)["why"]

    number, item = overdue(ordering, step="household_check")
    made = issue(ordering, item)
    ordering.until(number, "village_review")
    run(ordering, WithdrawStep(item_id=item, reason="填错了"), CADRE)
    reply(ordering, made, CADRE)
    assert "办结后又撤回" in seen(ordering, made)["why"]


def test_an_order_that_is_not_to_be_issued_anew_says_what_is_left_to_do(ordering):
    number, item = overdue(ordering)
    made = issue(ordering, item)
    said = answers(ordering, item)[1]
    send_back(ordering, made)
    run(ordering, CancelCase(number=number, reason="不再办理"), ADMIN)

    refused = act(ordering, made, SUPERVISOR, said)
    assert refused.status_code == 409
    assert "请终止督办单" in refused.json["detail"]

    run(ordering, CancelCase(number=made, reason="被督办的办件已终止"), SUPERVISOR)
    assert ordering.case(made, SUPERVISOR)["state"] == "cancelled"
