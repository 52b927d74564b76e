"""How the list of cases is narrowed: what the address says, and what its bar offers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import url_for

from app.organisation.queries import divisions_below
from app.scope import BLIND
from app.searching import words
from app.searching.queries import Wanted
from app.searching.snippets import snippet
from workflows import catalogue
from workflows.cases import STATE_WORDS
from workflows.clock import end_of_day, start_of_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.searching.queries import Found
    from app.searching.snippets import Part
    from workflows.commands import Actor

NARROWING = ("q", "procedure", "division", "step", "since", "until", "state", "lamp")
"""What an address may narrow the list by."""

INDENT = {"county": "", "township": "　", "village": "　　"}


def narrowed(args: Mapping[str, str], now: datetime) -> Wanted:
    """The cases an address asks for; a day that is none is no limit."""
    division = args.get("division", "")
    return Wanted(
        words=words.asked(args.get("q")),
        state=args.get("state") or None,
        procedure=args.get("procedure") or None,
        division=division if len(division) == len("150602100202") and division.isdecimal() else None,
        step=args.get("step") or None,
        since=beginning(args.get("since")),
        until=end(args.get("until")),
        overdue_at=now if args.get("lamp") == "red" else None,
    )


def beginning(day: str | None) -> datetime | None:
    """The first instant of a day in Beijing time."""
    found = _day(day)
    return start_of_day(found) if found else None


def end(day: str | None) -> datetime | None:
    """The first instant after a day in Beijing time: the day itself still counts."""
    found = _day(day)
    return end_of_day(found) if found else None


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


FIRST_YEAR, LAST_YEAR = 1970, 9000


def kept(args: Mapping[str, str], *without: str) -> dict[str, str]:
    """What the address narrows by, to go on with."""
    return {name: args[name] for name in NARROWING if args.get(name) and name not in without}


def only_words(args: Mapping[str, str]) -> str:
    """What was typed where nothing else is asked: it may be a number; else nothing."""
    return args.get("q", "") if kept(args).keys() == {"q"} and not args.get("cursor") else ""


def fields(session: Session, actor: Actor, args: Mapping[str, str]) -> list[dict[str, Any]]:
    """The bar above the list; what is asked seldom is folded away."""
    releases = catalogue.in_force(session)
    procedures = [(release.key, release.name) for release in releases]
    chosen = [release for release in releases if release.key == args.get("procedure")] or releases
    steps = dict.fromkeys(
        element.name
        for release in chosen
        for element in release.specification.elements.values()
        if element.kind == "userTask" and element.name
    )
    return [
        {"name": "q", "label": "户主、编号、意见等文字", "kind": "search"},
        {"name": "procedure", "label": "事项", "kind": "select", "options": procedures},
        {
            "name": "division",
            "label": "区划",
            "kind": "select",
            "options": places(session, actor),
            "more": True,
        },
        {
            "name": "step",
            "label": "当前环节",
            "kind": "select",
            "options": [(step, step) for step in steps],
            "more": True,
        },
        {"name": "since", "label": "提交起", "kind": "date", "more": True},
        {"name": "until", "label": "提交止", "kind": "date", "more": True},
    ]


def places(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """The divisions of the actor's offices from the top down, each moved in by its level."""
    areas = {grant.division for grant in actor.grants if grant.role not in BLIND}
    found = divisions_below(session, areas)
    return [(one.code, INDENT[one.level] + one.name) for one in found]


def chips(args: Mapping[str, str]) -> list[dict[str, Any]]:
    """The states, and what has run over its whole limit; the rest of the address stays as it is."""
    rest: dict[str, Any] = kept(args, "state", "lamp")
    state, overdue = args.get("state", ""), args.get("lamp") == "red"
    found = [
        {
            "href": url_for("cases.index", state=key or None, **rest),
            "label": label,
            "current": not overdue and key == state,
        }
        for key, label in (("", "全部"), *STATE_WORDS.items())
    ]
    late = {"href": url_for("cases.index", lamp="red", **rest), "label": "全程已超期", "current": overdue}
    return [*found, late]


def snippets(found: Found, wanted: Wanted) -> dict[int, list[Part]]:
    """By case the line in which the words were found."""
    return {case_id: snippet(said, wanted.words) for case_id, said in found.said.items()}
