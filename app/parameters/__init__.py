"""Parameters of procedures: what the source text leaves open, set by two people who handle no case of it."""

from app.parameters.views import bp

__all__ = ["bp"]
