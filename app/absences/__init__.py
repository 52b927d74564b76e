"""离岗委托: who is on leave, who acts for them, from when until when."""

from app.absences.views import bp

__all__ = ["bp"]
