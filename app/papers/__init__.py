"""Official papers (文书): issued once, numbered without gaps, kept with their hash."""

from app.papers.views import bp

__all__ = ["bp"]
