"""Many items at once: each by its own command, on record as part of a batch, refused by itself alone."""

import pytest
from sqlalchemy import select

from app.batches.commands import BeginBatch, CancelBatch, HandleBatchItem, Pick
from app.batches.models import Batch, BatchItem
from app.messages.models import Message
from tests.app.batches.crowd import begin, numbers, picks, reviewing, states
from tests.app.office import BUREAU, CADRE, CLERK, ELSEWHERE, OTHER_CADRE
from tests.workflows.desks import at_once
from workflows import outbox, proving, worker
from workflows.audit import AuditEntry
from workflows.journal import StepRecord
from workflows.work_items import WorkItem

OTHER_CLERK = "boerjianghaizi-clerk2"


def read(office, query):
    with office.executor.database.reading() as session:
        return session.scalars(query).all()


def entries(office, stream):
    return read(office, select(AuditEntry).where(AuditEntry.stream == stream).order_by(AuditEntry.seq))


def sound(office):
    with office.executor.database.reading() as session:
        return proving.verify(session).breaks == []


def test_each_item_is_done_by_its_own_command_and_its_chain_and_journal_say_of_which_batch(office):
    found = reviewing(office, 2)

    answer = begin(office, "complete", picks(office, found), conclusion="审核通过", opinion="材料齐全。")

    assert (answer.status_code, states(answer)) == (200, ["done", "done"])
    batch = answer.json["id"]
    for number in found:
        [row] = [one for one in office.case(number)["history"] if one["step"] == "township_review"]
        assert (row["conclusion"], row["opinion"], row["actor"]) == ("审核通过", "材料齐全。", row["actor"])
        assert row["why"] == f"批量办理（第 {batch} 批）"
        last = entries(office, f"case:{number}")[-1]
        assert last.command == "CompleteWorkItem"
        assert f'"batch":{batch}' in last.body
        assert office.item(number)["step"] == "county_decision"
    [begun] = entries(office, "batches")
    assert begun.command == "BeginBatch"
    assert f'"batch":{batch}' in begun.body
    assert sound(office)


def test_claiming_releasing_handing_over_and_reminding_are_on_record_as_of_a_batch(office):
    found = numbers(office, 2)

    for action, given in (
        ("claim", {}),
        ("release", {}),
        ("transfer", {"to": OTHER_CADRE, "reason": "明日外出培训。"}),
    ):
        answer = begin(office, action, picks(office, found, CADRE), by=CADRE, **given)
        assert states(answer) == ["done", "done"], answer.json
        for number in found:
            assert f'"batch":{answer.json["id"]}' in entries(office, f"case:{number}")[-1].body
    others = [{"id": office.item(number)["id"]} for number in found]
    reminded = begin(office, "remind", others, by=CADRE, reason="请抓紧。")

    assert states(reminded) == ["done", "done"]
    assert [office.item(number)["assignee"] for number in found] == [office.actor(OTHER_CADRE).name] * 2
    again = begin(office, "remind", others, by=CADRE)
    assert {one["code"] for one in again.json["items"]} == {"work_item.reminded_today"}


def test_a_refused_item_stops_none_of_the_others(office):
    found = reviewing(office, 3)
    wanted = picks(office, found)
    assert office.program(OTHER_CLERK).act(wanted[1]["id"], "save", revision=1, answers={}).status_code == 200

    answer = begin(office, "complete", wanted, conclusion="审核通过")

    assert states(answer) == ["done", "refused", "done"]
    assert answer.json["items"][1]["code"] == "work_item.not_yours"
    assert office.item(found[1])["step"] == "township_review"
    [refused] = [one for one in entries(office, "refused") if '"batch"' in one.body]
    assert refused.command == "CompleteWorkItem"
    assert sound(office)


def test_an_item_that_changed_since_the_list_was_shown_is_refused_as_stale(office):
    found = reviewing(office, 2)
    wanted = picks(office, found)
    office.program(CLERK).act(wanted[0]["id"], "claim")

    answer = begin(office, "complete", wanted, conclusion="审核通过")

    assert states(answer) == ["refused", "done"]
    assert answer.json["items"][0]["code"] == "work_item.stale"


