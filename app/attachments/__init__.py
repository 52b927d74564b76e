"""Files people hand in: kept by the hash of their content, opened only by those who may read the case."""

from app.attachments.views import bp

__all__ = ["bp"]
