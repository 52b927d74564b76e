"""How orders are issued in tests: the facts as the record has them, and what the supervisor says to them."""

import threading

from sqlalchemy import select

from app.orders import facts, rule
from app.orders.commands import IssueOrder
from app.orders.models import SupervisionOrder
from tests.app.office import CLERK, SUPERVISOR

SAID = {"demand": "请在回复时限内办结，并说明超期的原因。"}
DONE = {"done": "已核实入户情况，当日办结。", "cause": "人员外出学习，交接不及时。", "finished": "已办结"}
UNDER_WAY = {**DONE, "finished": "还没有办结", "finish_by": "2026-12-31"}
CLOSED = {"conclusion": "销号"}
RETURNED = {"conclusion": "退回再办", "opinion": "还没有办结，请写明哪一天办结。"}


def overdue(office, step="township_review", days=30):
    """A case that stands overdue at a step; gives its number and the open item's id."""
    number = office.start()
    office.until(number, step)
    office.pass_days(days)
    return number, office.item(number)["id"]


def answers(office, item, by=SUPERVISOR, **over):
    """What the start form says of the item, filled in as the page does it; gives its division too."""
    now = office.clock.now()
    with office.executor.database.reading() as session:
        seen = facts.watched(session, office.actor(by), item, now)
        card = rule.graded(rule.release_of(session, seen.locality, now), seen.overdue_days, 0, now).card
    return seen.division, {**seen.given(), "proposed": card, "card": card, **SAID, **over}


def issue(office, item, by=SUPERVISOR, *, procedure="db_02_ds", **over):
    """Issue an order; gives its number."""
    division, said = answers(office, item, **over)
    return issued(office, division, said, by, procedure)


def issued(office, division, said, by=SUPERVISOR, procedure="db_02_ds"):
    command = IssueOrder(procedure=procedure, division=division, answers=said)
    return office.executor.execute(command, by=office.actor(by)).number


def act(office, number, by, said, **more):
    """Take the only open step of an order."""
    item = office.case(number, SUPERVISOR)["open_items"][0]
    program = office.program(by)
    revision = office.program(by).get(f"/work-items/{item['id']}").json.get("revision", 1)
    return program.act(item["id"], "complete", answers=said, revision=revision, **more)


def reply(office, number, by=CLERK, said=DONE):
    answer = act(office, number, by, said)
    assert answer.status_code == 200, answer.text


def review(office, number, said, by=SUPERVISOR):
    answer = act(office, number, by, said)
    assert answer.status_code == 200, answer.text


def order(office, number):
    with office.executor.database.reading() as session:
        return session.scalars(select(SupervisionOrder).where(SupervisionOrder.number == number)).one()


def at_once(*calls):
    """Do several things at the same moment; gives what each gave or raised."""
    found, ready = [None] * len(calls), threading.Barrier(len(calls))

    def run(place, call):
        ready.wait()
        try:
            found[place] = call()
        except Exception as refused:  # noqa: BLE001 (what it was is looked at)
            found[place] = refused

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
