"""``python -m bench [--full] [--only WORD]``: every row of the budgets, on both databases."""

import argparse
import contextlib
import tempfile
from pathlib import Path

from bench import (
    backtesting,
    completing,
    deciding,
    engine,
    growing,
    linting,
    painting,
    sealing,
    searching,
    serving,
    supervising,
)
from bench.databases import PostgresServer, SqliteFiles
from tests import postgres

PARTS = {
    "completing": completing.measure,
    "engine": engine.measure,
    "deciding": deciding.measure,
    "linting": linting.measure,
    "backtesting": backtesting.measure,
    "sealing": sealing.measure,
    "serving": serving.measure,
    "painting": painting.measure,
    "growing": growing.measure,
    "searching": searching.measure,
    "supervising": supervising.measure,
}
"""What is measured on either database, in this order."""


def main():
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="also a million cases; takes an hour")
    parser.add_argument("--only", action="append", choices=PARTS, help="these parts instead of all")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="this one instead of both")
    asked = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xiangshen-bench-")))
        for databases in _databases(asked.database, folder, stack):
            for name in asked.only or PARTS:
                more = {"full": asked.full} if name in {"growing", "searching"} else {}
                PARTS[name](databases, folder, **more)


def _databases(wanted, folder, stack):
    if wanted != "postgresql":
        yield SqliteFiles(folder)
    if wanted != "sqlite":
        yield PostgresServer(stack.enter_context(postgres.own_server(durable=True)))


main()
