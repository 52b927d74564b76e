"""Moving running cases to another version: a dry run over every one of them, then each by its own command.

By default a case stays on its version. A migration (迁移) is begun by an administrator with a reason; the
worker judges every live case on a copy; only then may it be carried out, and each case is judged again
under its lock: what has changed since the dry run is not moved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from workflows import cases, catalogue, outbox, parameters
from workflows.cases import RUNNING, SUSPENDED, Case
from workflows.catalogue import PUBLISHED, Procedure, ProcedureVersion, UnknownProcedure
from workflows.commands import Command, Context, digest_of
from workflows.course import Course
from workflows.designing.amendments import require_ruler
from workflows.designing.effective import require_reason, version_of
from workflows.designing.judging import METHOD_WORDS, Verdict, judge
from workflows.designing.migration_rows import (
    ASKED,
    CANCELLED,
    DONE,
    DROPPED,
    FAILED,
    JUDGED,
    JUDGING,
    MOVED,
    MOVES,
    MOVING,
    OPEN,
    REFUSED,
    STATE_WORDS,
    Migration,
    MigrationCase,
    left,
    under_way,
)
from workflows.designing.replaying import MIGRATED
from workflows.errors import Conflict, Invalid, NotFound
from workflows.work_items import WorkItem

if TYPE_CHECKING:
    from workflows.cases import OpenCase

MOST = 20_000
"""Cases of one migration; more are refused rather than left out."""


class UnknownMigration(NotFound):
    """No such migration, or none of a procedure the person administers."""

    code = "migration.unknown"
    sentence = "没有找到这次迁移，请从事项的版本列表进入。"


class OtherUnderWay(Conflict):
    """One migration of a procedure at a time."""

    code = "migration.other_under_way"
    sentence = "本事项另有一次迁移正在试算或进行，请等它完成或取消后再试。"


class NotReady(Conflict):
    """The migration's state does not allow this."""

    code = "migration.not_ready"
    sentence = "这次迁移现在是“{state}”，不能{what}。"


class MovedOn(Conflict):
    """The case went on since the dry run."""

    code = "migration.case_moved_on"
    sentence = "办件在试算之后又有办理，没有迁移；如仍要迁移，请重新试算。"


class NotAsJudged(Conflict):
    """Judged again it comes out otherwise."""

    code = "migration.not_as_judged"
    sentence = "迁移时复核的结果与试算不同，没有迁移：{why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMigration(Command[int]):
    """试算: have every live case that is not on version ``to`` judged, on copies. Gives the migration's id.

    ``versions`` leaves only the cases of those versions.
    """

    procedure: str
    to: int
    reason: str
    versions: tuple[int, ...] = ()

    def authorise(self, ctx: Context) -> None:
        """An administrator of the procedure who takes no part in it."""
        procedure = ctx.session.get(Procedure, self.procedure, with_for_update=True)
        if procedure is None:
            raise UnknownProcedure(key=self.procedure)
        require_ruler(ctx, procedure)

    def run(self, ctx: Context) -> int:
        """Write down which cases; the worker looks at each."""
        require_reason(self.reason)
        version = version_of(ctx.session, self.procedure, self.to)
        if version.state != PUBLISHED:
            raise Invalid({"to": "只能迁移到现行版本。"})
        if under_way(ctx.session, self.procedure) is not None:
            raise OtherUnderWay
        live = ctx.session.execute(self._live(version.id)).all()
        if len(live) > MOST:
            raise Invalid({"version": f"在办的件超过 {MOST} 件，一次试算不完；请只选其中几版，分次迁移。"})
        row = Migration(
            procedure_key=self.procedure,
            to_id=version.id,
            to_number=version.number,
            state=JUDGING if live else DONE,
            reason=self.reason.strip(),
            total=len(live),
            by_id=ctx.actor.person_id,
            by=ctx.actor.name,
            created_at=ctx.now,
        )
        ctx.session.add(row)
        ctx.session.flush()
        if live:
            ctx.session.execute(insert(MigrationCase), [_asked(row.id, each) for each in live])
        _put_on_record(ctx, row, to=version.number, cases=len(live), reason=row.reason)
        return row.id

    def _live(self, to_id: int) -> Any:
        query = (
            select(Case.id, Case.number, Case.standing, ProcedureVersion.number.label("version"))
            .join(ProcedureVersion, ProcedureVersion.id == Case.version_id)
            .where(
                Case.procedure_key == self.procedure,
                Case.state.in_((RUNNING, SUSPENDED)),
                Case.version_id != to_id,
            )
        )
        if self.versions:
            query = query.where(ProcedureVersion.number.in_(self.versions))
        return query.order_by(Case.id).limit(MOST + 1)


