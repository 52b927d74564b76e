"""One action on many items at once, and the report of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app import door, policy
from app.api import asking, shapes
from app.api.answering import Answer, performed, said
from app.api.calls import ROW, Call
from app.batches import queries, working
from app.batches.commands import BatchOver, BeginBatch, CancelBatch, Pick, UnknownBatch
from app.batches.handling import AT_ONCE
from app.organisation import queries as people
from workflows.errors import Invalid
from workflows.once import Once, Replayed

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@Call(
    "POST",
    "/work-items/batch",
    policy.handles_work,
    summary="批量办理：对多件待办做同一操作，每件单独办理；20 件以内办完再回答，更多的由后台接着办（202）",
    body="Batch",
    gives="BatchReport",
    later=True,
    refusals=(Invalid,),
)
def begin_batch() -> ResponseReturnValue:
    """Begin a batch; a short one is done before the answer, a long one answers as it was begun."""
    command = _command(asking.body("Batch"))
    key, replayed = asking.idempotency_key(), False
    if key is None:
        batch_id = door.perform(command)
    else:
        try:
            batch_id = door.perform(command, once=Once(key, asking.fingerprint(), str))
        except Replayed as replay:
            batch_id, replayed = int(replay.answer), True
    batch_id = int(batch_id)
    working.at_once(batch_id)
    report = queries.report(door.reading(), door.current_actor(), batch_id)
    if report.batch.total > AT_ONCE:
        # What a repeated key gets must be the same however far the worker is by then.
        return Answer.of(shapes.batch(report, begun=True), 202).response(replayed=replayed)
    return Answer.of(shapes.batch(report)).response(replayed=replayed)


def _command(given: dict[str, Any]) -> BeginBatch:
    to = given.get("to")
    if isinstance(to, str):
        named = people.account_named(door.reading(), to)
        to = named.person_id if named else None
    return BeginBatch(
        action=given["action"],
        picks=tuple(Pick(one["id"], one.get("revision")) for one in given["items"]),
        conclusion=given.get("conclusion"),
        opinion=given.get("opinion"),
        to_person_id=to,
        reason=given.get("reason"),
    )


@Call(
    "GET",
    f"/batches/<{ROW}:batch_id>",
    policy.handles_work,
    summary="自己的一批：进度和逐件结果",
    gives="BatchReport",
    refusals=(UnknownBatch,),
)
def batch(batch_id: int) -> ResponseReturnValue:
    """One's own batch as it stands."""
    return said(shapes.batch(queries.report(door.reading(), door.current_actor(), batch_id)))


@Call(
    "POST",
    f"/batches/<{ROW}:batch_id>/cancel",
    policy.handles_work,
    summary="取消一批中还没有办的；已办的不受影响",
    gives="BatchReport",
    refusals=(UnknownBatch, BatchOver),
)
def cancel_batch(batch_id: int) -> ResponseReturnValue:
    """Call off what is not done yet; answers with the batch as it then stands."""
    return performed(
        CancelBatch(batch_id=batch_id),
        lambda session, _: Answer.of(shapes.batch(queries.report(session, door.current_actor(), batch_id))),
    )
