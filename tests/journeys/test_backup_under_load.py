"""A backup is made while others complete steps; put back elsewhere, everything in it holds together."""

import subprocess
import sys

import pytest
from sqlalchemy import func, select

from app.attachments import content
from app.keeping import backups, restoring
from app.security.signatures import with_key
from app.settings import Settings
from tests import postgres
from tests.workflows.conftest import *  # noqa: F403 (a furnished town on either database)
from tests.workflows.desks import KEY, ROOT, Town
from workflows import proving, rebuilding, seals
from workflows.cases import Case
from workflows.commands import CONSOLE
from workflows.journal import StepRecord

WRITERS = 2
MOST_BACKUPS = 200


def settings(url, folder):
    return Settings(
        data_dir=folder,
        database_url=url,
        demo=True,
        bind="127.0.0.1:8000",
        secret_key="-",
        data_key=KEY,
        seal_key=bytes([7]) * 32,
        seal_folder=folder / "seals",
    )


@pytest.fixture
def elsewhere(town, run_folder, tmp_path):
    """The address of another database of the same kind, with nothing in it."""
    if not town.executor.database.is_postgresql:
        yield f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
        return
    name = f"elsewhere_{town.url.rpartition('_')[2].partition('?')[0]}"
    postgres.administer(run_folder, f"CREATE DATABASE {name} TEMPLATE template0")
    yield postgres.url(run_folder, name)
    postgres.administer(run_folder, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def writers(town):
    """Processes that go on completing steps, each in the middle of its work."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.writer", town.url, str(town.folder), str(number)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for number in range(1, WRITERS + 1)
    ]
    for writer in started:
        assert writer.stdout.readline() == "working\n"
    yield started
    for writer in started:
        writer.kill()
        writer.wait()
        writer.stdout.close()


def rows(town):
    return town.read(lambda session: session.scalar(select(func.count()).select_from(StepRecord)))


def backed_up_while_written(town, of, tmp_path):
    """A backup during which steps were completed; one during which none was is made again."""
    for number in range(MOST_BACKUPS):
        folder = tmp_path / f"backup{number}"
        before = rows(town)
        made = backups.back_up(of, town.executor.database, folder, town.clock.now(), keys=False)
        if rows(town) > before:
            return folder, made, before
    raise AssertionError("nobody completed a step during any backup")


@pytest.mark.seconds(240)
def test_a_backup_made_while_steps_are_completed_holds_together_elsewhere(town, writers, elsewhere, tmp_path):
    ours, theirs = settings(town.url, town.folder), settings(elsewhere, tmp_path / "elsewhere")
    object.__setattr__(town.executor.host, "sealer", with_key(ours, ours.seal_key))
    seals.seal(town.executor, by=CONSOLE)

    folder, made, before = backed_up_while_written(town, ours, tmp_path)
    assert [writer.poll() for writer in writers] == [None] * WRITERS
    put_back = restoring.restore(theirs, folder, replace=False)

    assert made.missing == put_back.missing == ()
    restored = Town(elsewhere, theirs.data_dir, town.clock)
    sealer = with_key(theirs, theirs.seal_key)
    assert rows(restored) >= before
    assert restored.read(lambda session: proving.verify(session, sealer=sealer)).breaks == []
    cases = restored.read(lambda session: session.scalars(select(Case.id)).all())
    assert len(cases) >= WRITERS
    for case_id in cases:
        told = restored.read(
            lambda session, one=case_id: rebuilding.differences(session, session.get_one(Case, one))
        )
        assert told == []
    named = restored.read(backups.referenced)
    assert named
    assert [sha256 for sha256 in named if not content.path_of(theirs.data_dir, sha256).is_file()] == []
    # Another office now: what is done there is nothing to the first, and its trail goes on.
    restored.households = 9_000
    restored.begun("apply", "check")
    assert restored.read(lambda session: proving.verify(session, sealer=sealer)).breaks == []
    restored.close()
