"""Opening a case, whoever asks for it: a person, the system for a campaign, or another case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workflows import cases, exclusion, item_rows, outbox, subjects, traces
from workflows.acting import mandate as acting_for
from workflows.commands import SYSTEM, Actor, Context, division_prefix
from workflows.course import Course
from workflows.errors import Invalid
from workflows.ports import About
from workflows.traces import Before

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows import spiff
    from workflows.cases import OpenCase
    from workflows.catalogue import Release
    from workflows.ports import Parent
    from workflows.spiff import Element
    from workflows.work_items import OpenItem


CORRECTIONS = "_corrections"
"""Where a journal row keeps what was on file and answered otherwise: path → old value, source, reason."""

FILLED_PAPER = "paper.filled"
"""The effect that makes a paper of a filled-in form, where the step's property ``paper`` names one."""

TYPED_BEFORE = "typed before"
"""Where a command remembers the draft it starts from: masks in the answers stand for what is sealed there."""


class UnknownDivision(Invalid):
    """The division is not in the tree, or outside the procedure's locality."""

    code = "division.unknown"
    sentence = "区划代码“{division}”不存在或不在本事项的适用范围内，请选择到村（嘎查）。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A case as it is asked for.

    ``answers`` are those of the start form; None leaves its step open. ``subject`` is whom the case is
    about as far as it is known, ``variables`` what its expressions see from the first moment, ``why`` what
    its first line says.
    """

    division: str
    answers: Mapping[str, Any] | None = None
    subject: Mapping[str, Any] = field(default_factory=dict)
    opinion: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    why: str | None = None
    parent: Parent | None = None


def open_case(ctx: Context, release: Release, asked: Opening) -> OpenCase:
    """A new case, set going and stored; raises UnknownDivision, or Invalid where the start form refuses."""
    name = ctx.host.directory.division_name(ctx.session, asked.division)
    if name is None or not asked.division.startswith(division_prefix(release.division)):
        raise UnknownDivision(
            {"division": "请选择本事项适用范围内的村（嘎查、社区）。"}, division=asked.division
        )
    first = None if asked.answers is None else release.start_element()
    answers = _checked(ctx, release, first, asked)
    subject = subjects.of_start(release, ctx.actor, asked.division, answers, asked.subject)
    case = cases.create(
        ctx, release, division=asked.division, division_name=name, subject=subject, parent=asked.parent
    )
    case.variables.update(asked.variables)
    item_rows.none_open(ctx, case.id)
    course = Course.under(ctx, case, release)
    _take_down_start(ctx, case, release, asked.why)
    step = course.start()
    if first is not None:
        opened = next(task for task in step.open_tasks if task.element == first.id)
        item = item_rows.read(ctx, item_rows.tasks_open(ctx, case.id)[opened.task_id])
        _claim_files(ctx, release, first, answers, case.id)
        finish(course, item, answers, asked.opinion)
    said: dict[str, Any] = {"parent": asked.parent.number} if asked.parent else {}
    cases.store(ctx, case, procedure=release.key, version=release.number, bundle=release.digest, **said)
    return case


def begin_another(ctx: Context, release: Release, asked: Opening) -> OpenCase:
    """Open a case beside the one the running command is about, on its own audit stream, by the system.

    In the same transaction: both cases stand, or neither.
    """
    own = Context(ctx.session, actor=SYSTEM, now=ctx.now, host=ctx.host, command="StartCase")
    return open_case(own, release, asked)


def _checked(ctx: Context, release: Release, first: Element | None, asked: Opening) -> dict[str, Any]:
    if first is None or first.form is None:
        return {}
    scope = {
        "param": dict(release.parameters),
        "case": {"division": asked.division, "parent": asked.parent.number if asked.parent else None},
        "subject": dict(asked.subject),
    }
    given = with_opinion(release, first.form, asked.answers or {}, asked.opinion)
    about = About(asked.division, asked.subject, parent=asked.parent.number if asked.parent else None)
    form, previous = release.forms[first.form], ctx.memory.get(TYPED_BEFORE)
    return ctx.host.forms.check(ctx, form, given, scope=scope, previous=previous, about=about)


def about(case: OpenCase) -> About:
    """Whom the case is about, for what is on file of it."""
    return About(case.division, case.subject, case.number, case.parent_number)


def _take_down_start(ctx: Context, case: OpenCase, release: Release, why: str | None) -> None:
    """The first line of the journal: who started it, for which unit, and under which parameters."""
    acting = subjects.acting_grant(ctx.actor, release, case.division)
    case.take_down(
        ctx,
        kind="start",
        step="start",
        name="发起",
        actor=ctx.actor.name,
        actor_id=ctx.actor.person_id,
        unit_id=acting.unit_id if acting else None,
        unit=acting.unit_name if acting else None,
        answers=dict(case.variables) or None,
        why="；".join(part for part in (why, release.differing()) if part) or None,
    )


def with_opinion(
    release: Release, form: str, answers: Mapping[str, Any], opinion: str | None
) -> dict[str, Any]:
    """The answers, with the opinion given beside them in the form's field of that name."""
    given = dict(answers)
    if opinion and "opinion" in release.form_keys[form] and not given.get("opinion"):
        given["opinion"] = opinion
    return given


