"""My work: what waits for me, what I did, what I started, and acting on one item."""

from app.inbox import asking as _asking  # noqa: F401 (its routes join the blueprint)
from app.inbox import printing as _printing  # noqa: F401 (its routes too)
from app.inbox.views import bp

__all__ = ["bp"]
