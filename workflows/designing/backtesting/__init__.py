"""Backtesting: past and running cases replayed through a draft, in memory; nothing in any case changes."""

from __future__ import annotations

from workflows.designing.backtesting.following import Draft, backtest
from workflows.designing.backtesting.records import Past, read
from workflows.designing.backtesting.totals import Totals, totalled
from workflows.designing.backtesting.verdicts import KINDS, Divergence, Outcome

__all__ = ["KINDS", "Divergence", "Draft", "Outcome", "Past", "Totals", "backtest", "read", "totalled"]
