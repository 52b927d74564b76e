"""What a check of a decision model has to say, and where."""

from __future__ import annotations

from dataclasses import dataclass

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend or to look at: the check, how grave, where, a sentence, the line of the file."""

    check: str
    severity: str  # ERROR or WARNING
    decision: str
    element: str
    sentence: str
    line: int = 1
    column: int = 1
