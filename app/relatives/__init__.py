"""亲属申报: whom staff declare as relatives, so that nobody decides about their own family."""

from app.relatives.views import bp

__all__ = ["bp"]
