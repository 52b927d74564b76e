"""What finding costs as cases grow: by a name, by words of an opinion, by words that nobody wrote."""

import statistics
import time
from datetime import timedelta

from sqlalchemy import func, select, text, update

from app.searching import words
from app.searching.commands import MANY, IndexCases
from app.searching.models import CasePosting
from app.searching.queries import Wanted, found
from bench import growth
from bench.rows import held, said, timed
from workflows.cases import Case
from workflows.commands import SYSTEM

ROUNDS, WARMING, PAGE = 30, 5, 20
SIZES, FULL = (1_000, 100_000), 1_000_000
FLAT, SEARCH_MS = 2, 50
NAME, RARE = "完颜阿骨打", "完颜"

ASKED = {
    "by number": ("{number}", {}),
    "by name": (RARE, {}),
    "by words of most cases": ("材料齐全 同意上报", {}),
    "by words of most cases, in one village": ("材料齐全", {"division": "150602100202"}),
    "by words of no case": ("材料无误 驳回上报", {}),
}


class Searched:
    """One office of a size, its index made, and how long each question took."""

    def __init__(self, office, size):
        self.office, self.size = office, size
        self.reader = office.actor("dongsheng-rvb1")
        # What all copies were made from happened at one moment; it shall not be this one.
        office.clock.at += timedelta(hours=1)
        self.times = {name: [] for name in ASKED}
        with office.database.engine.begin() as connection:
            ids = connection.execute(select(Case.id).order_by(Case.id)).scalars().all()
            self.one = ids[len(ids) // 2]
            connection.execute(update(Case).where(Case.id == self.one).values(subject_name=NAME))
            self.number = connection.execute(select(Case.number).where(Case.id == self.one)).scalar_one()
        self.cases = len(ids)
        began = time.perf_counter()
        while office.executor.execute(IndexCases(most=MANY), by=SYSTEM):
            pass
        self.rate = self.cases / (time.perf_counter() - began)
        with office.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for name in ("case_text", "case_posting"):
                connection.execute(text(f"ANALYZE {name}"))

    def ask(self, name):
        """One question, answered with its first page."""
        typed, more = ASKED[name]
        wanted = Wanted(words=words.asked(typed.format(number=self.number)), **more)
        answers = []
        self.times[name].append(timed(lambda: answers.append(self._found(wanted))))
        assert (answers[0].page.rows == []) == (name == "by words of no case"), name
        assert not answers[0].behind

    def _found(self, wanted):
        with self.office.database.reading() as session:
            return found(session, self.reader, wanted, None, self.office.clock.now(), PAGE)

    def weight(self):
        """Bytes of the index beside the texts, for each case."""
        with self.office.database.reading() as session:
            return session.scalar(select(func.sum(func.length(CasePosting.cases)))) / self.cases


def measure(databases, folder, *, full=False):
    """Rows for one database: each question at each size, and the ratio between the largest and 1,000."""
    base = databases.fresh("block")
    growth.block(base, folder)
    offices = []
    for size in (*SIZES, FULL) if full else SIZES:
        url = databases.copied(base, f"searched_{size}")
        offices.append(Searched(growth.grown(url, folder, size), size))
    for turn in range(WARMING + ROUNDS):
        for each in offices:
            for name in ASKED:
                each.ask(name)
                if turn < WARMING:
                    each.times[name].clear()
    _tell(databases.kind, offices)
    for each in offices:
        each.office.database.dispose()
        databases.drop(each.office.url)
    databases.drop(base)


def _tell(kind, offices):
    smallest, largest = offices[0], offices[-1]
    for each in offices:
        held("index made", kind, each.rate, unit="cases_per_s", cases=each.size)
        held("index", kind, each.weight(), unit="bytes_a_case", cases=each.size)
    for name in ASKED:
        for each in offices:
            said(f"search {name}", kind, each.times[name], budget=SEARCH_MS, cases=each.size)
        ratio = statistics.median(largest.times[name]) / statistics.median(smallest.times[name])
        sizes = f"{largest.size}/{smallest.size}"
        held(f"search {name}, growth", kind, ratio, unit="ratio", budget=FLAT, cases=sizes)
