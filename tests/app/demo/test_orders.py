"""Orders of a demonstration: each stands otherwise, and seeding again orders nothing twice."""

from sqlalchemy import select

from app.demo.orders import seed_orders
from app.orders.models import SupervisionOrder
from tests.app.office import ROOT, SUPERVISOR
from tests.app.orders.ordered import overdue
from workflows.cases import Case
from workflows.commands import CONSOLE
from workflows.designing import folders
from workflows.designing.publish import PublishVersion


def test_what_is_overdue_at_the_township_is_ordered_once(one_office):
    overdue(one_office)
    assert seed_orders(one_office.executor) == 0

    bundle = folders.read(ROOT / "bpmn", ROOT / "forms" / "definitions", "db_02_ds")
    one_office.executor.execute(PublishVersion(bundle=bundle), by=CONSOLE)

    assert seed_orders(one_office.executor) == 1
    assert seed_orders(one_office.executor) == 0
    with one_office.executor.database.reading() as session:
        [number] = session.scalars(
            select(SupervisionOrder.number).join(Case, Case.id == SupervisionOrder.case_id)
        )
    assert [one["step"] for one in one_office.case(number, SUPERVISOR)["open_items"]] == ["reply_township"]
