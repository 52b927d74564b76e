"""Evidence: what can be shown of a case to whoever doubts it, and what the law has erased of it."""

from app.evidence.views import bp

__all__ = ["bp"]
