"""Versions of procedures side by side, and what a draft would have done with the cases of the past."""

from app.comparing import backtest_views
from app.comparing.views import bp

__all__ = ["backtest_views", "bp"]
