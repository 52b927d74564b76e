"""The lines of a dashboard: what they are called, where they lead, how their numbers are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for

from app.supervision import asked, queries
from workflows import catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.supervision.queries import Figures, Wanted

WORDS = {
    "open": "在办",
    "overdue": "超期",
    "opened": "到达",
    "done": "办结",
    "late": "逾期办结",
    "returned": "退回",
    "refused": "不予通过",
}
"""What the numbers are called."""

SHOWN = ("open", "overdue", "done", "late", "returned", "refused")
"""The numbers of a line, in order."""

MOST_BARS, SHORT = 20, 8


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table of numbers."""

    words: str
    href: str | None
    figures: Figures
    narrowing: dict[str, Any]

    def behind(self, what: str) -> str:
        """Where the steps of a number are listed."""
        return url_for("supervision.steps", what=what, **self.narrowing)


def by_area(session: Session, wanted: Wanted, now: datetime) -> list[Line]:
    """A line for each division right below that has anything."""
    names = queries.below(session, wanted.area)
    found = queries.figures(session, wanted, now, "area", list(names)) if names else {}
    return [
        Line(name, _dashboard(wanted, area=code), found[code], asked.said(wanted, area=code))
        for code, name in names.items()
        if code in found
    ]


def by_procedure(session: Session, wanted: Wanted, now: datetime) -> list[Line]:
    """A line for each procedure, the one with most overdue first."""
    found = queries.figures(session, wanted, now, "procedure_key")
    names = queries.procedure_names(session)
    lines = [
        Line(
            names.get(key, key),
            _dashboard(wanted, procedure=key),
            figures,
            asked.said(wanted, procedure=key),
        )
        for key, figures in found.items()
    ]
    return sorted(lines, key=lambda line: (-line.figures.overdue, -line.figures.open, line.words))


def by_step(session: Session, wanted: Wanted, now: datetime) -> list[Line]:
    """A line for each step of the procedure, in the order of the diagram of its newest version."""
    found = queries.figures(session, wanted, now, "step")
    names: dict[str, str] = {}
    for version in sorted(queries.figures(session, wanted, now, "version_id"), reverse=True):
        elements = catalogue.release(session, version).specification.elements
        names = {**{key: each.name for key, each in elements.items()}, **names}
    order = {step: place for place, step in enumerate(names)}
    return [
        Line(names.get(step, step), None, found[step], asked.said(wanted, step=step))
        for step in sorted(found, key=lambda step: order.get(step, len(order)))
    ]


def versions(session: Session, wanted: Wanted, now: datetime) -> list[dict[str, Any]]:
    """The versions that were at work, as chips, the newest first."""
    if wanted.procedure is None:
        return []
    every = asked.said(wanted, version=None)
    known = queries.figures(session, wanted, now, "version_id")
    numbers = {version: catalogue.release(session, version).number for version in known}
    chips = [
        {"href": url_for("supervision.index", **every), "label": "全部版本", "current": not wanted.version}
    ]
    chips += [
        {
            "href": url_for("supervision.index", **{**every, "version": version}),
            "label": f"第 {number} 版",
            "current": wanted.version == version,
        }
        for version, number in sorted(numbers.items(), reverse=True)
    ]
    return chips


def _dashboard(wanted: Wanted, **other: Any) -> str:
    return url_for("supervision.index", **asked.said(wanted, **other))


def bars(lines: Sequence[Line], *what: str) -> dict[str, Any]:
    """The same lines as a chart of bars; the table beside it says the same figures, and all of them."""
    shown = lines[:MOST_BARS]
    return {
        "categories": [_short(line.words) for line in shown],
        "series": [
            {"name": WORDS[name], "of": name, "values": [getattr(line.figures, name) for line in shown]}
            for name in what
        ],
    }


def _short(words: str) -> str:
    return words if len(words) <= SHORT else f"{words[: SHORT - 1]}…"


def course(days: Sequence[tuple[Any, Figures]]) -> dict[str, Any]:
    """What happened day by day, as a chart of lines."""
    return {
        "kind": "line",
        "categories": [day.isoformat()[5:] for day, _ in days],
        "series": [
            {"name": WORDS[name], "of": name, "values": [getattr(line, name) for _, line in days]}
            for name in ("opened", "done", "returned", "refused")
        ],
    }