def test_an_item_of_another_unit_smuggled_in_is_refused_and_nothing_is_said_of_it(office):
    found = reviewing(office, 1)
    [foreign] = picks(office, found)

    answer = begin(office, "claim", [foreign, {"id": 987654321, "revision": 1}], by=ELSEWHERE)

    assert states(answer) == ["refused", "refused"]
    for one in answer.json["items"]:
        assert (one["code"], one["case"], one["subject"]) == ("work_item.unknown", None, None)
    assert office.item(found[0])["state"] == "offered"


def test_only_items_of_one_step_are_completed_together(office):
    review, check = reviewing(office, 2), numbers(office, 1, first=10)
    office.take(review[0])
    [at_county] = picks(office, [review[0]], BUREAU)

    mixed = begin(
        office,
        "complete",
        [*picks(office, [review[1]], BUREAU), at_county, *picks(office, check, BUREAU)],
        by=BUREAU,
        conclusion="审定通过",
    )

    assert {one["code"] for one in mixed.json["items"]} == {"work_item.unknown", "invalid"}
    assert {office.item(number)["step"] for number in review + check} == {
        "county_decision",
        "township_review",
        "household_check",
    }


def test_what_the_form_asks_beyond_conclusion_and_opinion_must_be_in_the_draft(office):
    found = numbers(office, 2)
    cadre = office.program(CADRE)
    [filled, _] = picks(office, found, CADRE)
    answers = office.answers(cadre, "check_true")
    saved = cadre.act(filled["id"], "save", revision=filled["revision"], answers=answers)
    assert saved.status_code == 200

    answer = begin(
        office, "complete", picks(office, found, CADRE), by=CADRE, conclusion="属实", opinion="属实。"
    )

    assert states(answer) == ["done", "refused"]
    assert "请填写入户日期" in answer.json["items"][1]["sentence"]
    [row] = [one for one in office.case(found[0])["history"] if one["step"] == "household_check"]
    assert (row["answers"]["visitors"], row["opinion"]) == (answers["visitors"], "属实。")


def test_what_a_step_answered_in_its_last_round_counts_except_what_is_judged_anew(office):
    [number] = reviewing(office, 1)
    office.take(number, name="township_returned")

    answer = begin(
        office, "complete", picks(office, [number], CADRE), by=CADRE, conclusion="属实", opinion="已补充。"
    )

    # The signature of the last round proves nothing now.
    assert states(answer) == ["refused"]
    assert "签" in answer.json["items"][0]["sentence"]


def test_a_conclusion_that_needs_an_opinion_gets_none_without(office):
    found = reviewing(office, 1)

    answer = begin(office, "complete", picks(office, found), conclusion="退回")

    assert states(answer) == ["refused"]
    assert "意见" in answer.json["items"][0]["sentence"]


def test_the_same_key_begins_one_batch_and_answers_with_the_same_bytes(office):
    found = reviewing(office, 2)
    wanted = picks(office, found)

    first = begin(office, "complete", wanted, key="b-1", conclusion="审核通过")
    second = begin(office, "complete", wanted, key="b-1", conclusion="审核通过")
    other = begin(office, "complete", wanted, key="b-1", conclusion="退回")

    assert second.data == first.data
    assert second.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json["code"]) == (409, "idempotency.key_reused")
    assert len(read(office, select(Batch))) == 1


def test_a_long_batch_is_the_workers_and_ends_with_a_message(office):
    found = numbers(office, 24)
    wanted = picks(office, found, CADRE)

    begun = begin(office, "claim", wanted, by=CADRE, key="long")
    assert (begun.status_code, begun.json["state"], begun.json["open"]) == (202, "running", 24)
    worker.drain(office.executor)
    report = office.program(CADRE).get(f"/batches/{begun.json['id']}").json

    assert (report["state"], report["done"], report["open"]) == ("finished", 24, 0)
    assert begin(office, "claim", wanted, by=CADRE, key="long").data == begun.data
    me = office.actor(CADRE).person_id
    [message] = [
        one for one in read(office, select(Message).where(Message.person_id == me)) if "批量" in one.text
    ]
    assert message.link == f"/batches/{report['id']}"
    assert sound(office)


