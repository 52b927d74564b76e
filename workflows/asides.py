"""Asides (旁办): items no diagram draws, asked for by whoever holds a step: 委派, 前加签, 后加签.

An aside hangs on the step's own item, its host, and goes when the host goes. One that is delegated or signs
before (前加签) must be done before the host can be decided. One that signs behind (后加签) is planned, opened
by the decision, and holds it until all have signed; a single refusal gives the decision back to its maker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from workflows import catalogue, item_rows, opening, outbox
from workflows.commands import Actor
from workflows.course import Course
from workflows.errors import Conflict, Invalid
from workflows.work_items import AFTER, ASIDES, BEFORE, CLAIMED, DELEGATED, HELD, PLANNED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.cases import OpenCase
    from workflows.commands import Context
    from workflows.ports import StaffRef
    from workflows.work_items import OpenItem, WorkItem

WORDS = {DELEGATED: "委派", BEFORE: "前加签", AFTER: "后加签"}

AGREED, REFUSED = "同意", "不同意"

GIVEN_BACK = "交回"
"""How a delegated item ends: its maker has filled in, who delegated decides."""

MOST_ASIDES = 20
"""So many people at most are asked beside one item: more of them make a step of their own."""

SIGNING = orjson.dumps(
    {
        "type": "default",
        "components": [
            {
                "type": "radio",
                "key": "conclusion",
                "label": "加签结论",
                "values": [{"label": each, "value": each} for each in (AGREED, REFUSED)],
                "validate": {"required": True},
            },
            {
                "type": "textarea",
                "key": "opinion",
                "label": "意见",
                "validate": {"maxLength": 1000},
                "properties": {"check": 'conclusion = "同意" or (opinion != null and trim(opinion) != "")',
                               "check_message": "不同意的，请写明理由。"},
            },
        ],
    }
).decode()  # fmt: skip
"""What is asked of somebody who signs: the same form whichever step it is."""


class WaitsForOthers(Conflict):
    """The item cannot be decided yet: somebody asked beside it has not answered."""

    code = "work_item.waits_for_others"
    sentence = "“{name}”还在等{who}办理，办完后才能作出决定；不再需要的，可先减签或收回委派。"


class AskedAlready(Invalid):
    """The same person is asked twice beside one item."""

    code = "work_item.asked_already"
    sentence = "{who}已在办理中，不必重复添加。"


def form_of(item: OpenItem | WorkItem, forms: Mapping[str, str]) -> str | None:
    """The definition of the form an item is answered with: a signer's is the same everywhere."""
    if item.kind in {BEFORE, AFTER}:
        return SIGNING
    return forms.get(item.form or "")


def ask(ctx: Context, case: OpenCase, host: OpenItem, whom: StaffRef, *, kind: str, why: str) -> int:
    """Open an aside for one person and tell them; gives its id. Raises AskedAlready."""
    standing = item_rows.asides_of(ctx, host.id)
    if any(aside.assignee_id == whom.person_id for aside in standing):
        raise AskedAlready({"to": f"{whom.name}已在办理中，不必重复添加。"}, who=whom.name)
    if len(standing) >= MOST_ASIDES:
        raise Invalid({"to": f"最多同时请 {MOST_ASIDES} 人。"})
    aside = item_rows.open_aside(ctx, _row(ctx, case, host, whom, kind=kind, why=why))
    if kind != AFTER:
        _tell(ctx, case, aside, whom.person_id, kind)
    return aside


def _row(
    ctx: Context, case: OpenCase, host: OpenItem, whom: StaffRef, *, kind: str, why: str
) -> dict[str, Any]:
    row, whose = item_rows.latest_of_task(ctx, case.id, host.task_id), ctx.standing or ctx.actor
    return {
        **{name: row[name] for name in _SHARED},
        "name": f"{host.name}（{WORDS[kind]}）"[:120],
        "form": host.form if kind == DELEGATED else None,
        "role": whom.role,
        "level": whom.level,
        "unit_id": whom.unit_id,
        "unit": whom.unit,
        "assignee_id": whom.person_id,
        "assignee": whom.name,
        "place": None,
        "member": row["member"] if kind == DELEGATED else None,
        "draft": row["draft"] if kind == DELEGATED else None,
        "state": PLANNED if kind == AFTER else CLAIMED,
        "revision": 1,
        "created_at": ctx.now,
        "kind": kind,
        "host_id": host.id,
        "asked_by_id": whose.person_id,
        "asked_by": whose.name,
        "asked_why": why,
    }


_SHARED = (
    "case_id",
    "case_number",
    "procedure_key",
    "procedure_name",
    "division",
    "division_name",
    "subject_name",
    "task_id",
    "step",
    "round",
    "due_at",
)
"""What an aside has in common with its host."""


def _tell(ctx: Context, case: OpenCase, aside: int, person: int | None, kind: str) -> None:
    about = "delegated" if kind == DELEGATED else "signer_asked"
    said = {"about": about, "case": case.number, "item": aside, "by": ctx.actor.name}
    outbox.promise(ctx, "message", person_id=person, **said)


def require_nothing_before(ctx: Context, host: OpenItem) -> list[OpenItem]:
    """The signers planned behind the host; raises WaitsForOthers while somebody before it is not done."""
    if not item_rows.has_asides(ctx, host.case_id):
        return []
    standing = item_rows.asides_of(ctx, host.id)
    waiting = [aside.assignee or aside.unit for aside in standing if aside.kind in {DELEGATED, BEFORE}]
    if waiting:
        raise WaitsForOthers(name=host.name, who="、".join(waiting))
    return [aside for aside in standing if aside.kind == AFTER]


