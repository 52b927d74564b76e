"""Messages (消息): what people are told, each with a way to the thing itself."""

from app.messages import system  # noqa: F401 (its pages hang on the same blueprint)
from app.messages.views import bp

__all__ = ["bp"]
