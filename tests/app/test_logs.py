"""Logs are kept by day for more than six months, each process in files of its own, and name nobody."""

import gzip
import json
import multiprocessing
import os
from datetime import timedelta

import pytest
import structlog

from app.logs import KEPT_DAYS, Daily
from app.settings import Settings
from tests.app.office import HOUSEHOLD, Office
from workflows.clock import local_date

LINE = '{"event": "something"}\n'


@pytest.fixture
def daily(tmp_path, clock):
    found = Daily(tmp_path / "logs", clock)
    yield found
    found.close()


def write(daily, text=LINE):
    daily.write(text)
    daily.flush()


def names(daily):
    return sorted(path.name for path in daily.folder.iterdir())


def test_each_day_has_its_file_and_earlier_ones_are_packed(daily, clock):
    first = local_date(clock.now())
    for _ in range(4):
        write(daily)
        clock.advance(days=1)

    expected = [f"{first + timedelta(days=day)}.{os.getpid()}.log" for day in range(4)]
    assert names(daily) == [f"{expected[0]}.gz", f"{expected[1]}.gz", *expected[2:]]
    assert gzip.decompress((daily.folder / f"{expected[0]}.gz").read_bytes()).decode() == LINE


def test_nothing_younger_than_six_months_is_removed(daily, clock):
    write(daily)
    clock.advance(days=KEPT_DAYS)
    write(daily)
    assert len(names(daily)) == 2
    assert KEPT_DAYS > 184

    clock.advance(days=1)
    write(daily)

    assert len(names(daily)) == 2


def test_only_the_owner_reads_them(daily):
    write(daily)

    [file] = daily.folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_something_else_in_the_folder_is_left_alone(daily, clock):
    daily.folder.mkdir()
    other = daily.folder / "2001-13-99.notes.log"
    other.write_text("not ours")
    write(daily)

    assert other.read_text() == "not ours"


def test_processes_write_files_of_their_own(daily):
    write(daily)
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=write, args=(daily,)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert len(names(daily)) == 4
    assert {path.read_text() for path in daily.folder.iterdir()} == {LINE}


def test_a_folder_that_cannot_be_used_does_not_stop_the_office(tmp_path, clock, capsys):
    (tmp_path / "logs").write_text("a file stands in the way")
    daily = Daily(tmp_path / "logs", clock)

    write(daily)

    assert LINE in capsys.readouterr().err


def test_the_folder_is_in_the_data_folder_unless_the_setting_names_another(tmp_path):
    environ = {"XIANGSHEN_DATA_DIR": str(tmp_path)}

    assert Settings.from_environment(environ).log_folder == tmp_path / "logs"
    elsewhere = {**environ, "XIANGSHEN_LOG_FOLDER": str(tmp_path / "else")}
    assert Settings.from_environment(elsewhere).log_folder == tmp_path / "else"


def test_no_line_names_a_person_or_repeats_an_answer(sqlite_url, tmp_path, clock):
    office = Office(sqlite_url, tmp_path / "data", clock, log_folder=tmp_path / "logs").furnish(("fp_01_ds",))
    person = office.application()
    office.start()
    office.program(HOUSEHOLD).post("/cases", {"procedure": "fp_01_ds", "answers": person})
    office.browser().sign_in(HOUSEHOLD, "a wrong secret")
    structlog.get_logger("test").warning("effect not delivered", effect_id=7)
    office.close()
    structlog.get_config()["logger_factory"]._file.close()
    structlog.reset_defaults()

    text = "".join(path.read_text() for path in (tmp_path / "logs").iterdir())
    assert [json.loads(line)["event"] for line in text.splitlines()][-1] == "effect not delivered"
    for secret in (person["head_name"], person["head_identity"], person["phone"], "a wrong secret"):
        assert secret not in text
