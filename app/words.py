"""Looking for words: typed text taken literally, whatever wildcards it holds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_


def matches(words: str, *columns: Any) -> ColumnElement[bool]:
    """Any column contains the words, taken literally."""
    escaped = words.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return or_(*(column.ilike(f"%{escaped}%", escape="\\") for column in columns))
