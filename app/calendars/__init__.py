"""The calendar of working days (日历): the State Council's, with what administrators change in it."""

from app.calendars.views import bp

__all__ = ["bp"]
