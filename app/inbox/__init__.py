"""My work: what waits for me, what I did, what I started, and acting on one item."""

from app.inbox.views import bp

__all__ = ["bp"]
