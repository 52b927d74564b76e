"""Reads behind the pages of publishing: what a reviewer has to know, where a procedure's versions stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from app.designer import queries as desk
from app.designer.trying import check_form
from workflows import catalogue
from workflows.administering import administers
from workflows.cases import RUNNING, SUSPENDED, Case
from workflows.catalogue import Procedure, ProcedureVersion, UnknownProcedure
from workflows.designing import migration_rows, retiring, simulate
from workflows.designing.amendments import Amendment, bundle_of, of_procedure, seen
from workflows.designing.effective import versions_of
from workflows.designing.findings import ERROR
from workflows.designing.migrating import UnknownMigration
from workflows.designing.migration_rows import Migration, MigrationCase
from workflows.designing.parts import SCENARIOS
from workflows.designing.reviewing import published_since, writers
from workflows.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from workflows.commands import Actor
    from workflows.designing.findings import Finding
    from workflows.designing.retiring import Retirement

PAGE = 200
"""So many cases of a migration stand on one page of its report."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An amendment as whoever reviews or publishes it has to see it."""

    row: Amendment
    base: ProcedureVersion | None
    findings: Sequence[Finding]
    scenarios: str
    others: Sequence[ProcedureVersion]
    hindrance: str
    wrote: bool

    @property
    def faults(self) -> int:
        """How many findings keep it from being published."""
        return sum(each.severity == ERROR for each in self.findings)


def reviewed(session: Session, actor: Actor, amendment_id: int) -> Reviewed:
    """The amendment with all that is to be known of it; raises UnknownAmendment."""
    row = seen(session, actor, amendment_id)
    return Reviewed(
        row,
        session.get(ProcedureVersion, row.base_id or 0),
        desk.findings(session, row.procedure_key, row.files),
        _scenarios(session, row),
        published_since(session, row),
        desk.hindrance(session, actor, row),
        actor.person_id in writers(row),
    )


def _scenarios(session: Session, row: Amendment) -> str:
    """What came of walking its scenarios, in words."""
    text = row.files.get(SCENARIOS, "")
    if not text.strip():
        return "没有附试办情景"
    try:
        release = catalogue.prepare(bundle_of(session, row.procedure_key, row.files))
        scripts = simulate.scenarios(text)
        wrong = [
            script.name for script in scripts if simulate.run(release, script, check_form=check_form).problems
        ]
    except Refusal as refusal:
        return f"试办情景不能运行：{refusal}"
    if wrong:
        return f"{len(scripts)} 个情景中有 {len(wrong)} 个与预期不符：{'、'.join(wrong)}"
    return f"{len(scripts)} 个情景全部与预期相符"


@dataclass(frozen=True, slots=True)
class Standing:
    """A procedure with its versions, and what is under way with them."""

    procedure: Procedure
    versions: Sequence[ProcedureVersion]
    amendments: Mapping[int, Amendment]
    """By the version that came of each."""
    live: Mapping[int, int]
    """How many cases are under way on each version."""
    retirement: Retirement | None
    migrations: Sequence[Migration]

    @property
    def elsewhere(self) -> int:
        """How many cases are under way on versions that are not in force."""
        return sum(
            count for version, count in self.live.items() if version != self.procedure.current_version_id
        )


def standing(session: Session, actor: Actor, key: str) -> Standing:
    """The procedure for its administrators; raises UnknownProcedure."""
    procedure = session.get(Procedure, key)
    if procedure is None or not administers(actor, procedure.division):
        raise UnknownProcedure(key=key)
    live = (
        select(Case.version_id, func.count())
        .where(Case.procedure_key == key, Case.state.in_((RUNNING, SUSPENDED)))
        .group_by(Case.version_id)
    )
    moves = select(Migration).where(Migration.procedure_key == key).order_by(Migration.id.desc())
    return Standing(
        procedure,
        versions_of(session, key),
        {row.version_id: row for row in of_procedure(session, key) if row.version_id is not None},
        {row[0]: row[1] for row in session.execute(live)},
        retiring.standing(session, key),
        session.scalars(moves).all(),
    )


@dataclass(frozen=True, slots=True)
class Report:
    """A migration, and what is said or became of each case."""

    job: Migration
    name: str
    counts: Mapping[str, int]
    rows: Sequence[MigrationCase]
    shown: str
    next: int | None

    @property
    def settled(self) -> int:
        """How many cases have been looked at, or dealt with once it is carried out."""
        waiting = migration_rows.ASKED if self.job.state == migration_rows.JUDGING else migration_rows.OPEN
        return self.job.total - self.counts.get(waiting, 0)

    @property
    def under_way(self) -> bool:
        """Whether a worker is at it."""
        return self.job.state in {migration_rows.JUDGING, migration_rows.MOVING}

    def count(self, *states: str) -> int:
        """How many cases stand there."""
        return sum(self.counts.get(state, 0) for state in states)


def report(session: Session, actor: Actor, migration_id: int, only: str = "", behind: int = 0) -> Report:
    """A migration for the administrators of its procedure; ``only`` leaves the cases of one state."""
    job = session.get(Migration, migration_id)
    procedure = session.get(Procedure, job.procedure_key) if job else None
    if job is None or procedure is None or not administers(actor, procedure.division):
        raise UnknownMigration
    query = select(MigrationCase).where(MigrationCase.migration_id == job.id, MigrationCase.id > behind)
    if only in migration_rows.CASE_WORDS:
        query = query.where(MigrationCase.state == only)
    rows = session.scalars(query.order_by(MigrationCase.id).limit(PAGE + 1)).all()
    more = rows[PAGE - 1].id if len(rows) > PAGE else None
    counts: Any = migration_rows.counts(session, job.id)
    return Report(job, procedure.name, counts, rows[:PAGE], only, more)
