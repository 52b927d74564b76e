"""What the chain says of a case: each journal row and the case's own row, as facts and salted digests."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from workflows.commands import digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAIN = (
    *("seq", "kind", "step", "round", "item_id", "actor", "for_id", "for_name"),
    *("unit", "conclusion", "why", "passed"),
)
"""Columns of a journal row that enter the chain in their own words, where they say anything."""

LATER = ("name", "actor_id", "unit_id", "opened_at", "at")
"""Columns that entered the chain later; a fact without the first of them was written before."""

PROVEN = (
    "procedure_key",
    "version_id",
    "division",
    "parent_number",
    "subject",
    "subject_name",
    "state",
    "outcome",
    "variables",
    "rounds",
    "waiting",
    "steps",
)
"""Columns of a case whose digest enters the chain with each of its commands, beside its engine state."""


class CaseRow(Protocol):
    """A case, locked or read."""

    engine_state: bytes
    undo: list[dict[str, Any]]


def of_row(row: Mapping[str, Any], *, like: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A journal row as the chain keeps it: what people wrote only as digests under the row's salt.

    ``like`` is a fact to be compared with, which may have been written when fewer columns entered.
    """
    columns = PLAIN if like is not None and LATER[0] not in like else (*PLAIN, *LATER)
    fact = {name: _said(row[name]) for name in columns if row[name] not in (None, [])}
    if row["answers"] is not None:
        fact["answers"] = digest_of(row["answers"], row["salt"])
    if row["opinion"]:
        fact["opinion"] = digest_of(row["opinion"], row["salt"] or "")
    if row["late_reason"]:
        fact["late_reason"] = digest_of(row["late_reason"], row["salt"] or "")
    return fact


def without_words(fact: Mapping[str, Any]) -> dict[str, Any]:
    """The same fact once the words it has digests of were erased."""
    return {name: value for name, value in fact.items() if name not in ("answers", "opinion", "late_reason")}


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def of_case(case: CaseRow) -> str:
    """The digest of what a case's row says now; its engine state counts byte for byte."""
    said = [getattr(case, name) for name in PROVEN]
    # A case that keeps nothing to undo says what it said before there was anything to keep.
    return digest_of([*said, case.undo] if case.undo else said, case.engine_state.hex())
