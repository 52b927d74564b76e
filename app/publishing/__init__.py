"""Publishing: an amendment reviewed by others and put in force, versions in waiting, running cases moved."""

from app.publishing import moving_views
from app.publishing.views import bp

__all__ = ["bp", "moving_views"]
