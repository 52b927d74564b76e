"""The same over HTTP: gunicorn with two processes, signed in, authorised, audited; and what a page weighs."""

import gzip
import json
import random
import re
import socket
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import insert, select

from app import create_app
from app.attachments.models import Attachment
from app.demo import answers
from app.demo.answers import PHOTO, SIGNATURE
from app.demo.households import household
from app.security import demo
from app.serving import STATIC
from bench import growth
from bench.rows import held, said, timed
from bench.traffic import MeasuredDesks
from tests.journeys.served import HOST, Program, served
from workflows.clock import SystemClock, local_date
from workflows.work_items import OFFERED, WorkItem

CASES, ONE_BY_ONE, AT_ONCE, CLIENTS = 2_500, 150, 900, 6
BUDGET_MS = {"sqlite": 10, "postgresql": 14}
A_SECOND = {"postgresql": 150}
PAGE_BYTES, PAGE_REQUESTS = 60 * 1024, 4


class Wire:
    """A connection that sends requests written beforehand and reads answers; costs next to nothing itself."""

    def __init__(self, port):
        self._socket = socket.create_connection((HOST, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._left = b""

    def ask(self, request):
        """The status of the answer, once it is there whole."""
        self._socket.sendall(request)
        while b"\r\n\r\n" not in self._left:
            self._read()
        head, _, self._left = self._left.partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        while len(self._left) < length:
            self._read()
        self._left = self._left[length:]
        return int(head.split(b" ", 2)[1])

    def _read(self):
        data = self._socket.recv(65536)
        assert data, "the server hung up"
        self._left += data

    def close(self):
        self._socket.close()


def measure(databases, folder):
    """Rows for one database."""
    url = databases.fresh("served")
    growth.block(url, folder)
    office = growth.grown(url, folder, CASES)
    requests = _prepared(office)
    office.database.dispose()
    with served(url, folder) as port:
        tokens = {name: Program(port, name).headers["Authorization"] for name in {r[0] for r in requests}}
        wired = [_request(tokens[name], item, sent) for name, item, sent in requests]
        _one_by_one(databases.kind, port, wired[:ONE_BY_ONE])
        _at_once(databases.kind, port, wired[ONE_BY_ONE:])
    _page(databases.kind, office)
    office.database.dispose()
    databases.drop(url)


def _prepared(office):
    """Who completes which 入户核实 with what: their photos have been taken in already."""
    desks = MeasuredDesks(office, first=0)
    cadres = {staff.division: (_username(office, staff), staff) for staff in desks.staffs}
    wanted = WARMING + ONE_BY_ONE + AT_ONCE
    query = select(WorkItem.id, WorkItem.division).where(
        WorkItem.state == OFFERED, WorkItem.step == "household_check", WorkItem.round == 1
    )
    today = local_date(SystemClock().now())
    with office.database.engine.begin() as connection:
        items = random.Random(1).sample(connection.execute(query).all(), wanted)
        found = []
        for item in items:
            name, staff = cadres[item.division]
            files = {kind: _file(connection, desks, staff, kind, office) for kind in (PHOTO, SIGNATURE)}
            given = answers.check(household(1, staff.village), today, "折海军、贺丽霞", files)
            found.append((name, item.id, {"answers": given, "revision": 1}))
    return found


WARMING = 40


def _username(office, staff):
    with office.database.reading() as session:
        return next(
            one.username for one in demo.accounts(session) if one.person_id == staff.cadres[0].person_id
        )


def _file(connection, desks, staff, kind, office):
    picture = desks.pictures[kind]
    row = {
        "sha256": picture.sha256,
        "name": kind,
        "type": picture.type,
        "size": picture.size,
        "owner_id": staff.cadres[0].person_id,
        "case_id": None,
        "created_at": office.clock.at - timedelta(hours=1),
    }
    table = Attachment.__table__
    return connection.execute(insert(table).returning(table.c.id), row).scalar_one()


def _request(token, item, sent):
    body = json.dumps(sent).encode()
    head = (
        f"POST /api/v1/work-items/{item}/complete HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _one_by_one(kind, port, requests):
    wire = Wire(port)
    times = [timed(lambda request=request: _expect(wire.ask(request))) for request in requests]
    wire.close()
    said("complete over HTTP", kind, times[WARMING:], budget=BUDGET_MS[kind])


def _expect(status):
    assert status == 200, status


def _at_once(kind, port, requests):
    waiting, lock, times = iter(requests), threading.Lock(), []

    def client():
        wire = Wire(port)
        while True:
            with lock:
                request = next(waiting, None)
            if request is None:
                return wire.close()
            times.append(timed(lambda request=request: _expect(wire.ask(request))))

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for running in [pool.submit(client) for _ in range(CLIENTS)]:
            running.result()
    rate = len(requests) / (time.perf_counter() - began)
    more = {"budget": A_SECOND[kind], "least": True} if kind in A_SECOND else {}
    wait = statistics.median(times)
    held(
        "completions over HTTP, 2 processes",
        kind,
        rate,
        unit="per_s",
        clients=CLIENTS,
        median_ms=wait,
        n=len(requests),
        **more,
    )


def _page(kind, office):
    """A cadre's inbox with 20 rows, as a browser loads it for the first time."""
    client = create_app(office.settings, office.clock).test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    username = "zhejialiang-cadre1"
    signed = client.post(
        "/sign-in", data={"username": username, "password": demo.PASSWORD, "csrf_token": token}
    )
    assert signed.status_code == 303, signed.text
    times = [timed(lambda: _expect(client.get("/").status_code)) for _ in range(30)]
    page = client.get("/").data
    linked = set(re.findall(rb'(?:src|href)="(/static/[^"]+)"', page))
    sizes = [len(gzip.compress(page, 6)), *(_gzipped(name.decode()) for name in linked)]
    said("inbox page made", kind, times[5:])
    names = sorted(name.decode().rpartition("/")[2] for name in linked)
    held("inbox page, first visit", kind, sum(sizes), unit="gzip_bytes", budget=PAGE_BYTES, linked=names)
    held("inbox page, first visit", kind, len(sizes), unit="requests", budget=PAGE_REQUESTS)


def _gzipped(address):
    path = STATIC / "dist" / address.rpartition("/")[2]
    packed = path.with_name(path.name + ".gz")
    return packed.stat().st_size if packed.exists() else len(gzip.compress(path.read_bytes(), 6))
