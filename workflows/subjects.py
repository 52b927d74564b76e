"""Whom or what a case is about: a household by its number, a project or an asset by what names it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from workflows.commands import division_prefix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.catalogue import Release
    from workflows.commands import Actor, Grant

LONGEST_KEY = 64
"""Characters kept of what tells one subject from another; a longer key is kept as its digest."""

_DIVISION = "case.division"
_GIVEN = ("household_id", "key", "identity")


def of_start(
    release: Release, actor: Actor, division: str, answers: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """The subject, read off the start form as the procedure's ``[subject]`` says.

    A household is told by its sealed identity number. Anything else is told by ``key``: one path or several,
    each a field of the start form or ``case.division``; the same key is the same subject in every procedure.
    What the form does not tell is taken from ``given``.
    """
    says = release.meta.get("subject", {})
    subject: dict[str, Any] = {
        "kind": says.get("kind") or given.get("kind") or "",
        **{name: given[name] for name in _GIVEN if given.get(name)},
        "name": str(_at(answers, says.get("name", "")) or given.get("name") or ""),
    }
    identity = _at(answers, says.get("identity", ""))
    if isinstance(identity, dict):
        subject["key"], subject["identity"] = identity["hash"], identity
    elif says.get("key") and answers:
        subject["key"] = _key(subject["kind"], says["key"], answers, division)
    subject["self"] = _for_themselves(actor, release, division, subject)
    starter = acting_grant(actor, release, division)
    if starter is not None:
        subject["from"] = {"role": starter.role, "unit_id": starter.unit_id, "unit": starter.unit_name}
    elif given.get("from"):
        subject["from"] = given["from"]
    return subject


def _for_themselves(actor: Actor, release: Release, division: str, subject: Mapping[str, Any]) -> bool:
    """Whether who starts the case applies for their own household.

    A cadre lives in a village too: for a household of another number they fill in (代办).
    """
    if not any(grant.role == "household" for grant in actor.grants):
        return False
    others = subject.get("identity") and actor.identity and subject["key"] != actor.identity
    return not (others and any(grant.role != "household" for grant in _fitting(actor, release, division)))


def acting_grant(actor: Actor, release: Release, division: str) -> Grant | None:
    """The grant under which ``actor`` starts a case for ``division``; its own department before any."""
    fitting = _fitting(actor, release, division)
    if not fitting:
        return None
    first = fitting[0]
    named = (g for g in actor.grants if g.unit_id == first.unit_id and g.role.startswith(f"{first.role}:"))
    return next(named, first)


def _fitting(actor: Actor, release: Release, division: str) -> list[Grant]:
    """The grants under which ``actor`` may start a case for ``division``."""
    return [
        grant
        for grant in actor.grants
        if grant.role in release.starters and division.startswith(division_prefix(grant.division))
    ]


def _key(kind: str, paths: str | list[str], answers: Mapping[str, Any], division: str) -> str | None:
    parts = [
        division if path == _DIVISION else _squeezed(_at(answers, path))
        for path in ([paths] if isinstance(paths, str) else paths)
    ]
    if not all(parts):
        return None
    key = f"{kind}:{'/'.join(parts)}"
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def _squeezed(value: object) -> str:
    """A name without the spaces that people put into it differently each time."""
    return "" if value is None else "".join(str(value).split())


def _at(answers: Mapping[str, Any], path: str) -> Any:
    """The answer a ``step.field`` path names; the step part is the start form's own."""
    return answers.get(path.rpartition(".")[2]) if path else None
