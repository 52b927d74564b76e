"""Registers changed by hand: who may, what is refused, what stays on record."""

import pytest
from sqlalchemy import select

from app.registers import queries, subjects
from app.registers.commands import (
    AlreadyEntered,
    CorrectRow,
    NothingSealed,
    RegisterByHand,
    RemoveFromList,
    RevealColumn,
)
from app.registers.definition import UnknownRegister
from app.registers.models import RegisterEvent, RegisterRow
from app.registers.removing import RemovedByOneself
from app.registers.rows import IllegalMove, RowMoved
from tests.app.registers.conftest import OTHER_VILLAGE, VILLAGE, household, number
from workflows.audit import AuditEntry
from workflows.errors import Invalid, NotAllowed

BUREAU, CLERK, CADRE, FOREIGN = (
    "dongsheng-rvb1",
    "boerjianghaizi-clerk1",
    "zhejialiang-cadre1",
    "hantai-clerk1",
)
LEDGER = "warning_ledger"
IDENTIFIED = {"监测对象类别": "边缘易致贫户", "共同生活人数": "3"}
GACHA = "150724215210"


def by_hand(registry, by=CLERK, serial=1, **more):
    given = {
        "register": LEDGER,
        "division": VILLAGE,
        "name": "王秀兰",
        "identity": number(serial),
        "fields": IDENTIFIED,
        "reason": "补录纸质台账",
        **more,
    }
    return registry.do(RegisterByHand(**given), by)


def stored(registry, row_id):
    return registry.read(lambda session: session.get_one(RegisterRow, row_id))


def history(registry, row_id):
    query = select(RegisterEvent).where(RegisterEvent.row_id == row_id).order_by(RegisterEvent.seq)
    return registry.read(lambda session: list(session.scalars(query)))


def correct(registry, row_id, by=CLERK, seen=1, **more):
    command = CorrectRow(register=LEDGER, row_id=row_id, seen=seen, reason="录入有误", **more)
    return registry.do(command, by)


def test_a_row_entered_by_hand_says_by_whom_and_why(registry):
    row_id = by_hand(registry)

    [event] = history(registry, row_id)
    assert (event.event, event.unit, event.reason) == ("登记", "泊尔江海子镇人民政府", "补录纸质台账")
    assert stored(registry, row_id).fields["共同生活人数"] == 3


def test_a_hand_and_a_case_mean_the_same_household(one_registry):
    row_id = by_hand(one_registry)

    given = one_registry.ask("enter", subject=household(1), register=LEDGER, event="跟踪")

    assert given["row"] == row_id


def test_the_same_household_is_not_entered_twice(one_registry):
    row_id = by_hand(one_registry)

    with pytest.raises(AlreadyEntered):
        by_hand(one_registry)

    assert len(history(one_registry, row_id)) == 1


