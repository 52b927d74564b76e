"""Two hundred cases, eight clients, two server processes, one PostgreSQL: nothing lost, nothing twice."""

import collections
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.demo import answers, pictures
from app.demo.answers import MINUTES, PHOTO, SIGNATURE
from app.demo.households import household
from tests.journeys.served import Program, served
from tests.workflows.conftest import *  # noqa: F403 (a furnished town)
from workflows.cases import ENDED, Case
from workflows.clock import SystemClock, local_date
from workflows.journal import StepRecord
from workflows.work_items import DONE, OPEN, WorkItem

CASES = 200
DIVISION, VILLAGE = "150602100202", "折家梁村"
CADRES = ("zhejialiang-cadre1", "zhejialiang-cadre2")
CLIENTS = (
    *CADRES,
    *CADRES,
    "boerjianghaizi-clerk1",
    "boerjianghaizi-clerk2",
    "dongsheng-rvb1",
    "dongsheng-rvb2",
)
FASTER = {"work_item.already_done", "work_item.stale", "work_item.unknown", "work_item.not_yours"}


class Flood:
    """Eight clients that start cases and take whatever item of their inbox they like."""

    def __init__(self, town, port):
        self.town, self.port = town, port
        self.to_start = collections.deque(range(1, CASES + 1))
        self.completed = collections.Counter()
        self.lost = collections.Counter()
        self.failures = []
        self.stop = threading.Event()

    def run(self):
        with ThreadPoolExecutor(len(CLIENTS) + 1) as pool:
            clients = [pool.submit(self._client, name, seed) for seed, name in enumerate(CLIENTS)]
            pool.submit(self._clock).result()
            for client in clients:
                client.result()

    def _clock(self):
        """While clients work, days pass: notices end, the demonstration's clock fires what is due."""
        program = Program(self.port, "dongsheng-supervisor1")
        while not self.failures and (self.to_start or self._running()):
            if self._waiting_for_notice() > 10 or not self._open():
                status, answer = program.post("/demo/clock", {"advance": "P6D"})
                assert status == 200, answer
            self.stop.wait(0.2)
        self.stop.set()
        program.close()

    def _count(self, query):
        return self.town.read(lambda session: session.scalar(query)) or 0

    def _running(self):
        return self._count(select(func.count()).select_from(Case).where(Case.state != ENDED))

    def _open(self):
        return self._count(select(func.count()).select_from(WorkItem).where(WorkItem.state.in_(OPEN)))

    def _waiting_for_notice(self):
        return self._count(select(func.count()).select_from(Case).where(Case.standing.like("%公示期满%")))

    def _client(self, username, seed):
        dice, program = random.Random(seed), Program(self.port, username)  # noqa: S311 (a made-up crowd)
        try:
            while not self.stop.is_set():
                if username in CADRES and self.to_start and dice.random() < 0.4:
                    self._start(program)
                else:
                    self._take_one(program, dice)
        except Exception as error:
            self.failures.append(error)
            self.stop.set()
            raise
        finally:
            program.close()

    def _start(self, program):
        try:
            number = self.to_start.popleft()
        except IndexError:
            return
        given = answers.application(household(number, VILLAGE), self._today(), "折海军")
        sent = {"procedure": "fp_01_ds", "division": DIVISION, "answers": given}
        for _ in range(2):  # pressed twice: the key makes it one case
            status, answer = program.post("/api/v1/cases", sent, key=f"case {number}")
            assert status == 201, answer

    def _take_one(self, program, dice):
        status, page = program.get("/api/v1/work-items?limit=20")
        assert status == 200, page
        if page["items"]:
            self._complete(program, dice.choice(page["items"]))
        else:
            self.stop.wait(0.1)

    def _complete(self, program, item):
        status, full = program.get(f"/api/v1/work-items/{item['id']}")
        if status == 200 and full.get("may"):
            sent = {"answers": self._answers(program, item["step"]), "revision": full["revision"]}
            # Another client may turn the clock past the limit between the two calls.
            sent["late_reason"] = "公示期间未能安排。"
            status, answer = program.post(f"/api/v1/work-items/{item['id']}/complete", sent)
            if status == 200:
                self.completed[item["id"]] += 1
            else:
                assert answer["code"] in FASTER, (item["step"], answer.get("errors"), answer["code"])
                self.lost[answer["code"]] += 1

    def _answers(self, program, step):
        of, day = household(1, VILLAGE), self._today()
        if step == "township_review":
            return answers.township(returned=False)
        if step == "county_decision":
            return answers.county(of, refused=False)
        photo = program.upload(PHOTO, pictures.drawn()[PHOTO])
        files = {PHOTO: photo, SIGNATURE: photo, MINUTES: photo}
        if step == "household_check":
            return answers.check(of, day, "折海军、贺丽霞", files)
        if step == "village_review":
            return answers.review(of, day, "折海军", files, agreed=True)
        return answers.publicity("折海军", files)

    def _today(self):
        return local_date(SystemClock().now())


@pytest.mark.seconds(900)
def test_two_hundred_cases_by_eight_clients_end_whole(town_on_postgresql):
    town = town_on_postgresql
    (town.folder / "data.key").write_bytes(bytes(range(32)))

    with served(town.url, town.folder) as port:
        flood = Flood(town, port)
        flood.run()

    assert flood.failures == []
    cases = town.read(lambda session: session.execute(select(Case.state, Case.outcome)).all())
    assert collections.Counter(tuple(case) for case in cases) == {(ENDED, "已纳入监测"): CASES}
    items = town.read(
        lambda session: session.execute(select(WorkItem.case_id, WorkItem.task_id, WorkItem.state)).all()
    )
    assert len({(item.case_id, item.task_id) for item in items}) == len(items) == 6 * CASES
    assert {item.state for item in items} == {DONE}
    assert set(flood.completed.values()) == {1}
    assert sum(flood.completed.values()) == 5 * CASES
    taken = town.read(lambda session: session.scalars(select(StepRecord.item_id)).all())
    assert sorted(number for number in taken if number) == sorted(set(filter(None, taken)))
    assert town.verified().sound
