"""What a walk over every route sends, and which answers say nothing about who is let in."""

from app.keeping.rounds import BeginRound, HandleLine, Pick
from tests.app.office import VILLAGE

BODIES = {
    "/api/v1/tokens": {"username": "nobody", "password": "wrong"},
    "/api/v1/cases": {"procedure": "fp_01_ds", "division": VILLAGE, "answers": {}},
    "/api/v1/notices/<notice_id>/objections": {"name": "", "phone": "", "reason": ""},
    "/api/v1/cases/<number>/<action>": {"reason": ""},
    "/api/v1/copies/<copy_id>/read": {},
    "/api/v1/absences": {"deputy": "nobody", "from": "2026-06-01", "until": "2026-06-01", "reason": "走查"},
    "/api/v1/absences/<absence_id>/end": {},
}
SCENE = "/amendments/<amendment_id>/scenarios/<index>"
REFUSED_ANYWAY = {
    "/api/v1/tokens": {401},
    "/sign-in": {403},
    "/sign-in/code": {303},
    **{f"/disposals/<disposal_id>/{act}": {404} for act in ("confirm", "withdraw")},
    **{f"/sign-in/oidc{end}": {404} for end in ("", "/back", "/out")},
    "/progress": {429},
    "/security/erase": {404},
    "/supervision/alerts/<alert_id>": {404},
    "/supervision/orders/new": {404},
    **{key: {404} for key in ("/supervision/map", "/supervision/ways", "/supervision/ways/cases")},
    **{key: {404} for key in ("/supervision/map/diagram.bpmn", "/supervision/map/diagram.json")},
    "/items/<item_id>/withdraw": {404},
    "/items/<item_id>/remove-signer": {404},
    **{key: {404} for key in (SCENE, f"{SCENE}/play", f"{SCENE}/play.json")},
    "/publishing/amendments/<amendment_id>/review": {403},
    "/publishing/amendments/<amendment_id>/publish": {403},
}
"""Maps and ways are a procedure's, erasing asks for a case, an order for an item: the walk names none.

The wrong password of the walk is refused whoever tries it, and guessing a number soon is too.

Nobody did the open item of the walk yet, and nobody was asked beside it. The amendment is the walker's
own, and has no scenario.
"""

MAY_NOT_START = {"/api/v1/cases", "/procedures/<key>/start", "/procedures/<key>/choose", "/api/v1/absences"}
"""Whoever is let in here may still lack the role that starts, or that could be lent: the command says 403."""


def nothing_disposed_of(executor, officer):
    """A round of disposals of a case that is none; gives its id."""
    command = BeginRound(action="propose", picks=(Pick("没有的编号"),), reason="走查一遍")
    made = executor.execute(command, by=officer)
    executor.execute(HandleLine(line_id=1), by=officer)
    return made
