"""What a diagram writes down as it stands: the parts of an expression that are known before any case runs."""

from __future__ import annotations

from typing import Any

from workflows import feel
from workflows.feel.nodes import ContextOf, Literal, Node


def written(source: str) -> Any:
    """A text, number or truth value written down; a context with its names; null for what a case decides.

    In a context each name keeps its value, or null where that is not written down.
    """
    if not source.startswith("="):
        return source
    try:
        return _of(feel.parse(source[1:]).node)
    except feel.FeelSyntaxError:
        return None


def _of(node: Node) -> Any:
    if isinstance(node, Literal):
        return feel.to_json(node.value)
    if isinstance(node, ContextOf):
        return {name: _of(value) for name, value in node.entries}
    return None
