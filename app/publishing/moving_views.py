"""Pages of moving running cases: the dry run, its report, the move itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from app import door, policy
from app.errors import status_of
from app.pages import go, page
from app.publishing import queries
from app.publishing.views import bp
from workflows.designing.judging import METHOD_WORDS
from workflows.designing.migrating import CancelMigration, CarryOutMigration, PlanMigration
from workflows.designing.migration_rows import CASE_WORDS, STATE_WORDS
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from workflows.commands import Command


@bp.get("/publishing/<key>/move")
@policy.allow(policy.sets_parameters)
def ask_move(key: str) -> ResponseReturnValue:
    """Ask which cases, and why."""
    return _ask_move(key)


def _ask_move(
    key: str, status: int = 200, problem: str = "", errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    found = queries.standing(door.reading(), door.current_actor(), key)
    return page(
        "publishing/move.html",
        status,
        found=found,
        procedure=found.procedure,
        problem=problem,
        errors=errors or {},
        given=request.form,
    )


@bp.post("/publishing/<key>/move")
@policy.allow(policy.sets_parameters)
def move(key: str) -> ResponseReturnValue:
    """试算: have every live case looked at."""
    versions = tuple(int(each) for each in request.form.getlist("version") if each.isdecimal())
    try:
        migration_id = door.perform(
            PlanMigration(
                procedure=key,
                to=request.form.get("to", 0, type=int),
                reason=request.form.get("reason", ""),
                versions=versions,
            )
        )
    except Invalid as refusal:
        beside = "".join(said for field, said in refusal.errors.items() if field != "reason")
        return _ask_move(key, 422, beside, refusal.errors)
    except Refusal as refusal:
        return _ask_move(key, status_of(refusal), str(refusal))
    return go(".migration", "已开始试算，没有改动任何办件。", migration_id=migration_id)


@bp.get("/publishing/migrations/<int:migration_id>")
@policy.allow(policy.sets_parameters)
def migration(migration_id: int) -> ResponseReturnValue:
    """The report: who moves, where each would stand, who does not and why."""
    return _migration(migration_id)


def _migration(migration_id: int, status: int = 200, problem: str = "") -> ResponseReturnValue:
    report = queries.report(
        door.reading(),
        door.current_actor(),
        migration_id,
        request.args.get("state", ""),
        request.args.get("behind", 0, type=int),
    )
    return page(
        "publishing/migration.html",
        status,
        report=report,
        job=report.job,
        state=STATE_WORDS[report.job.state],
        words=CASE_WORDS,
        methods=METHOD_WORDS,
        problem=problem,
    )


@bp.post("/publishing/migrations/<int:migration_id>/carry-out")
@policy.allow(policy.sets_parameters)
def carry_out(migration_id: int) -> ResponseReturnValue:
    """开始迁移."""
    return _on_migration(migration_id, CarryOutMigration(migration_id=migration_id), "已开始迁移，逐件办理。")


@bp.post("/publishing/migrations/<int:migration_id>/cancel")
@policy.allow(policy.sets_parameters)
def cancel(migration_id: int) -> ResponseReturnValue:
    """取消."""
    said = "已取消，没有迁移的办件保持原状。"
    return _on_migration(migration_id, CancelMigration(migration_id=migration_id), said)


def _on_migration(migration_id: int, command: Command[int], said: str) -> ResponseReturnValue:
    try:
        door.perform(command)
    except Refusal as refusal:
        return _migration(migration_id, status_of(refusal), str(refusal))
    return go(".migration", said, migration_id=migration_id)
