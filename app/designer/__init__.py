"""The change desk: where procedures are drawn, tried out and checked before they are in force."""

from app.designer.views import bp

__all__ = ["bp"]
