"""The office: people, registers, pages. ``create_app`` plugs everything together and decides nothing."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from app.settings import Settings
    from workflows.clock import Clock

FEATURES = (
    "security",
    "organisation",
    "attachments",
    "registers",
    "papers",
    "messages",
    "phrases",
    "absences",
    "relatives",
    "handover",
    "notices",
    "catalogue",
    "parameters",
    "designer",
    "designer.editors",
    "calendars",
    "cases",
    "evidence",
    "copies",
    "handling",
    "officers",
    "inbox",
    "batches",
    "keeping",
    "comparing",
    "publishing",
    "supervision",
    "api",
    "health",
)
"""The folders with pages; each offers a blueprint ``bp``."""


def create_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """The web application for one installation; ``clock`` replaces the machine's time in tests."""
    from app import door, errors, plugs, serving  # noqa: PLC0415 (the engine room loads only once an app is wanted)

    app = Flask(__name__)
    app.config.from_mapping(serving.flask_config(settings))
    app.extensions["settings"] = settings
    app.extensions["executor"] = plugs.executor(settings, clock)
    app.extensions["counts"] = plugs.COUNTS
    serving.bind(app, settings)
    errors.register(app)
    app.teardown_appcontext(door.close_reading)
    for feature in FEATURES + (("demo",) if settings.demo else ()):
        app.register_blueprint(importlib.import_module(f"app.{feature}").bp)
    return app
