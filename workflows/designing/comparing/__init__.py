"""Two versions of a procedure compared by what they mean, never by how their files are written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from workflows import catalogue
from workflows.designing.comparing import (
    description,
    diagrams,
    flows,
    forms,
    layout,
    processes,
    steps,
    tables,
)
from workflows.designing.comparing.changes import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    Change,
    Comparison,
    Piece,
    redline,
)
from workflows.designing.comparing.wording import Words
from workflows.designing.parts import Unusable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.catalogue import Bundle

__all__ = [
    "ADDED",
    "CHANGED",
    "MOVED",
    "REMOVED",
    "Change",
    "Comparison",
    "Piece",
    "compare",
    "redline",
    "require_forms",
]


def require_forms(bundle: Bundle) -> None:
    """Refuse a bundle with a form that is none; raises Unusable naming it."""
    for key, text in bundle.forms.items():
        try:
            form = json.loads(text)
        except (ValueError, RecursionError):
            form = None
        if not isinstance(form, dict) or not _is_parts(form.get("components", [])):
            raise Unusable(file=f"forms/{key}.json", why="不是可用的表单定义")


def _is_parts(parts: object) -> bool:
    if not isinstance(parts, list):
        return False
    return all(isinstance(part, dict) and _is_parts(part.get("components", [])) for part in parts)


def compare(old: Bundle, new: Bundle, roles: Mapping[str, str] | None = None) -> Comparison:
    """What changes from one bundle to another; ``roles`` are the office's words for roles, by their ids.

    Raises Unusable, or what ``catalogue.prepare`` raises, where one of them cannot be read.
    """
    require_forms(old)
    require_forms(new)
    before, after = catalogue.prepare(old), catalogue.prepare(new)
    words = (Words.of(before, roles or {}), Words.of(after, roles or {}))
    changes = (
        *processes.changes(old.diagrams, new.diagrams, words),
        *steps.changes(before.specification, after.specification, words),
        *flows.changes(before.specification, after.specification, words),
        *forms.changes(old.forms, new.forms, words),
        *tables.changes(before, after),
        *description.changes(before, after, words),
        *layout.changes(old.diagrams, new.diagrams),
    )
    return Comparison(
        changes,
        diagrams.marks(before.specification, after.specification, changes),
        same_text=old.dump() == new.dump(),
    )
