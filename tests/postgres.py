"""A PostgreSQL server of the tests' own: made in a temporary folder, gone when the tests are.

`python -m tests.postgres FOLDER PID` keeps the server and watches the test run with that process id:
when it ends, however it ends, the server is stopped and the folder removed. All workers of a run
share one server, reached through a socket in the folder, so no port can be taken.
"""

import contextlib
import fcntl
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import psycopg

from tests import machine

SETTINGS = {"listen_addresses": "", "max_connections": "300", "timezone": "UTC"}

# Tests kill our own processes, never the machine: what the server was told survives without
# waiting for the disk, and a run takes minutes less. Measurements wait for the disk.
HASTY = {"fsync": "off", "full_page_writes": "off"}


def url(folder: Path, database: str) -> str:
    """The address of one database of the run's server, starting the server if nobody has yet."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _start(folder)
    return f"postgresql+psycopg://postgres@/{database}?host={folder}"


@contextlib.contextmanager
def own_server(*, durable: bool) -> Iterator[Path]:
    """A server outside a test run, for measurements: its folder, to be given to `url`."""
    folder = Path(tempfile.mkdtemp(prefix="xiangshen-"))
    if durable:
        (folder / "durable").touch()
    try:
        yield folder
    finally:
        stop(folder)


def administer(folder: Path, *statements: str) -> None:
    """Run statements that make or drop databases."""
    with psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def copy(folder: Path, name: str, template: str) -> None:
    """Make a database from a template nobody has open.

    From version 15 on a copy may be told to copy files, as older servers always do: where nobody waits for
    the disk that is twice as fast as writing a log of it.
    """
    with psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as connection:
        way = "STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} {way}")


def stop(folder: Path) -> None:
    """Stop the run's server, if one was started, and remove the folder."""
    keeper = folder / "keeper"
    if keeper.exists():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(keeper.read_text()), signal.SIGTERM)
        _wait(lambda: not folder.exists(), seconds=30)
    shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path) -> None:
    machine.postgresql("postgres")
    with (folder / "keeper.log").open("w") as log:
        command = [
            sys.executable,
            "-m",
            "tests.postgres",
            str(folder),
            os.environ.get("XIANGSHEN_TEST_RUN_PID", str(os.getpid())),
        ]
        keeper = subprocess.Popen(
            command,
            cwd=machine.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    (folder / "keeper").write_text(str(keeper.pid))
    _wait(lambda: (folder / "ready").exists() or keeper.poll() is not None, seconds=60)
    if not (folder / "ready").exists():
        raise machine.NotInstalled("PostgreSQL did not start:\n" + (folder / "keeper.log").read_text())
    keeper.returncode = 0  # it may outlive this process; `stop` ends it


def _keep(folder: Path, watched: int) -> None:
    """Run the server until the watched process is gone or we are told to stop."""
    signal.signal(signal.SIGTERM, _leave)
    account = _account()
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    server = None
    try:
        environment = machine.environment(machine.postgresql("postgres"))
        initdb = [machine.postgresql("initdb"), "-D", folder / "data", "-U", "postgres"]
        initdb += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run(initdb, check=True, cwd=folder, env=environment, **who)
        haste = {} if (folder / "durable").exists() else HASTY
        settings = {**SETTINGS, **haste, "unix_socket_directories": str(folder)}
        arguments = [f"--{name}={value}" for name, value in settings.items()]
        postgres = [machine.postgresql("postgres"), "-D", folder / "data", *arguments]
        server = subprocess.Popen(postgres, cwd=folder, env=environment, **who)
        _wait(lambda: server.poll() is not None or _answers(folder), seconds=50)
        if server.poll() is None:
            (folder / "ready").touch()
            _until_gone(watched, server)
    finally:
        if server:
            server.send_signal(signal.SIGQUIT)
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> pwd.struct_passwd | None:
    """Whom to run the server as: PostgreSQL refuses root."""
    if os.getuid():
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise machine.NotInstalled("PostgreSQL refuses root, and there is no account postgres or nobody")


def _answers(folder: Path) -> bool:
    try:
        administer(folder, "SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _until_gone(watched: int, server: subprocess.Popen[bytes]) -> None:
    try:
        waiting = select.poll()
        waiting.register(os.pidfd_open(watched), select.POLLIN)
    except OSError:
        return  # it is gone already
    while server.poll() is None and not waiting.poll(1000):
        pass


def _wait(true, *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.05)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit


if __name__ == "__main__":
    _keep(Path(sys.argv[1]), int(sys.argv[2]))
