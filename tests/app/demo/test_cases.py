import pytest
from sqlalchemy import func, select

from app.attachments.models import Attachment
from app.demo.cases import seed_cases
from app.demo.desks import NobodyThere
from app.security import demo, sealing
from tests.app.office import Office
from workflows import audit, cases
from workflows.cases import Case
from workflows.journal import StepRecord
from workflows.work_items import OPEN, WorkItem

MANY = 40


def told(executor, query):
    with executor.database.reading() as session:
        return session.execute(query).all()


@pytest.mark.seconds(180)
def test_seeded_cases_stand_at_every_step_and_ended_in_every_way(office, clock):
    seed_cases(office.executor, MANY, data_dir=office.settings.data_dir, until=clock.now())

    outcomes = {row.outcome for row in told(office.executor, select(Case.outcome))}
    standing = {
        row.step for row in told(office.executor, select(WorkItem.step).where(WorkItem.state.in_(OPEN)))
    }
    [late] = told(
        office.executor,
        select(func.count()).where(WorkItem.state.in_(OPEN), WorkItem.due_at < clock.now()),
    )

    assert outcomes >= {None, "已纳入监测", "核实不属实", "不予认定"}
    assert standing == {
        "household_check",
        "village_review",
        "publicity",
        "township_review",
        "county_decision",
    }
    assert late[0] > 0


@pytest.mark.seconds(180)
def test_seeded_cases_are_whole_records_of_the_past(one_office, clock):
    executor = one_office.executor
    seed_cases(executor, MANY, data_dir=one_office.settings.data_dir, until=clock.now())

    with executor.database.reading() as session:
        verification = audit.verify(session, heads=cases.heads(session))
        latest = session.scalar(select(func.max(StepRecord.at)))
        numbers = session.scalars(select(Case.number).order_by(Case.created_at)).all()

    assert verification.sound
    assert latest < clock.now()
    assert numbers == sorted(numbers, key=lambda number: (number[:11], number))


@pytest.mark.seconds(180)
def test_the_same_number_of_cases_is_the_same_cases_and_more_are_others(
    one_office, tmp_path, sqlite_url, clock
):
    def names(office):
        query = select(Case.subject_name, Case.standing, Case.outcome, Case.created_at).order_by(Case.number)
        return told(office.executor, query)

    folder = one_office.settings.data_dir
    seed_cases(one_office.executor, 10, data_dir=folder, until=clock.now())
    first = names(one_office)
    again = Office(f"sqlite:///{tmp_path / 'again.sqlite3'}", tmp_path / "again", clock)
    again_tables(again)
    seed_cases(again.furnish().executor, 10, data_dir=tmp_path / "again", until=clock.now())
    seed_cases(one_office.executor, 10, data_dir=folder, until=clock.now())

    assert names(again) == first
    assert len(names(one_office)) == 20
    again.close()


def again_tables(office):
    from migrations.tables import all_tables

    all_tables().create_all(office.executor.database.engine)


@pytest.mark.seconds(180)
def test_the_households_of_demonstration_accounts_stay_free(one_office, clock):
    seed_cases(one_office.executor, 20, data_dir=one_office.settings.data_dir, until=clock.now())

    taken = {row.subject_key for row in told(one_office.executor, select(Case.subject_key))}
    theirs = {sealing.keyed_hash("identity", one.identity) for one in demo.households()}

    assert len(taken) == 20
    assert not taken & theirs
    one_office.start()


def a_paper(path):
    """An issued document, kept beside the pictures."""
    return path.read_bytes().startswith(b"%PDF-")


@pytest.mark.seconds(180)
def test_pictures_are_kept_once_and_belong_to_their_cases(one_office, clock):
    folder = one_office.settings.data_dir
    seed_cases(one_office.executor, 12, data_dir=folder, until=clock.now())

    files = [path for path in (folder / "attachments").rglob("*") if path.is_file() and not a_paper(path)]
    rows = told(one_office.executor, select(Attachment.case_id, Attachment.sha256))

    assert len(files) == 3
    assert {row.sha256 for row in rows} == {path.name for path in files}
    assert None not in {row.case_id for row in rows}


def test_without_people_nobody_can_take_a_case(sqlite_url, tmp_path, clock):
    empty = Office(sqlite_url, tmp_path / "data", clock)

    with pytest.raises(NobodyThere):
        seed_cases(empty.executor, 1, data_dir=tmp_path)
    empty.close()
