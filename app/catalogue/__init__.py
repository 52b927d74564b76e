"""What can be applied for: the procedures in force, their steps, and starting one."""

from app.catalogue import draft_views
from app.catalogue.views import bp

__all__ = ["bp", "draft_views"]
