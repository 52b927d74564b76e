"""The change desk: where procedures are drawn, tried out and checked before they are in force."""

from app.designer import diagram_views
from app.designer.views import bp

__all__ = ["bp", "diagram_views"]
