"""The tables of a test database, and the way an installation gets them."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from migrations.tables import all_tables
from workflows.db import make_engine

ROOT = Path(__file__).resolve().parent.parent


def make_tables(url: str) -> None:
    """Every table as the models say; a guard proves that the migrations lead to the same."""
    engine = make_engine(url)
    all_tables().create_all(engine)
    engine.dispose()


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision."""
    command.upgrade(migrations_of(url), revision)


def migrations_of(url: str) -> Config:
    """Alembic's settings for one database."""
    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    config.attributes["url"] = url
    return config
