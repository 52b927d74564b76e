"""Messages (消息): what people are told, each with a way to the thing itself."""

from app.messages.views import bp

__all__ = ["bp"]
