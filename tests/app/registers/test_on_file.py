"""What is on file: the newest source counts, nobody learns more than they may read, numbers stay sealed."""

import pytest

from app.registers import commands, on_file
from app.registers.models import RegisterRow
from app.security import demo, sealing
from tests.app.office import BUREAU, CADRE, CLERK, ELSEWHERE, HOUSEHOLD, NEIGHBOUR, VILLAGE
from workflows.ports import About

NAMES = set(on_file.VOCABULARY)
HEAD = demo.households()[0]


def entered(office, register="households_ds", name=HEAD.name, identity=HEAD.identity, **fields):
    command = commands.RegisterByHand(
        register=register,
        division=VILLAGE,
        name=name,
        identity=identity,
        fields=fields,
        reason="补录纸质台账",
    )
    row_id = office.executor.execute(command, by=office.actor(CLERK))
    with office.executor.database.reading() as session:
        return session.get_one(RegisterRow, row_id).number


def known(office, by=CADRE, about=None, told=None, wanted=NAMES):
    subject = {} if about is None else about
    with office.executor.database.reading() as session:
        asked = About(VILLAGE, subject)
        told = {"household.identity": HEAD.identity} if told is None else told
        return on_file.found(session, office.actor(by), office.clock.now(), asked, wanted, told)


def test_a_register_tells_its_columns_with_its_name_and_the_day_they_were_written(office):
    entered(office, 联系电话="13947712345", 住址="折家梁村二社3号")

    found = known(office)

    assert found["household.name"].value == HEAD.name
    assert found["household.address"].value == "折家梁村二社3号"
    assert found["household.address"].source == "东胜区农牧户花名册"
    assert found["household.address"].on == office.clock.now().date()


def test_numbers_on_file_are_sealed(office):
    entered(office, 联系电话="13947712345")

    found = known(office)

    for name, plain in (("household.identity", HEAD.identity), ("household.phone", "13947712345")):
        assert sealing.is_sealed(found[name].value)
        assert plain not in str(found[name])


def test_the_newest_source_counts_and_only_for_what_it_tells(office):
    entered(office, 住址="老院子1号", 户类型="脱贫户")
    office.clock.advance(days=3)
    number = office.start(
        CADRE,
        address="折家梁村一社12号",
        household_type="脱贫户",
        source="干部走访排查",
        channel=None,
        found_on="2026-03-01",
        found_by="赵五",
        corrections={"address": "去年搬了家"},
    )

    after_case = known(office)

    assert after_case["household.address"].value == "折家梁村一社12号"
    assert after_case["household.address"].source == f"办件 {number} 提交申请"


def test_a_correction_in_the_register_is_newer_than_an_older_case(office):
    office.start(CADRE)
    office.clock.advance(days=1)
    entered(office, 住址="新村5号")

    assert known(office)["household.address"].value == "新村5号"


def test_each_column_has_the_day_it_was_written_not_the_row(office):
    number = entered(office, 住址="老院子1号")
    first = office.clock.now().date()
    office.clock.advance(days=5)
    with office.executor.database.reading() as session:
        row = on_file.row_numbered(session, office.actor(CLERK), number)
    correct = commands.CorrectRow(
        register="households_ds", row_id=row.id, seen=1, fields={"网格": "三网格"}, reason="划分网格"
    )
    office.executor.execute(correct, by=office.actor(CLERK))

    assert known(office)["household.address"].on == first


@pytest.mark.parametrize("who", [ELSEWHERE, NEIGHBOUR])
def test_nobody_learns_what_is_on_file_of_a_household_they_may_not_read(office, who):
    number = entered(office, 联系电话="13947712345", 住址="折家梁村二社3号")
    case = office.start(CADRE, address="折家梁村二社3号", phone="13947712345")

    assert known(office, by=who) == {}
    assert known(office, by=who, about={"on_file": number}, told={}) == {}
    assert known(office, by=who, about={"on_file": case}, told={}) == {}


@pytest.mark.parametrize("who", [CADRE, CLERK, BUREAU])
def test_whoever_looks_after_the_village_has_it(office, who):
    entered(office, 住址="折家梁村二社3号")

    assert known(office, by=who)["household.address"].value == "折家梁村二社3号"


def test_a_household_has_what_is_on_file_of_itself(office):
    entered(office, 住址="折家梁村二社3号")

    found = known(office, by=HOUSEHOLD, about={"on_file": "own"}, told={})

    assert found["household.address"].value == "折家梁村二社3号"


def test_a_picked_row_tells_of_its_household_and_a_picked_case_too(office):
    number = entered(office, 住址="折家梁村二社3号")
    case = office.start(CADRE, address="折家梁村二社3号")

    by_row = known(office, about={"on_file": number}, told={})
    by_case = known(office, about={"on_file": case}, told={})

    assert by_row["household.identity"].value["hash"] == by_case["household.identity"].value["hash"]
    assert [one["name"] for one in by_case["household.members"].value] == ["刘四"]


def test_an_income_is_worth_offering_for_a_year(office):
    office.start(CADRE)

    before = known(office)
    office.clock.advance(days=366)
    after = known(office)

    assert before["household.income"].value == 21000
    assert "household.income" not in after
    assert "household.address" in after


def test_what_only_an_earlier_step_said_is_of_its_own_case_alone(office):
    office.start(CADRE)

    assert known(office, wanted={"case.risk_point", "case.source"}) == {}


def test_a_project_is_known_by_its_number(office):
    command = commands.RegisterByHand(
        register="projects_ew",
        division="150724000000",
        fields={"项目名称": "饲草料基地", "年度": 2026, "项目投资": 600000},
        reason="补录纸质台账",
    )
    bureau = next(one.username for one in _accounts(office) if _is_bureau(one))
    row_id = office.executor.execute(command, by=office.actor(bureau))
    with office.executor.database.reading() as session:
        number = session.get_one(RegisterRow, row_id).number

    found = known(office, by=bureau, told={"project.number": number})
    nobody = known(office, by=CADRE, told={"project.number": number})

    assert (found["project.name"].value, found["project.total"].value) == ("饲草料基地", 600000)
    assert found["project.number"].value == number
    assert nobody == {}


def _is_bureau(account):
    grants = [(grant.role, grant.division) for grant in account.grants]
    return ("county_rvb", "150724000000") in grants


def _accounts(office):
    with office.executor.database.reading() as session:
        return demo.accounts(session)


def test_every_name_says_what_it_is():
    for name, one in on_file.VOCABULARY.items():
        kind, _, rest = name.partition(".")
        assert kind in on_file.ROSTERS
        assert rest
        assert one.words


def test_the_columns_named_are_columns_of_some_register_of_that_kind():
    for name, one in on_file.VOCABULARY.items():
        kind = name.partition(".")[0]
        known_columns = {
            column.name
            for locality in ("DS", "AQ", "EW", "GT", "DK")
            for of in on_file.rosters(kind, locality)
            for column in of.columns
        }
        assert set(one.columns) <= known_columns, name
