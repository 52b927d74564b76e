"""What the worker does for backtests: a few cases at a time, read and reckoned outside any transaction."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.comparing.commands import KeepOutcomes
from app.comparing.models import Backtest
from app.designer.trying import check_form
from app.organisation.roles import ROLES
from workflows import calendars, catalogue, parameters
from workflows.catalogue import Bundle
from workflows.commands import SYSTEM
from workflows.designing import backtesting
from workflows.designing.comparing.wording import Words

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy.orm import Session

    from workflows.catalogue import Release
    from workflows.clock import WorkingDays
    from workflows.commands import Executor

A_FEW = 25
"""Cases tried between two looks at whether the backtest was called off."""

_WAITING = select(Backtest).where(Backtest.finished_at.is_(None)).order_by(Backtest.id).limit(1)


def keep_trying(executor: Executor) -> int:
    """Try the next few cases of the oldest backtest that is open; gives how many."""
    with executor.database.reading() as session:
        row = session.scalars(_WAITING).first()
        if row is None:
            return 0
        seen, ids = row.done, row.cases[row.done : row.done + A_FEW]
        release, words = _prepared(row.id, row.digest, row.bundle)
        days = calendars.of(session)
        pasts = backtesting.read(session, ids)
        outcomes = [tried(session, each, release, words, days, assume=row.assume) for each in pasts]
        kept = KeepOutcomes(backtest_id=row.id, seen=seen, outcomes=outcomes, taken=len(ids))
    return executor.execute(kept, by=SYSTEM)


def tried(
    session: Session,
    past: backtesting.Past,
    release: Release,
    words: Words,
    days: WorkingDays,
    *,
    assume: bool,
) -> dict[str, Any]:
    """What becomes of one case, with the parameters that were in force when it began."""
    old = parameters.ruled(session, catalogue.release(session, past.version_id), past.created_at)
    ruled = parameters.ruled(session, release, past.created_at)
    draft = backtesting.Draft(ruled, words, check_form, days, assume)
    return backtesting.backtest(past, old, draft).as_json()


@lru_cache(maxsize=4)
def _prepared(backtest_id: int, digest: str, bundle: str) -> tuple[Release, Words]:  # noqa: ARG001 (the key)
    """The draft, parsed once for all its cases; no version has an id below nought."""
    release = catalogue.prepare(Bundle.load(bundle), version_id=-backtest_id)
    return release, Words.of(release, {key: role.name for key, role in ROLES.items()})
