"""A worker that is killed over and over: `python -m tests.journeys.batch_victim URL FOLDER`.

It reads the diagrams and forms once; each line on its input makes a child that opens the database and works
until it is killed. The child's process id is printed, and `working` once it has begun.
"""

import os
import sys
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from app.batches import checking
from app.batches.commands import Pick
from app.batches.models import Batch, BatchItem
from app.organisation import queries as people
from tests.clock import TurnableClock
from tests.journeys.victim import say
from tests.workflows.desks import opened
from workflows import worker


def _read_once(url, folder, now):
    """What every life would read again: each is about the batch alone."""
    executor = opened(url, folder, TurnableClock(now))
    with executor.database.reading() as session:
        row = session.scalars(select(Batch)).one()
        actor = people.actor_of(session, row.account_id)
        ids = session.scalars(select(BatchItem.item_id)).all()
        checking.check(session, actor, now, row.action, [Pick(one, 1) for one in ids[:2]])
    executor.database.dispose()


def main():
    url, folder, now = sys.argv[1], Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
    _read_once(url, folder, now)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            executor = opened(url, folder, TurnableClock(now))
            say("working")
            while True:
                if not worker.drain(executor):
                    time.sleep(0.01)
        say(child)
        os.waitpid(child, 0)
        say("gone")


if __name__ == "__main__":
    main()
