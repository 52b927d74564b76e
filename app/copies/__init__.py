"""抄送 and 传阅: cases sent to people who need not act on them, and what they say to them."""

from app.copies.views import bp

__all__ = ["bp"]
