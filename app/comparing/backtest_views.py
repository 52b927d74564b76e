"""Pages of backtests: begin one, see how far it is and what came of it, call it off."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Response, g, jsonify, request

from app import door, policy
from app.comparing import queries, reports
from app.comparing.commands import BeginBacktest, CancelBacktest
from app.comparing.views import ROLE_WORDS, bp
from app.errors import status_of
from app.pages import go, page
from workflows.catalogue import Bundle
from workflows.designing.backtesting import KINDS
from workflows.designing.backtesting.totals import METHOD
from workflows.designing.parts import OWN_DIAGRAM
from workflows.errors import Invalid, NotFound, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

_SIZES = (100, 500, 1000, 2000)
_FIELDS = frozenset({"since", "until", "most", "division"})


@bp.get("/procedures/<key>/backtests")
@policy.allow(policy.oversees)
def backtests(key: str) -> ResponseReturnValue:
    """回溯检验: those made, and the form of another."""
    return _ask(key)


def _ask(
    key: str, status: int = 200, errors: Mapping[str, str] | None = None, problem: str = ""
) -> ResponseReturnValue:
    session, actor = door.reading(), door.current_actor()
    procedure = queries.overseen(session, actor, key)
    return page(
        "comparing/backtests.html",
        status,
        procedure=procedure,
        chosen=request.values.get("draft") or procedure.usual()[1],
        rows=reports.of_procedure(session, actor, key),
        sizes=_SIZES,
        errors=errors or {},
        problem=problem,
        given=request.form,
    )


@bp.post("/procedures/<key>/backtests")
@policy.allow(policy.oversees)
def begin_backtest(key: str) -> ResponseReturnValue:
    """Take down what is to be tried on which cases."""
    form = request.form
    try:
        number = door.perform(
            BeginBacktest(
                procedure=key,
                code=form.get("draft", ""),
                since=_day(form.get("since", ""), "since"),
                until=_day(form.get("until", ""), "until"),
                most=int(form["most"]) if form.get("most", "").isdecimal() else 0,
                assume=form.get("assume") == "1",
            )
        )
    except queries.UnknownSide as refusal:
        return _ask(key, 422, problem=str(refusal))
    except NotFound:
        raise
    except Invalid as refusal:
        own = _FIELDS.issuperset(refusal.errors) and bool(refusal.errors)
        return _ask(key, 422, refusal.errors if own else None, "" if own else str(refusal))
    except Refusal as refusal:
        return _ask(key, status_of(refusal), problem=str(refusal))
    return go("comparing.backtest", backtest_id=number)


def _day(text: str, name: str) -> date | None:
    try:
        return date.fromisoformat(text) if text.strip() else None
    except ValueError:
        raise Invalid({name: "请填写日期，如 2026-03-01。"}) from None


@bp.get("/backtests/<int:backtest_id>")
@policy.allow(policy.oversees)
def backtest(backtest_id: int) -> ResponseReturnValue:
    """How far it is, and what came of it."""
    kind = request.args.get("state")
    found = reports.report(door.reading(), door.current_actor(), backtest_id, kind if kind in KINDS else None)
    g.shows_diagram = not found.row.open
    if request.headers.get("HX-Request") and not found.row.open:
        # The whole page comes once more: only then it has its diagram.
        return Response(headers={"HX-Refresh": "true"})
    return page(
        "comparing/backtest.html",
        report=found,
        kind=kind if kind in KINDS else None,
        method=METHOD,
        roles=ROLE_WORDS,
        administers=door.current_actor().holds("procedure_admin"),
    )


@bp.post("/backtests/<int:backtest_id>/cancel")
@policy.allow(policy.oversees)
def cancel_backtest(backtest_id: int) -> ResponseReturnValue:
    """取消."""
    door.perform(CancelBacktest(backtest_id=backtest_id))
    return go("comparing.backtest", "已取消，余下的办件不再检验。", backtest_id=backtest_id)


@bp.get("/backtests/<int:backtest_id>/diagram.bpmn")
@policy.allow(policy.oversees)
def backtest_diagram(backtest_id: int) -> ResponseReturnValue:
    """The draft's diagram."""
    row = reports.seen(door.reading(), door.current_actor(), backtest_id)
    text = Bundle.load(row.bundle).diagrams.get(request.args.get("file", OWN_DIAGRAM))
    if text is None:
        raise NotFound
    return Response(text, content_type="application/xml; charset=utf-8")


@bp.get("/backtests/<int:backtest_id>/diagram.json")
@policy.allow(policy.oversees)
def backtest_heat(backtest_id: int) -> ResponseReturnValue:
    """How many cases diverge where."""
    found = reports.report(door.reading(), door.current_actor(), backtest_id)
    return jsonify(reports.heat(found, request.args.get("file", OWN_DIAGRAM)))
