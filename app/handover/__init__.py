"""交接: when a person leaves, their work goes on in one act."""

from app.handover.views import bp

__all__ = ["bp"]
