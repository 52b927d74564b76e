"""The audit speaks the office's words: every command has a name there."""

import importlib
import pkgutil

import app
import workflows
from app.security.deeds import NAMES
from workflows.commands import Command

STARTS = ("wsgi", "__main__")
"""Modules that start something when they are imported; no command is written in them."""


def commands() -> set[str]:
    for package in (workflows, app):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(STARTS):
                importlib.import_module(module.name)
    waiting, found = [Command], set()
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.run is not Command.run and kind.__module__.startswith(("app.", "workflows.")):
                found.add(kind.__name__)
    return found


def test_every_command_has_its_name_in_the_office():
    assert commands() - NAMES.keys() == set()


def test_no_name_is_kept_for_a_command_that_is_gone():
    assert NAMES.keys() - commands() == set()
