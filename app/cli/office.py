"""The office as a command opens it: closed again when the command ends, and quiet about itself."""

from __future__ import annotations

import getpass
import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
import structlog
from sqlalchemy.exc import ProgrammingError

from app.settings import Settings
from workflows.commands import CONSOLE, Command, Context
from workflows.errors import Unavailable

if TYPE_CHECKING:
    from workflows.commands import Executor


@dataclass(frozen=True, slots=True, kw_only=True)
class UseConsole(Command[None]):
    """Take down that a command of the console was given; its words are its own, never what was typed."""

    words: str
    account: str

    def authorise(self, ctx: Context) -> None:
        """Whoever stands at the machine."""
        ctx.require(ctx.actor.kind == "console")

    def run(self, ctx: Context) -> None:
        ctx.record("console", words=self.words, account=self.account)


def opened(settings: Settings | None = None, *, waits: bool = False) -> Executor:
    """The office of the environment's settings, for as long as the present command runs, which is noted.

    A command that ``waits`` for a database to come begins without one, and unnoted.
    """
    from app.plugs import executor

    office = executor(settings or Settings.from_environment())
    # What went wrong is said in a sentence; log lines between would only be in a person's way.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    present = click.get_current_context()
    present.call_on_close(office.database.dispose)
    try:
        office.execute(UseConsole(words=_words(present), account=_account()), by=CONSOLE)
    except (Unavailable, ProgrammingError):
        if not waits:
            raise
    return office


def _words(present: click.Context) -> str:
    """The command as it is called, without the program's own name and without what was typed behind it."""
    words: list[str] = []
    while present.parent is not None:
        words.insert(0, present.info_name or "")
        present = present.parent
    return " ".join(words)


def _account() -> str:
    """Who is signed in on the machine; a number where the machine has no name for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
