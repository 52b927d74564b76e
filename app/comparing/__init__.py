"""Versions of procedures side by side, and what a draft would have done with the cases of the past."""

from app.comparing.views import bp

__all__ = ["bp"]
