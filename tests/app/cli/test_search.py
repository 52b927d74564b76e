"""The index of cases is made anew from the record, whatever had become of it."""

from sqlalchemy import delete, func, select

from app.searching.models import CasePosting, CaseText
from tests.bpmn.artefacts import copied
from workflows.cases import Case
from workflows.db import Database


def counted(url, table):
    database = Database(url)
    try:
        with database.reading() as session:
            return session.scalar(select(func.count()).select_from(table))
    finally:
        database.dispose()


def lose(url):
    database = Database(url)
    with database.writing.begin() as session:
        session.execute(delete(CasePosting))
    database.dispose()


def test_a_lost_index_is_made_anew(installed, xiangshen, database_url, tmp_path):
    few = str(copied(tmp_path / "few", "fp_01_ds"))
    for words in (["procedures", "import", "--folder", few], ["demo", "seed", "--cases", "6"]):
        assert xiangshen(*words).code == 0
    cases = counted(database_url, Case)
    assert xiangshen("search", "rebuild").code == 0
    terms = counted(database_url, CasePosting)
    lose(database_url)

    ended = xiangshen("search", "rebuild")

    assert (ended.code, ended.complained) == (0, "")
    assert ended.said.endswith(f"全文索引已重建，共 {cases} 个办件。\n")
    assert counted(database_url, CaseText) == cases > 0
    assert counted(database_url, CasePosting) == terms > 100