def _asked(migration_id: int, row: Any) -> dict[str, Any]:
    return {
        "migration_id": migration_id,
        "case_id": row.id,
        "number": row.number,
        "from_number": row.version,
        "state": ASKED,
        "said": {},
        "stood": row.standing,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnCase(Command[bool]):
    """A worker's command on one case of a migration; False where there is nothing left to do."""

    row_id: int

    def authorise(self, ctx: Context) -> None:
        """Only the system; who ordered it was asked when they did."""
        ctx.require(ctx.actor.kind == "system")

    def _row(self, ctx: Context, state: str) -> tuple[MigrationCase, Migration] | None:
        # The job first, then the case, in every command: nobody waits for another in a ring.
        found = ctx.session.get_one(MigrationCase, self.row_id)
        job = ctx.session.get_one(Migration, found.migration_id, with_for_update=True)
        row = ctx.session.get_one(MigrationCase, self.row_id, with_for_update=True, populate_existing=True)
        return (row, job) if row.state == state else None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCase(_OnCase):
    """Look at one case on a copy; nothing of it changes."""

    recorded = False

    def run(self, ctx: Context) -> bool:
        """Keep what would become of it."""
        found = self._row(ctx, ASKED)
        if found is None:
            return False
        row, job = found
        case = cases.lock(ctx, row.case_id)
        assert case is not None  # noqa: S101 (the row names it by key)
        verdict = judge(ctx, case, job.to_id)
        row.state, row.said = (MOVES if verdict.moves else REFUSED), verdict.said()
        row.stood, row.seen = case.standing, _seen(case)
        ctx.session.flush()
        if not left(ctx.session, job.id, ASKED):
            job.state = JUDGED
        return True


def _seen(case: OpenCase) -> str:
    return digest_of([case.state, case.version_id], case.engine_state.hex())


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrateCase(_OnCase):
    """迁移一件: move one case, whole or not at all. Raises MovedOn or NotAsJudged."""

    def run(self, ctx: Context) -> bool:
        """Lock it, judge it again, and let it stand where the dry run said."""
        found = self._row(ctx, OPEN)
        if found is None:
            return False
        row, job = found
        case = cases.lock(ctx, row.case_id)
        if case is None or _seen(case) != row.seen:
            raise MovedOn
        verdict = judge(ctx, case, job.to_id)
        if verdict.said() != row.said:
            raise NotAsJudged(why=verdict.sentence or f"将停在“{verdict.stands}”")
        _move(ctx, case, job, verdict)
        row.state, row.settled_at = MOVED, ctx.now
        ctx.session.flush()
        _close_if_over(ctx, job)
        return True


def _move(ctx: Context, case: OpenCase, job: Migration, verdict: Verdict) -> None:
    assert verdict.step is not None  # noqa: S101 (a case that moves has one)
    before = case.version_id
    release = catalogue.release(ctx.session, job.to_id)
    course = Course.under(ctx, case, parameters.ruled(ctx.session, release, case.created_at))
    _refit(ctx, case.number, verdict.fitted)
    case.version_id, case.undo = job.to_id, []
    told = "；".join([METHOD_WORDS[verdict.method], *verdict.notes])
    case.take_down(
        ctx,
        kind=MIGRATED,
        step=MIGRATED,
        name=f"迁移至第 {job.to_number} 版",
        actor=job.by,
        actor_id=job.by_id,
        answers={"from_id": before, "to_id": job.to_id, "method": verdict.method, "migration": job.id},
        why=f"{job.reason}（{told}）",
    )
    course.take_over(replace(verdict.step, passed=(), written={}))
    cases.store(ctx, case, migration=job.id, to=job.to_number, bundle=release.digest, method=verdict.method)


def _refit(ctx: Context, number: str, fitted: dict[int, dict[str, Any]]) -> None:
    """Give open items what the new version says of them, before anybody asks which are open.

    Their ids, limits, drafts and holders stay; where another office has to act, both sides are told.
    """
    for item_id, values in fitted.items():
        before = ctx.session.execute(_HELD_BY.where(WorkItem.id == item_id)).one()
        ctx.session.execute(
            update(WorkItem).where(WorkItem.id == item_id).values(**values, revision=WorkItem.revision + 1)
        )
        if (before.role, before.unit_id) == (values["role"], values["unit_id"]):
            continue
        outbox.promise(ctx, "message", about="moved_here", case=number, item=item_id, **_whoever_acts(values))
        if before.assignee_id is not None:
            to = {"person_id": before.assignee_id, "to": values["unit"]}
            outbox.promise(ctx, "message", about="moved_away", case=number, item=item_id, **to)


_HELD_BY = select(WorkItem.role, WorkItem.unit_id, WorkItem.assignee_id)


def _whoever_acts(values: dict[str, Any]) -> dict[str, Any]:
    if values["assignee_id"]:
        return {"person_id": values["assignee_id"]}
    return {"role": values["role"], "unit_id": values["unit_id"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleCase(_OnCase):
    """Note that a case was not moved after all, and why."""

    recorded = False

    code: str
    sentence: str

    def run(self, ctx: Context) -> bool:
        """Close the row."""
        found = self._row(ctx, OPEN) or self._row(ctx, ASKED)
        if found is None:
            return False
        row, job = found
        judged = row.state == ASKED
        row.state = REFUSED if judged else FAILED
        row.code, row.sentence, row.settled_at = self.code, self.sentence, ctx.now
        if judged:
            row.said = Verdict(self.code, self.sentence).said()
        ctx.session.flush()
        if judged and not left(ctx.session, job.id, ASKED):
            job.state = JUDGED
        _close_if_over(ctx, job)
        return True


def _close_if_over(ctx: Context, job: Migration) -> None:
    if job.state == MOVING and not left(ctx.session, job.id, OPEN):
        job.state, job.finished_at = DONE, ctx.now


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnMigration(Command[int]):
    """A command on a migration as a whole."""

    migration_id: int

    def authorise(self, ctx: Context) -> None:
        """An administrator of the procedure who takes no part in it."""
        row = ctx.session.get(Migration, self.migration_id, with_for_update=True)
        if row is None:
            raise UnknownMigration
        require_ruler(ctx, ctx.session.get_one(Procedure, row.procedure_key))
        ctx.memory["row"] = row


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryOutMigration(_OnMigration):
    """开始迁移: let the worker move every case that the dry run says may be. Gives its id."""

    def run(self, ctx: Context) -> int:
        """Open their rows. Raises NotReady."""
        row: Migration = ctx.memory["row"]
        if row.state != JUDGED:
            raise NotReady(state=STATE_WORDS[row.state], what="开始迁移")
        version = ctx.session.get_one(ProcedureVersion, row.to_id)
        if version.state != PUBLISHED:
            raise Invalid({"to": "只能迁移到现行版本，请重新试算。"})
        opened = ctx.session.execute(
            update(MigrationCase)
            .where(MigrationCase.migration_id == row.id, MigrationCase.state == MOVES)
            .values(state=OPEN)
        )
        row.state, row.started_at = MOVING, ctx.now
        _close_if_over(ctx, row)
        _put_on_record(ctx, row, to=row.to_number, cases=opened.rowcount)  # type: ignore[attr-defined]
        return row.id


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMigration(_OnMigration):
    """取消迁移: what has not been moved stays; what was moved stays moved. Gives its id."""

    def run(self, ctx: Context) -> int:
        """Drop the rows still open. Raises NotReady."""
        row: Migration = ctx.memory["row"]
        if row.state not in {JUDGING, JUDGED, MOVING}:
            raise NotReady(state=STATE_WORDS[row.state], what="取消")
        ctx.session.execute(
            update(MigrationCase)
            .where(MigrationCase.migration_id == row.id, MigrationCase.state.in_((ASKED, MOVES, OPEN)))
            .values(state=DROPPED, settled_at=ctx.now)
        )
        row.state, row.finished_at = CANCELLED, ctx.now
        _put_on_record(ctx, row)
        return row.id


def _put_on_record(ctx: Context, row: Migration, **facts: Any) -> None:
    ctx.record("catalogue", procedure=row.procedure_key, migration=row.id, state=row.state, **facts)
