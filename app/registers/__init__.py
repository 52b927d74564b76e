"""台账: what procedures enter about households, with the whole history of every row."""

from app.registers.views import bp

__all__ = ["bp"]
