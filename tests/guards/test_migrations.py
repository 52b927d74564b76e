"""The migrations lead, one after the other, to what the models say."""

import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from migrations.tables import all_tables
from tests.databases import migrations_of, upgrade
from tests.guards.sources import ROOT

VERSIONS = ROOT / "migrations" / "versions"
HEAD = ROOT / "migrations" / "HEAD"


def steps() -> list[Path]:
    return sorted(VERSIONS.glob("*.py"))


def test_steps_are_numbered_without_a_gap():
    names = [step.stem for step in steps()]

    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+", name) for name in names), names
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_the_head_file_names_the_newest_step():
    """Two branches that each add a step collide in this file, in review and not in production."""
    newest = [step.stem for step in steps()][-1:]

    assert ([HEAD.read_text().strip()] if HEAD.exists() else []) == newest


def test_each_step_follows_the_one_before():
    script = ScriptDirectory.from_config(migrations_of("sqlite://"))
    chain = [revision.revision for revision in script.walk_revisions()][::-1]

    assert chain == [step.stem[:4] for step in steps()]


def test_the_migrated_tables_are_those_of_the_models(empty_database_url):
    if steps():
        upgrade(empty_database_url)
        engine = create_engine(empty_database_url, poolclass=NullPool)

        with engine.connect() as connection:
            differences = compare_metadata(MigrationContext.configure(connection), all_tables())

        assert differences == []
