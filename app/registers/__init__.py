"""台账: what procedures and people enter, with the whole history of every row."""

from app.registers import handling  # noqa: F401 (its routes hang on the blueprint)
from app.registers.views import bp

__all__ = ["bp"]