def test_calling_off_leaves_what_is_not_done_open_and_keeps_what_is(office):
    found = numbers(office, 22)
    begun = begin(office, "claim", picks(office, found, CADRE), by=CADRE).json
    rows = read(office, select(BatchItem.id).order_by(BatchItem.place))
    for row_id in rows[:5]:
        office.executor.execute(HandleBatchItem(row_id=row_id), by=office.actor(CADRE))

    stranger = office.program(OTHER_CADRE).post(f"/batches/{begun['id']}/cancel")
    called_off = office.program(CADRE).post(f"/batches/{begun['id']}/cancel")
    worker.drain(office.executor)

    assert stranger.status_code == 404
    report = office.program(CADRE).get(f"/batches/{begun['id']}").json
    assert called_off.json == report
    assert (report["state"], report["done"], report["dropped"]) == ("cancelled", 5, 17)
    assert [office.item(number)["state"] for number in found] == ["claimed"] * 5 + ["offered"] * 17
    again = office.program(CADRE).post(f"/batches/{begun['id']}/cancel")
    assert (again.status_code, again.json["code"]) == (409, "batch.over")


def test_a_batch_is_its_makers_alone(office):
    found = numbers(office, 1)
    made = begin(office, "claim", picks(office, found, CADRE), by=CADRE).json["id"]

    for who in (OTHER_CADRE, CLERK, BUREAU):
        assert office.program(who).get(f"/batches/{made}").status_code == 404
    assert office.program(CADRE).get(f"/batches/{made}").status_code == 200


def test_two_hundred_items_are_one_batch_and_one_more_is_too_many(office):
    found = numbers(office, 2)
    wanted = picks(office, found, CADRE)
    many = [*wanted, *({"id": 900_000 + n, "revision": 1} for n in range(198))]

    begun = begin(office, "claim", many, by=CADRE)
    refused = begin(office, "claim", [*many, {"id": 5, "revision": 1}], by=CADRE)
    twice = begin(office, "claim", [wanted[0], wanted[0]], by=CADRE)
    worker.drain(office.executor)

    assert begun.status_code == 202
    report = office.program(CADRE).get(f"/batches/{begun.json['id']}").json
    assert (report["total"], report["done"], report["refused"]) == (200, 2, 198)
    assert (refused.status_code, twice.status_code) == (422, 422)
    assert refused.json["errors"].keys() == {"items"}


def test_who_lost_the_role_meanwhile_has_every_item_refused(office):
    from app.organisation.commands import SetAccountActive

    found = numbers(office, 21)
    begun = begin(office, "claim", picks(office, found, CADRE), by=CADRE).json
    stopped = SetAccountActive(account_id=office.actor(CADRE).account_id, active=False, reason="调离")
    office.executor.execute(stopped, by=office.actor("system-officer"))
    worker.drain(office.executor)

    assert {row.code for row in read(office, select(BatchItem))} == {"account.unknown"}
    assert {office.item(number)["state"] for number in found} == {"offered"}
    assert read(office, select(Batch.finished_at).where(Batch.id == begun["id"]))[0]


def test_request_and_worker_at_the_same_item_do_it_once(office):
    found = reviewing(office, 4)
    actor = office.actor(CLERK)
    ids = [office.item(number)["id"] for number in found]
    batch = office.executor.execute(
        BeginBatch(action="complete", picks=tuple(Pick(one, 1) for one in ids), conclusion="审核通过"),
        by=actor,
    )
    rows = read(office, select(BatchItem.id))

    def by_hand():
        for row_id in rows:
            office.executor.execute(HandleBatchItem(row_id=row_id), by=actor)

    raised = at_once(by_hand, by_hand, lambda: worker.drain(office.executor))

    assert not [one for one in raised if isinstance(one, Exception)], raised
    done = read(office, select(StepRecord.item_id).where(StepRecord.step == "township_review"))
    assert sorted(done) == sorted(ids)
    assert {row.state for row in read(office, select(BatchItem))} == {"done"}
    assert read(office, select(Batch.finished_at).where(Batch.id == batch))[0]
    assert sound(office)


