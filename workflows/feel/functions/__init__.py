"""The standard functions, one file per family."""

from workflows.feel.functions import (
    contexts,
    conversion,
    lists,
    moments,
    numeric,
    ranges,
    statistics,
    strings,
)
from workflows.feel.functions.registry import BUILT_IN

__all__ = [
    "BUILT_IN",
    "contexts",
    "conversion",
    "lists",
    "moments",
    "numeric",
    "ranges",
    "statistics",
    "strings",
]
