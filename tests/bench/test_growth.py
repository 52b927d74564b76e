import pytest
from sqlalchemy import func, select

from bench import growth
from bench.databases import SqliteFiles
from bench.traffic import MeasuredDesks
from tests.journeys.test_kill import torn
from workflows import audit, cases
from workflows.cases import Case


@pytest.mark.seconds(180)
def test_a_grown_database_is_as_sound_as_the_cases_it_was_grown_from(tmp_path):
    files = SqliteFiles(tmp_path)
    base = files.fresh("block")
    growth.block(base, tmp_path)

    office = growth.grown(base, tmp_path, 3 * growth.BLOCK)

    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 3 * growth.BLOCK
        assert audit.verify(session, heads=cases.heads(session)).sound
        assert torn(session) == []
    MeasuredDesks(office, first=900_000).begun(("apply", "check", "review"))
    office.database.dispose()