def test_someone_else_completes_one_at_the_same_moment_and_it_is_done_once(office):
    found = reviewing(office, 3)
    wanted = picks(office, found)
    other = office.program(OTHER_CLERK)
    middle = wanted[1]["id"]

    answer, rival = at_once(
        lambda: begin(office, "complete", wanted, conclusion="审核通过"),
        lambda: other.act(middle, "complete", revision=1, answers={"conclusion": "审核通过"}),
    )

    took_it = rival.status_code == 200
    assert states(answer) == ["done", "refused" if took_it else "done", "done"]
    records = read(office, select(StepRecord).where(StepRecord.step == "township_review"))
    assert sorted(row.item_id for row in records) == sorted(one["id"] for one in wanted)
    assert sound(office)


def test_calling_off_while_workers_are_at_it_leaves_each_item_done_or_dropped(office):
    found = numbers(office, 21)
    begun = begin(office, "claim", picks(office, found, CADRE), by=CADRE).json["id"]
    actor = office.actor(CADRE)

    at_once(
        lambda: worker.drain(office.executor),
        lambda: worker.drain(office.executor),
        lambda: office.executor.execute(CancelBatch(batch_id=begun), by=actor),
    )

    rows = read(office, select(BatchItem))
    claimed = {row.id for row in read(office, select(WorkItem).where(WorkItem.state == "claimed"))}
    assert {row.item_id for row in rows if row.state == "done"} == claimed
    assert {row.state for row in rows} <= {"done", "dropped"}
    assert sound(office)


def test_a_promise_of_an_item_that_has_its_result_is_kept_by_doing_nothing(office):
    found = numbers(office, 2)
    begin(office, "claim", picks(office, found, CADRE), by=CADRE)
    before = [len(entries(office, f"case:{number}")) for number in found]

    worker.drain(office.executor)

    assert [len(entries(office, f"case:{number}")) for number in found] == before
    assert not read(office, select(outbox.OutboxEffect).where(outbox.OutboxEffect.delivered_at.is_(None)))


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"action": "complete", "items": []}, "items"),
        ({"action": "jump", "items": [{"id": 1, "revision": 1}]}, "action"),
        ({"action": "complete", "items": [{"id": 1}]}, "items"),
        ({"action": "transfer", "items": [{"id": 1, "revision": 1}], "to": CADRE}, "reason"),
        ({"action": "transfer", "items": [{"id": 1, "revision": 1}], "reason": "忙"}, "to"),
    ],
)
def test_a_batch_that_asks_nothing_sensible_is_refused_by_field(standing_office, given, wrong):
    answer = standing_office.program(CADRE).post("/work-items/batch", given)

    assert answer.status_code == 422
    assert wrong in answer.json["errors"]


def test_the_report_fits_what_is_documented(one_office):
    from jsonschema import Draft202012Validator

    from app.api import openapi

    found = numbers(one_office, 1)
    answer = begin(
        one_office, "claim", [*picks(one_office, found, CADRE), {"id": 77, "revision": 1}], by=CADRE
    )

    document = openapi.build()
    shape = {"$ref": "#/components/schemas/BatchReport", "components": document["components"]}
    assert list(Draft202012Validator(shape).iter_errors(answer.json)) == []
    responses = document["paths"]["/work-items/batch"]["post"]["responses"]
    assert responses.keys() >= {"200", "202", "409", "422"}


def test_an_overdue_item_is_completed_by_itself_since_its_lateness_needs_a_reason(office):
    late = reviewing(office, 1)
    office.clock.advance(days=20)
    [item] = picks(office, late)

    answer = begin(office, "complete", [item], conclusion="审核通过", opinion="同意。")
    sent = {"item": f"{item['id']}.{item['revision']}", "action": "complete"}
    checked = office.browser(CLERK).post("/batches/check", "/?batch=1", **sent)

    assert states(answer) == ["refused"]
    assert "逾期" in answer.json["items"][0]["sentence"]
    assert "请逐件办理，写明逾期的原因" in checked.text
    assert office.item(late[0])["step"] == "township_review"
