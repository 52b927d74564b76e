"""What gunicorn loads: the application, with every procedure in force parsed before the first request."""

import structlog
from sqlalchemy.exc import SQLAlchemyError

import forms
from app import create_app, plugs
from app.logs import configure
from app.settings import Settings
from workflows import catalogue
from workflows.commands import Executor


def warm(executor: Executor) -> int:
    """Parse what is in force, diagrams and forms alike; gives how many procedures that were."""
    try:
        with executor.database.reading() as session:
            releases = catalogue.in_force(session)
    except SQLAlchemyError as error:
        # A database that is away now is no reason not to start: pages say so until it is back.
        structlog.get_logger("start").warning("procedures not parsed yet", error=str(error)[:200])
        return 0
    for release in releases:
        for text in release.forms.values():
            forms.parse(text)
    return len(releases)


configure()
app = create_app(Settings.from_environment())
warm(app.extensions["executor"])
plugs.set_aside()
