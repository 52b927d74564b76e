"""What growth costs: the same step and the same inbox page with ever more cases, measured in turns."""

import random
import statistics

from sqlalchemy import func, select

from app.demo.desks import Subject
from app.demo.households import household
from app.inbox.queries import Filters, open_items
from bench import growth
from bench.rows import held, said, timed
from bench.traffic import MeasuredDesks
from workflows.commands import Actor
from workflows.running import CompleteWorkItem
from workflows.work_items import OFFERED, WorkItem

ROUNDS, WARMING, PAGE = 120, 10, 20
SIZES, FULL = (1_000, 10_000, 100_000), 1_000_000
FLAT, FLAT_PAGE, PAGE_MS = 1.2, 1.5, 30


class Grown:
    """One office of a size: its desks, and the items waiting at the first of them."""

    def __init__(self, office, size):
        self.office, self.size = office, size
        self.desks = MeasuredDesks(office, first=0)
        query = select(WorkItem.id, WorkItem.case_id, WorkItem.division).where(
            WorkItem.state == OFFERED, WorkItem.step == "household_check", WorkItem.round == 1
        )
        with office.database.reading() as session:
            items = session.execute(query).all()
            self.open = session.scalar(select(func.count()).where(WorkItem.state == OFFERED))
        self.items = random.Random(size).sample(items, ROUNDS + WARMING)
        self.pages = {"one unit": [], "three units": []}

    def complete_one(self):
        """入户核实 of a case somewhere in the middle of all others."""
        item = self.items.pop()
        staff = next(staff for staff in self.desks.staffs if staff.division == item.division)
        self.desks.take(Subject(household(1, staff.village), staff, item.case_id), "check")

    def look(self):
        """The first page of a cadre's inbox, and of one who acts for every village."""
        cadres = [staff.cadres[0] for staff in self.desks.staffs]
        everywhere = Actor("person", "兼管", 10**6, grants=tuple(g for one in cadres for g in one.grants))
        for name, actor in (("one unit", cadres[1]), ("three units", everywhere)):
            self.pages[name].append(timed(lambda actor=actor: self._page(actor)))

    def _page(self, actor):
        with self.office.database.reading() as session:
            page = open_items(session, actor, Filters(), None, PAGE)
            assert len(page.rows) == PAGE

    def forget(self):
        """What was measured while everything was still cold."""
        self.desks.forget()
        for times in self.pages.values():
            times.clear()

    @property
    def completions(self):
        return self.desks.times[CompleteWorkItem]


def measure(databases, folder, *, full):
    """Rows for one database: absolute times at each size, and the ratios between the largest and 1,000."""
    base = databases.fresh("block")
    growth.block(base, folder)
    sizes = (*SIZES, FULL) if full else SIZES
    offices = []
    for size in sizes:
        url = databases.copied(base, f"grown_{size}")
        offices.append(Grown(growth.grown(url, folder, size), size))
    for turn in range(WARMING + ROUNDS):
        if turn == WARMING:
            for each in offices:
                each.forget()
        for each in offices:
            each.complete_one()
            each.look()
    _tell(databases.kind, offices)
    for each in offices:
        each.office.database.dispose()
        databases.drop(each.office.url)
    databases.drop(base)


def _tell(kind, offices):
    smallest, largest = offices[0], offices[-1]
    for each in offices:
        said("complete 入户核实 among cases", kind, each.completions, cases=each.size)
    ratio = statistics.median(largest.completions) / statistics.median(smallest.completions)
    sizes = f"{largest.size}/{smallest.size}"
    held("complete 入户核实, growth", kind, ratio, unit="ratio", budget=FLAT, cases=sizes)
    for name in smallest.pages:
        for each in offices:
            said(f"inbox page, {name}", kind, each.pages[name], budget=PAGE_MS, open_items=each.open)
        ratio = statistics.median(largest.pages[name]) / statistics.median(smallest.pages[name])
        held(f"inbox page, {name}, growth", kind, ratio, unit="ratio", budget=FLAT_PAGE, cases=sizes)