def hold(
    ctx: Context,
    case: OpenCase,
    host: OpenItem,
    answers: dict[str, Any],
    opinion: str | None,
    late_reason: str | None,
) -> None:
    """Keep the decision and open the items of those who sign behind it."""
    whose = ctx.standing or ctx.actor
    host.assignee_id, host.assignee = whose.person_id, whose.name
    host.state = CLAIMED
    item_rows.hold(ctx, host, answers, opinion)
    for aside in item_rows.asides_of(ctx, host.id):
        item_rows.set_state(ctx, aside, CLAIMED)
        _tell(ctx, case, aside.id, aside.assignee_id, AFTER)
    conclusion = answers.get("conclusion")
    said = {"conclusion": conclusion, "opinion": opinion, "late_reason": late_reason}
    note(ctx, case, host, name=f"{host.name}（待后加签）", **said)


def let_go(ctx: Context, host: OpenItem) -> None:
    """Give a held decision back to its maker; everybody behind it, signed or not, signs the next one anew."""
    item_rows.set_state(ctx, host, CLAIMED)
    standing = item_rows.asides_of(ctx, host.id)
    for aside in standing:
        item_rows.set_state(ctx, aside, PLANNED)
    known = {aside.assignee_id for aside in standing}
    for row in item_rows.signed_behind(ctx, host.id):
        if row["assignee_id"] not in known:
            known.add(row["assignee_id"])
            anew = {"state": PLANNED, "revision": 1, "created_at": ctx.now, **_UNSIGNED}
            item_rows.open_aside(ctx, {**row, **anew})


_UNSIGNED = dict.fromkeys(
    ("done_at", "done_by_id", "done_by", "done_for_id", "done_for", "conclusion", "opinion", "draft")
)


def finish(ctx: Context, case: OpenCase, aside: OpenItem, answers: dict[str, Any]) -> None:
    """End an aside: give back what was filled in, or sign; the last signature makes a decision count."""
    host = item_rows.read(ctx, aside.host_id or 0)
    conclusion = GIVEN_BACK if aside.kind == DELEGATED else answers.get("conclusion")
    opinion = answers.get("opinion")
    item_rows.finish(ctx, aside, ctx.actor, conclusion=conclusion, opinion=opinion)
    opened = aside.created_at
    note(ctx, case, aside, name=aside.name, conclusion=conclusion, opinion=opinion, opened_at=opened)
    if aside.kind == DELEGATED:
        host.draft = answers
        item_rows.change(ctx, host)
    if aside.kind == AFTER and conclusion == REFUSED:
        let_go(ctx, host)
    elif aside.kind == AFTER and not item_rows.asides_of(ctx, host.id):
        _decide(ctx, case, host)
        return
    about = "signer_refused" if conclusion == REFUSED else "aside_done"
    said = {"about": about, "case": case.number, "item": host.id, "by": ctx.actor.name}
    outbox.promise(ctx, "message", person_id=aside.asked_by_id, **said)


def remove(ctx: Context, case: OpenCase, aside: OpenItem, host: OpenItem) -> None:
    """减签: withdraw an aside; a decision that waited for this signature alone counts now."""
    item_rows.withdraw_aside(ctx, case.id, aside.id)
    if host.state == HELD and not item_rows.asides_of(ctx, host.id):
        _decide(ctx, case, host)


def _decide(ctx: Context, case: OpenCase, host: OpenItem) -> None:
    """Everybody behind the decision has signed: it counts from now on, as its maker's."""
    maker = Actor("person", host.done_by or host.assignee or "", host.done_by_id or host.assignee_id)
    course = Course.of(ctx, case)
    opening.finish(course, host, host.draft or {}, host.opinion, by=maker)


def note(ctx: Context, case: OpenCase, item: OpenItem, **said: Any) -> dict[str, Any]:
    """A journal row of something that is no step of the diagram, beside an item."""
    whose = ctx.standing or ctx.actor
    grant = whose.grant_in(item.role, item.unit_id) or next(iter(whose.grants), None)
    return case.take_down(
        ctx,
        **{
            "kind": "aside",
            "step": "aside",
            "round": item.round,
            "item_id": item.id,
            "actor_id": ctx.actor.person_id,
            "actor": ctx.actor.name,
            "unit_id": grant.unit_id if grant else None,
            "unit": grant.unit_name if grant else None,
            **said,
        },
    )


def checked(ctx: Context, case: OpenCase, aside: OpenItem, answers: Mapping[str, Any]) -> dict[str, Any]:
    """A signer's answers, judged; what a delegate filled in, kept as typed."""
    forms = catalogue.release(ctx.session, case.version_id).forms
    form = form_of(aside, forms)
    if form is None:
        return dict(answers)
    about = opening.about(case)
    if aside.kind == DELEGATED:
        kept = ctx.host.forms.keep(ctx, form, answers, aside.draft, about=about)
    else:
        kept = ctx.host.forms.check(ctx, form, answers, scope={}, previous=None, about=about)
    ctx.host.forms.claim_files(ctx, form, kept, case.id)
    return kept


def is_aside(item: OpenItem) -> bool:
    """Whether an item is no step of its own."""
    return item.kind in ASIDES
