"""办件处置: what the administrator of procedures does with a stuck case, without reading what is in it."""

from app.handling.views import bp

__all__ = ["bp"]
