"""Keeping: backups and restoring, how long cases are kept, and disposing of what is over."""

from app.keeping import round_views
from app.keeping.views import bp

__all__ = ["bp", "round_views"]
