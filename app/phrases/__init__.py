"""常用意见: phrases a person keeps for opinions, and those an office has ready for everyone."""

from app.phrases.views import bp

__all__ = ["bp"]
