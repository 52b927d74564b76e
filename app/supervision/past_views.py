"""Pages about one case in time: as it stood on a day, what each round changed, who knew what when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, request

import forms
from app import door, policy
from app.cases import lists, queries
from app.cases.filled import filled_steps
from app.pages import page
from app.supervision import past
from workflows.cases import STATE_WORDS

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue

bp = Blueprint("past", __name__)


@bp.get("/cases/<number>/as-of")
@policy.allow(policy.supervises)
def as_of(number: str) -> ResponseReturnValue:
    """The case as it stood when a day ended, or at this moment."""
    session = door.reading()
    case = queries.view(session, door.current_actor(), number)
    at = _instant(request.args.get("date"))
    then = past.as_of(session, case, at)
    return page(
        "supervision/as_of.html",
        number=number,
        case=case,
        at=at,
        then=then,
        filled=filled_steps(then.case) if then else [],
        changes=past.differences(then.case) if then else [],
        lookups=forms.NoLookups(),
        states=STATE_WORDS,
    )


def _instant(day: str | None) -> datetime:
    """The end of a day in Beijing time; now where no day is named or it is not over."""
    end = lists.end(day)
    return min(end - timedelta(microseconds=1), door.now()) if end else door.now()


@bp.get("/cases/<number>/known")
@policy.allow(policy.supervises)
def known(number: str) -> ResponseReturnValue:
    """Who was told, shown and given what of a case, and when."""
    session = door.reading()
    case = queries.view(session, door.current_actor(), number).case
    return page("supervision/known.html", number=number, case=case, rows=past.known(session, number, case.id))
