"""Demo mode: known accounts, a clock that can be turned, cases of varied course. Off in real offices."""

from app.demo.views import bp

__all__ = ["bp"]
