"""Beginning a backtest, keeping what came of it, calling it off. No command here touches a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import insert, select

from app import scope
from app.comparing import queries
from app.comparing.models import Backtest, BacktestCase
from workflows import catalogue
from workflows.cases import Case
from workflows.clock import start_of_day
from workflows.commands import Command, division_span
from workflows.designing.comparing import require_forms
from workflows.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.comparing.queries import Overseen
    from workflows.commands import Context

MOST = 2_000
"""So many cases at most in one backtest."""


class UnknownBacktest(NotFound):
    """No such backtest, or none of a procedure the person oversees."""

    code = "backtest.unknown"
    sentence = "没有找到这次回溯检验，请从事项的版本页进入。"


class BacktestOver(Conflict):
    """Nothing is left to call off."""

    code = "backtest.over"
    sentence = "这次回溯检验已经结束，没有可取消的了。"


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginBacktest(Command[int]):
    """回溯检验: try a version or an amendment on the newest cases of the procedure. Gives its id."""

    procedure: str
    code: str
    division: str = ""
    since: date | None = None
    until: date | None = None
    most: int = 500
    assume: bool = True

    def authorise(self, ctx: Context) -> None:
        """Whoever administers or supervises the procedure, for cases in their area."""
        found = ctx.memory["procedure"] = queries.overseen(ctx.session, ctx.actor, self.procedure)
        if self.division and not scope.oversees(ctx.actor, self.division):
            raise Invalid({"division": "请选择您管理范围内的区划。"})
        ctx.memory["side"] = found.side(self.code)

    def run(self, ctx: Context) -> int:
        """Keep the draft as it is now, and which cases it is tried on; the worker does the rest."""
        if not 1 <= self.most <= MOST:
            raise Invalid({"most": f"件数应为 1 至 {MOST}。"})
        procedure: Overseen = ctx.memory["procedure"]
        bundle = queries.bundle(ctx.session, self.procedure, self.code)
        require_forms(bundle)
        catalogue.prepare(bundle)
        division = self.division or procedure.division
        cases = list(ctx.session.scalars(self._cases(division)))
        if not cases:
            raise Invalid({"most": "所选范围内没有办件，请放宽范围。"})
        row = Backtest(
            procedure_key=self.procedure,
            division=division,
            code=self.code,
            title=ctx.memory["side"].words[:160],
            digest=bundle.digest(),
            bundle=bundle.dump(),
            since=self.since,
            until=self.until,
            assume=self.assume,
            person_id=ctx.actor.person_id,
            person=ctx.actor.name,
            cases=cases,
            total=len(cases),
            done=0,
            created_at=ctx.now,
        )
        ctx.session.add(row)
        ctx.session.flush()
        ctx.record("catalogue", procedure=self.procedure, backtest=row.id, digest=row.digest, cases=row.total)
        return row.id

    def _cases(self, division: str) -> Any:
        """The newest cases; those that are kept from some are nobody's example."""
        query = select(Case.id).where(
            Case.procedure_key == self.procedure,
            Case.division.between(*division_span(division)),
            ~Case.kept,
        )
        if self.since is not None:
            query = query.where(Case.created_at >= start_of_day(self.since))
        if self.until is not None:
            query = query.where(Case.created_at < start_of_day(self.until + timedelta(days=1)))
        return query.order_by(Case.id.desc()).limit(self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepOutcomes(Command[int]):
    """Keep what became of the next few cases. Gives how many; 0 where another worker was faster."""

    recorded: ClassVar[bool] = False

    backtest_id: int
    seen: int
    outcomes: Sequence[dict[str, Any]]
    taken: int

    def authorise(self, ctx: Context) -> None:
        """Only the system."""
        ctx.require(ctx.actor.kind == "system")

    def run(self, ctx: Context) -> int:
        """Under the backtest's lock, so that nothing is counted twice."""
        row = ctx.session.get(Backtest, self.backtest_id, with_for_update=True, populate_existing=True)
        if row is None or not row.open or row.done != self.seen:
            return 0
        rows = [
            {
                "backtest_id": row.id,
                "place": self.seen + place,
                "number": one["number"],
                "kind": one["kind"],
                "said": one,
            }
            for place, one in enumerate(self.outcomes)
        ]
        if rows:
            ctx.session.execute(insert(BacktestCase), rows)
        row.done = self.seen + self.taken
        if row.done >= row.total:
            row.finished_at = ctx.now
        return self.taken


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBacktest(Command[int]):
    """取消回溯检验: the cases still waiting are not tried; what came of the others stays."""

    backtest_id: int

    def authorise(self, ctx: Context) -> None:
        """Whoever may see it."""
        ctx.memory["backtest"] = row = ctx.session.get(
            Backtest, self.backtest_id, with_for_update=True, populate_existing=True
        )
        if row is None or not scope.oversees(ctx.actor, row.division):
            raise UnknownBacktest

    def run(self, ctx: Context) -> int:
        """Close it."""
        row: Backtest = ctx.memory["backtest"]
        ctx.require(row.open, BacktestOver)
        row.cancelled_at = row.finished_at = ctx.now
        ctx.record("catalogue", procedure=row.procedure_key, backtest=row.id, done=row.done)
        return row.id
