"""The office as a command opens it: closed again when the command ends, and quiet about itself."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import click
import structlog

from app.settings import Settings

if TYPE_CHECKING:
    from workflows.commands import Executor


def opened(settings: Settings | None = None) -> Executor:
    """The office of the environment's settings, for as long as the present command runs."""
    from app.plugs import executor

    office = executor(settings or Settings.from_environment())
    # What went wrong is said in a sentence; log lines between would only be in a person's way.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    click.get_current_context().call_on_close(office.database.dispose)
    return office
