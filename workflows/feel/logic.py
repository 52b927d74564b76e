"""Truth of three values: true, false, and null for what cannot be said."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.feel.values import Value


def three_valued(answers: Iterable[Value], *, decisive: bool) -> bool | None:
    """`or` when true is decisive, `and` when false is; what is neither true nor false counts as null."""
    result: bool | None = not decisive
    for answer in answers:
        if answer is True or answer is False:
            if answer is decisive:
                return decisive
        else:
            result = None
    return result
