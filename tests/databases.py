"""The tables of a test database, made the way an installation gets them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from migrations.tables import all_tables

ROOT = Path(__file__).resolve().parent.parent


def make_tables(url: str) -> None:
    """Run every migration; before there is a first one, make the tables as the models say."""
    if any((ROOT / "migrations" / "versions").glob("0*.py")):
        upgrade(url)
    else:
        engine = create_engine(url, poolclass=NullPool)
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