def _claim_files(
    ctx: Context, release: Release, element: Element, answers: dict[str, Any], case_id: int
) -> None:
    if element.form:
        ctx.host.forms.claim_files(ctx, release.forms[element.form], answers, case_id)


def finish(
    course: Course,
    item: OpenItem,
    answers: dict[str, Any],
    opinion: str | None,
    by: Actor | None = None,
    *,
    late_reason: str | None = None,
) -> None:
    """Finish the item, write the journal row, move the engine on.

    ``by`` decided where that is not who acts now: signers behind a decision bring it into force.
    """
    ctx, case, before = course.ctx, course.case, Before.of(course.case)
    conclusion = answers.get("conclusion")
    said = answers.get("opinion") or opinion
    doer = by or ctx.actor
    if by is None:
        exclusion.require_apart(ctx, case, course.release, item, ctx.standing)
    item_rows.finish(ctx, item, doer, conclusion=conclusion, opinion=said)
    row = _take_down(course, item, doer, answers, opinion=said, late_reason=late_reason)
    paper = course.release.specification.elements[item.step].properties.get("paper")
    if paper and item.form:
        outbox.promise(ctx, FILLED_PAPER, case=case.id, seq=row["seq"], title=paper)
    if item.place is None:
        # The answers of several to one step stand in the list of them all, never one for all.
        course.answer(item.step, {key: value for key, value in answers.items() if key != CORRECTIONS})
    if item.return_to and course.leads_to(item.task_id, item.return_to):
        course.jump(item.task_id, item.return_to)
    else:
        course.complete(item.task_id, _vote(course.release, item, conclusion))
    case.moves.append({"do": "trace", "rows": case.steps, "item": item.id, "seq": row["seq"]})
    traces.note(case, item.id, row["seq"], before)


def _take_down(
    course: Course, item: OpenItem, doer: Actor, answers: dict[str, Any], **said: str | None
) -> dict[str, Any]:
    """The journal row of a step that was done; one that signers bring into force is still a deputy's."""
    standing = course.ctx.standing if doer is course.ctx.actor else None
    acting = (standing or doer).grant_in(item.role, item.unit_id)
    filled_in = not (acting or item.assignee_id)
    mandate = acting_for(item.done_for) if item.done_for else None
    return course.case.take_down(
        course.ctx,
        kind="task",
        step=item.step,
        name=item.name,
        round=item.round,
        item_id=item.id,
        actor_id=doer.person_id,
        actor=doer.name,
        for_id=item.done_for_id,
        for_name=item.done_for,
        unit_id=item.unit_id,
        unit=acting.unit_name if acting else item.unit,
        opened_at=item.created_at,
        conclusion=answers.get("conclusion"),
        answers=answers,
        why="代办" if filled_in else mandate,
        **said,
    )


def _vote(release: Release, item: OpenItem, conclusion: str | None) -> spiff.Vote | None:
    """How a conclusion counts where several answer the same step: affirmative, negative, or neither."""
    if conclusion is None or release.specification.elements[item.step].multi_instance is None:
        return None
    options = release.conclusions(item.form)
    votes: tuple[spiff.Vote, ...] = ("yes", "no")
    place = options.index(conclusion) if conclusion in options else len(votes)
    return votes[place] if place < len(votes) else "abstain"
