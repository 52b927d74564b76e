"""批量办理: one action on many items of one's list, each its own command, with a report that stays."""

from app.batches.views import bp

__all__ = ["bp"]
