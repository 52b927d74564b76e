"""Public notices (公示), objections (异议) to them, and progress: what anyone may see without signing in."""

from app.notices.views import bp

__all__ = ["bp"]
