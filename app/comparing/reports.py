"""Reads behind the pages of backtests: how far one is, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from app import scope
from app.comparing.commands import UnknownBacktest
from app.comparing.models import Backtest, BacktestCase
from workflows.catalogue import Bundle, prepare
from workflows.designing.backtesting import KINDS, Totals, totalled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from sqlalchemy.orm import Session

    from workflows.commands import Actor

SHOWN = 200
"""So many diverging cases at most on one page."""


@dataclass(frozen=True, slots=True)
class Report:
    """A backtest, the sums so far, and the cases that went another way."""

    row: Backtest
    totals: Totals
    diverging: Sequence[Mapping[str, Any]]
    more: int

    @property
    def kinds(self) -> Mapping[str, str]:
        """How cases can come out of it, in words."""
        return KINDS

    @property
    def places(self) -> list[tuple[str, str, int]]:
        """Where cases diverge first: element, name, how many; the most first."""
        return [(key, self.totals.names[key], count) for key, count in self.totals.elements.most_common()]


def seen(session: Session, actor: Actor, backtest_id: int) -> Backtest:
    """A backtest for whoever oversees where its cases lie; raises UnknownBacktest."""
    row = session.get(Backtest, backtest_id)
    if row is None or not scope.oversees(actor, row.division):
        raise UnknownBacktest
    return row


def report(session: Session, actor: Actor, backtest_id: int, kind: str | None = None) -> Report:
    """How far it is and what came of it, narrowed to one kind of outcome where that is asked."""
    row = seen(session, actor, backtest_id)
    query = select(BacktestCase.said).where(BacktestCase.backtest_id == row.id).order_by(BacktestCase.place)
    said = list(session.scalars(query))
    diverging = [one for one in said if one["first"] and kind in (None, one["kind"])]
    return Report(row, totalled(said), diverging[:SHOWN], max(0, len(diverging) - SHOWN))


def of_procedure(session: Session, actor: Actor, key: str) -> list[Backtest]:
    """The newest backtests of a procedure that the actor may see."""
    query = select(Backtest).where(Backtest.procedure_key == key).order_by(Backtest.id.desc()).limit(20)
    return [row for row in session.scalars(query) if scope.oversees(actor, row.division)]


def heat(found: Report, file: str) -> dict[str, Any]:
    """How many cases diverge at each element of a diagram of the draft, as the viewer marks it."""
    release = prepare(Bundle.load(found.row.bundle))
    most = max(found.totals.elements.values(), default=1)
    marked: dict[str, Any] = {}
    said: dict[str, Any] = {}
    for key, count in found.totals.elements.items():
        element = release.specification.elements.get(key)
        if element is not None and element.file == file:
            much = 1 + (2 * count) // most if count < most else 3
            marked[element.shape] = {"words": f"{count} 件", "much": much}
            words = f"{count} 件办件在这里第一次与当时不同。"
            said[element.shape] = {"name": element.name or element.shape, "words": words}
    return {"heat": marked, "elements": said}