@pytest.mark.parametrize("by", [CADRE, FOREIGN, "dongsheng-civil-affairs1", "zhejialiang-household1"])
def test_only_the_registers_keepers_of_the_place_write_by_hand(one_registry, by):
    with pytest.raises(NotAllowed):
        by_hand(one_registry, by=by)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"identity": "150602197001010012"}, "identity"),
        ({"name": " "}, "name"),
        ({"division": ""}, "division"),
        ({"reason": "改"}, "reason"),
        ({"fields": {**IDENTIFIED, "人均纯收入": "很少"}}, "人均纯收入"),
        ({"fields": {}}, "监测对象类别"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(one_registry, more, field):
    with pytest.raises(Invalid) as refusal:
        by_hand(one_registry, **more)

    assert field in refusal.value.errors


def test_a_correction_keeps_what_stood_there(registry):
    row_id = by_hand(registry)

    correct(registry, row_id, fields={"共同生活人数": "5"})

    event = history(registry, row_id)[-1]
    assert (event.event, event.before, event.fields) == ("更正", {"共同生活人数": 3}, {"共同生活人数": 5})


def test_who_looked_at_an_older_state_is_told(one_registry):
    row_id = by_hand(one_registry)
    correct(one_registry, row_id, fields={"共同生活人数": "5"})

    with pytest.raises(RowMoved):
        correct(one_registry, row_id, fields={"共同生活人数": "6"})


def test_a_hand_makes_only_legal_moves(one_registry):
    row_id = by_hand(one_registry)
    correct(one_registry, row_id, status="自然减少")

    with pytest.raises(IllegalMove):
        correct(one_registry, row_id, seen=2, status="监测中")

    assert stored(one_registry, row_id).ended_at is not None


def test_a_correction_elsewhere_is_as_if_there_were_no_row(one_registry):
    row_id = by_hand(one_registry)

    with pytest.raises(UnknownRegister):
        correct(one_registry, row_id, by=FOREIGN, fields={"共同生活人数": "5"})


def test_taking_off_by_hand_needs_a_second_person(one_registry):
    fields = {"问题类别": ["住房安全"], "发现日期": "2026-03-01", "问题": "屋顶漏水"}
    row = one_registry.ask(
        "enter", subject=household(1), register="problems_ew", event="建账", fields=fields, division=GACHA
    )["row"]
    for status in ("整改中", "已整改"):
        one_registry.ask(
            "change",
            row=row,
            register="problems_ew",
            event="整改",
            status=status,
            actor="huisumu-clerk1",
            division=GACHA,
        )
    command = RemoveFromList(register="problems_ew", row_id=row, reason="现场核验已修好")

    with pytest.raises(RemovedByOneself):
        one_registry.do(command, "huisumu-clerk1")
    one_registry.do(command, "ewenke-rvb1")

    assert stored(one_registry, row).status == "已销号"


def test_a_number_is_shown_for_a_reason_that_stays_in_the_audit(registry):
    row_id = by_hand(registry)
    asked = {"register": LEDGER, "row_id": row_id, "reason": "核对参保身份"}

    plain = registry.do(RevealColumn(column="identity", **asked), CADRE)

    entries = registry.read(
        lambda s: list(s.scalars(select(AuditEntry.body).where(AuditEntry.stream.like("reveal:%"))))
    )
    assert plain == number(1)
    assert "核对参保身份" in entries[0]
    assert plain not in entries[0]
    with pytest.raises(NothingSealed):
        registry.do(RevealColumn(column="风险类型", **asked), CADRE)


def test_a_complaint_is_kept_from_the_person_complained_of(registry):
    fields = {
        "事项": "反映分配不公",
        "来源": "12317平台",
        "受理日期": "2026-03-01",
        "反映内容": "资金分配不公",
        "被反映人": ["涂志军"],
    }
    registry.ask("enter", register="petitions_ew", event="受理", fields=fields, division=GACHA)

    def seen(username):
        actor = registry.actor(username)
        return len(registry.read(queries.rows, actor, "petitions_ew", queries.Narrowed(), None, 20).rows)

    assert (seen("ewenke-supervisor1"), seen("ewenke-rvb1")) == (1, 0)
    with pytest.raises(UnknownRegister):
        seen("huisumu-clerk1")


def test_a_households_whole_life_is_told_in_order_and_only_to_those_above_it(registry, clock):
    row_id = by_hand(registry)
    clock.advance(days=1)
    paired = {"帮扶联系人": "李晓东", "来源": "镇干部", "结对日期": "2026-03-01"}
    registry.ask("enter", subject=household(1), register="helpers_ds", event="结对", fields=paired)
    by_hand(registry, serial=2, by=BUREAU, division=OTHER_VILLAGE)
    subject = stored(registry, row_id).subject_id

    life = registry.read(subjects.life, registry.actor(CADRE), subject)

    assert [name for name, _ in life.rows] == ["防返贫预警台账", "帮扶联系人名册"]
    assert [moment.what for moment in life.moments] == ["结对", "登记"]
    with pytest.raises(UnknownRegister):
        registry.read(subjects.life, registry.actor("chaideng-cadre1"), subject)


@pytest.mark.parametrize("sort", queries.SORTS)
def test_every_order_pages_through_all_rows_once(one_registry, sort):
    for serial in range(1, 8):
        fields = {**IDENTIFIED, "补办期限": f"2026-04-{serial % 3 + 1:02d}"}
        by_hand(one_registry, serial=serial, name=f"户{serial % 2}", fields=fields)
    actor, cursor, seen = one_registry.actor(BUREAU), None, []

    while True:
        narrowed = queries.Narrowed(sort=sort)
        found = one_registry.read(queries.rows, actor, LEDGER, narrowed, cursor, 3)
        seen += [row.id for row in found.rows]
        cursor = found.next
        if cursor is None:
            break

    assert len(seen) == len(set(seen)) == 7


def test_a_list_is_narrowed_by_words_columns_place_and_number(one_registry):
    by_hand(one_registry, serial=1, name="甲")
    by_hand(one_registry, serial=2, name="乙", fields={"监测对象类别": "脱贫不稳定户"})
    actor = one_registry.actor(BUREAU)

    def names(**narrowed):
        given = queries.Narrowed(sort="name", **narrowed)
        found = one_registry.read(queries.rows, actor, LEDGER, given, None, 20)
        return [row.subject_name for row in found.rows]

    assert names(q="乙") == ["乙"]
    assert names(q=number(1)) == ["甲"]
    assert names(where={"监测对象类别": "脱贫不稳定户"}) == ["乙"]
    assert names(where={"没有这一栏": "x"}, division=OTHER_VILLAGE) == []
