"""The parts of a case's page, each with its address and what it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request, url_for

from app import door
from app.attachments.shelf import Lookups
from app.cases import clauses, drawing
from app.cases.filled import filled_steps
from app.cases.timeline import awaited, timeline_of
from app.notices import queries as notices
from app.papers import queries as papers

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from app.cases.queries import CaseView
    from workflows.commands import Actor

NAMES = {
    "now": "办理",
    "record": "流转记录",
    "answers": "材料",
    "diagram": "流程图",
    "papers": "文书",
    "clauses": "依据",
}


def chosen(asked: str | None, *, acts: bool) -> str:
    """The tab asked for; else where the reader has something to do, else the record."""
    if asked in NAMES:
        return asked
    return "now" if acts else "record"


def entries(number: str, tab: str, *, waiting: int) -> list[dict[str, Any]]:
    """The tabs as components/tabs.html draws them."""
    return [
        {
            "href": url_for("cases.show", number=number, tab=key),
            "label": label,
            "current": key == tab,
            "count": waiting if key == "now" else None,
        }
        for key, label in NAMES.items()
    ]


def _now(_session: Session, _actor: Actor, case: CaseView) -> dict[str, Any]:
    return {"waits": awaited(case)}


def _record(session: Session, actor: Actor, case: CaseView) -> dict[str, Any]:
    return {"timeline": timeline_of(session, case, Lookups(session, actor))}


def _answers(session: Session, actor: Actor, case: CaseView) -> dict[str, Any]:
    return {"filled": filled_steps(case), "lookups": Lookups(session, actor)}


def _diagram(_session: Session, _actor: Actor, case: CaseView) -> dict[str, Any]:
    known = drawing.files(case.release)
    asked = request.args.get("file", drawing.OWN)
    file = asked if asked in dict(known) else drawing.OWN
    ways = [
        {
            "href": url_for("cases.show", number=case.case.number, tab="diagram", file=name),
            "label": label,
            "current": name == file,
        }
        for name, label in known
    ]
    return {"file": file, "files": ways, "in_words": drawing.in_words(case, file)}


def _papers(session: Session, _actor: Actor, case: CaseView) -> dict[str, Any]:
    return {
        "notices": notices.of_case(session, case.case.id, door.now()),
        "documents": papers.of_case(session, case.case.id),
    }


def _clauses(_session: Session, _actor: Actor, case: CaseView) -> dict[str, Any]:
    return {"clauses": clauses.clauses(case.release)}


CONTENTS: dict[str, Callable[[Session, Actor, CaseView], dict[str, Any]]] = {
    "now": _now,
    "record": _record,
    "answers": _answers,
    "diagram": _diagram,
    "papers": _papers,
    "clauses": _clauses,
}
"""What each tab reads beyond the head of the case."""
