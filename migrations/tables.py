"""Every table the models describe: the one place that knows where models live."""

import importlib
import pkgutil
from pathlib import Path

from sqlalchemy import MetaData

import app
import workflows
from workflows import designing
from workflows.db import Base


def all_tables() -> MetaData:
    """Import whatever declares tables and give the metadata that then knows them all.

    The engine room keeps its tables beside the rules about them, so each of its modules counts;
    the office keeps them in a `models` module per folder.
    """
    for package in (workflows, designing):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    for models in sorted(Path(app.__file__).parent.glob("*/models.py")):
        importlib.import_module(f"app.{models.parent.name}.models")
    return Base.metadata
