"""Cases as people read them: state, history, diagram, papers; and starting one."""

from app.cases import ending, print_views
from app.cases.views import bp

__all__ = ["bp", "ending", "print_views"]
