"""Running a case: start it, claim, save, complete, send back and hand over its work items, wake it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from workflows import (
    acting,
    actions,
    asides,
    campaigns,
    cases,
    catalogue,
    exclusion,
    item_rows,
    lateness,
    opening,
    outbox,
    parameters,
    withholding,
    work_items,
)
from workflows.commands import Command, Context, division_prefix
from workflows.course import Course, visible
from workflows.errors import Conflict, Invalid, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.cases import OpenCase
    from workflows.catalogue import Release
    from workflows.work_items import OpenItem

MOST_ROUNDS = 50
"""A step opened more often than this is a quarrel, not a procedure: the administrator must look."""


class MayNotStart(NotAllowed):
    """The procedure may not be started by this person for this division."""

    code = "procedure.may_not_start"
    sentence = "您不能为该区划发起“{name}”：发起人须为该村（嘎查）的农牧户、村干部或有相应职责的人员。"


class NoSendBack(Conflict):
    """The step's form offers no return."""

    code = "work_item.no_send_back"
    sentence = "“{name}”环节没有退回这一结论，不能退回。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What a new case answers with."""

    case_id: int
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartCase(Command[Started]):
    """发起: open a case and take in the applicant's answers as its first step.

    ``division`` is the 12-digit code the case belongs to; ``answers`` those of the start form;
    ``subject`` may name an existing household (``{"household_id": ...}``), else the form tells.
    """

    procedure: str
    division: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    subject: Mapping[str, Any] = field(default_factory=dict)
    opinion: str | None = None

    def authorise(self, ctx: Context) -> None:
        """The actor holds a starting role in a unit whose division is the case's or above it."""
        release = parameters.ruled(
            ctx.session, catalogue.current(ctx.session, self.procedure, ctx.now), ctx.now
        )
        ctx.memory["release"] = release
        allowed = ctx.actor.kind == "system" or may_start(ctx.actor, release, self.division)
        ctx.require(allowed, MayNotStart, name=release.name)

    def run(self, ctx: Context) -> Started:
        """Create the case, start the engine, complete the first task with the answers."""
        release: Release = ctx.memory["release"]
        row = campaigns.by_hand(ctx, release, self.division)
        if row is not None:
            case = opening.open_case(ctx, release, campaigns.about(row, late=False))
            campaigns.taken(ctx, row, case)
            return Started(case_id=case.id, number=case.number)
        asked = opening.Opening(
            division=self.division,
            answers=self.answers,
            subject={name: self.subject[name] for name in _OWN_WORDS if self.subject.get(name)},
            opinion=self.opinion,
        )
        case = opening.open_case(ctx, release, asked)
        return Started(case_id=case.id, number=case.number)


_OWN_WORDS = ("household_id", "name", "on_file")
"""What a person may say of whom the case is about, beside the start form; never the key that finds them."""


def may_start(actor: Any, release: Release, division: str) -> bool:
    """Whether ``actor`` holds a starting role over ``division`` (a household: in its own village)."""
    return any(
        g.role in release.starters and division.startswith(division_prefix(g.division)) for g in actor.grants
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCommand(Command[int]):
    """A command on one open item: locks its case first, so that verdict and deed see the same state."""

    action: ClassVar[str]
    """Its row in the table of actions."""
    decides: ClassVar[bool] = False
    """Whether it is a decision, which nobody takes about themselves or their relatives."""

    item_id: int
    revision: int | None = None

    def authorise(self, ctx: Context) -> None:
        """The item is open, the actor may act on it, the case runs, the page was not stale."""
        case = item_rows.lock_case(ctx, self.item_id)
        item = item_rows.read_among(ctx, case.id, self.item_id)
        if case.kept and withholding.is_kept(ctx.session, ctx.actor, case.id):
            raise work_items.UnknownItem
        _offer_again_if_left(ctx, item)
        item.require(ctx.actor)
        actions.TABLE[self.action].require_kind(item.kind, item.name)
        case.require_running()
        if self.revision is not None:
            item.require_revision(self.revision)
        ctx.standing = acting.standing(item, ctx.actor)
        if ctx.standing is not None:
            exclusion.require(ctx, case, item, ctx.standing)
        if self.decides:
            exclusion.require_impartial(ctx, case, item.role)
        ctx.memory["case"], ctx.memory["item"] = case, item


def _offer_again_if_left(ctx: Context, item: OpenItem) -> None:
    """An item whose holder lost the role belongs to the unit again: without this nobody could go on."""
    if item.state != work_items.CLAIMED or item.assignee_id in (None, ctx.actor.person_id):
        return
    roles = {item.role, *work_items.takers(item.role)}
    if item.assignee_id not in ctx.host.directory.holders(ctx.session, roles, item.unit_id):
        item.state, item.assignee_id, item.assignee = work_items.OFFERED, None, None


def held(ctx: Context) -> tuple[OpenCase, OpenItem]:
    """The locked case and the item that ``authorise`` found."""
    return ctx.memory["case"], ctx.memory["item"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimWorkItem(ItemCommand):
    """签收: take an offered item, so that colleagues see who is on it. Gives the new revision."""

    action: ClassVar[str] = "claim"

    def run(self, ctx: Context) -> int:
        """Assign it to the actor."""
        case, item = held(ctx)
        whose = ctx.standing or ctx.actor
        if item.assignee_id != whose.person_id:
            _hand_to(item, whose.person_id, whose.name)
            item_rows.change(ctx, item)
        cases.store(ctx, case, item=item.id, step=item.step)
        return item.revision


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseWorkItem(ItemCommand):
    """释放: give a claimed item back to the unit. Gives the new revision."""

    action: ClassVar[str] = "release"

    def run(self, ctx: Context) -> int:
        """Offer it again; the draft stays for whoever goes on."""
        case, item = held(ctx)
        work_items.require_move(item, work_items.OFFERED)
        item.state, item.assignee_id, item.assignee = work_items.OFFERED, None, None
        item_rows.change(ctx, item)
        cases.store(ctx, case, item=item.id, step=item.step)
        return item.revision


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveDraft(ItemCommand):
    """暂存: keep what was typed, unchecked. Gives the new revision; an offered item becomes the actor's."""

    action: ClassVar[str] = "save"

    answers: Mapping[str, Any]

    def run(self, ctx: Context) -> int:
        """Seal what is personal and keep the rest as typed."""
        case, item = held(ctx)
        form = _form_of(ctx, case, item)
        # A step without a form asks nothing, so nothing that could hold a plain number is kept.
        item.draft = self._kept(ctx, case, item, form) if form else None
        whose = ctx.standing or ctx.actor
        _hand_to(item, whose.person_id, whose.name)
        item_rows.change(ctx, item)
        cases.store(ctx, case, item=item.id, step=item.step)
        return item.revision

    def _kept(self, ctx: Context, case: OpenCase, item: OpenItem, form: str) -> dict[str, Any]:
        previous = item.draft or before(case, item)
        draft = ctx.host.forms.keep(ctx, form, self.answers, previous, about=opening.about(case))
        ctx.host.forms.claim_files(ctx, form, draft, case.id)
        return draft


def before(case: OpenCase, item: OpenItem) -> dict[str, Any] | None:
    """What the step answered in its last round; nothing where several do it, each for another."""
    found: dict[str, Any] | None = case.variables.get(item.step) if item.place is None else None
    return found


def _hand_to(item: OpenItem, person_id: int | None, name: str) -> None:
    work_items.require_move(item, work_items.CLAIMED)
    item.state, item.assignee_id, item.assignee = work_items.CLAIMED, person_id, name


def _form_of(ctx: Context, case: OpenCase, item: OpenItem) -> str | None:
    return asides.form_of(item, catalogue.release(ctx.session, case.version_id).forms)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteWorkItem(ItemCommand):
    """办结: check the answers, take them down, and let the case move on. Gives the case's id."""

    action: ClassVar[str] = "complete"
    decides: ClassVar[bool] = True

    answers: Mapping[str, Any] = field(default_factory=dict)
    opinion: str | None = None
    late_reason: str | None = None

    def run(self, ctx: Context) -> int:
        """One step of the procedure, whole; what was asked beside it comes first, or holds it."""
        case, item = held(ctx)
        if asides.is_aside(item):
            if item.kind == work_items.DELEGATED:
                release = catalogue.release(ctx.session, case.version_id)
                exclusion.require_apart(ctx, case, release, item, ctx.standing)
            given = {**self.answers, **({"opinion": self.opinion} if self.opinion else {})}
            asides.finish(ctx, case, item, asides.checked(ctx, case, item, given))
        else:
            self._finish(ctx, case, item)
        cases.store(ctx, case, item=item.id, step=item.step)
        return case.id

    def _finish(self, ctx: Context, case: OpenCase, item: OpenItem) -> None:
        behind = asides.require_nothing_before(ctx, item)
        course = Course.of(ctx, case)
        late = lateness.judged(item, self.late_reason, ctx.now)
        with late.said_with_what_else_is_wrong():
            answers = self._checked(course, item)
        if behind and answers.get("conclusion") != returning(course.release, item.form):
            exclusion.require_apart(ctx, case, course.release, item, ctx.standing)
            asides.hold(ctx, case, item, answers, self.opinion, late.reason)
        else:
            opening.finish(course, item, answers, self.opinion, late_reason=late.reason)

    def _checked(self, course: Course, item: OpenItem) -> dict[str, Any]:
        if item.form is None:
            return {}
        ctx, release = course.ctx, course.release
        given = opening.with_opinion(release, item.form, self.answers, self.opinion)
        form = release.forms[item.form]
        answers = ctx.host.forms.check(
            ctx,
            form,
            given,
            scope={**visible(course.case, release), **(item.member or {})},
            previous=item.draft or before(course.case, item),
            about=opening.about(course.case),
        )
        ctx.host.forms.claim_files(ctx, form, answers, course.case.id)
        return answers


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack(ItemCommand):
    """退回: complete the step with its returning conclusion, the reason as opinion. Gives the case's id."""

    action: ClassVar[str] = "send-back"
    decides: ClassVar[bool] = True

    reason: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    late_reason: str | None = None

    def run(self, ctx: Context) -> int:
        """Choose the form's returning conclusion and take the flow the diagram draws for it."""
        case, item = held(ctx)
        if not self.reason.strip():
            raise Invalid({"reason": "请写明退回的原因，让收到的人知道要改什么。"})
        release = catalogue.release(ctx.session, case.version_id)
        back = returning(release, item.form)
        if back is None:
            raise NoSendBack(name=item.name)
        answers = {**self.answers, "conclusion": back, "opinion": self.reason}
        done = CompleteWorkItem(
            item_id=self.item_id, answers=answers, opinion=self.reason, late_reason=self.late_reason
        )
        return done.run(ctx)


def returning(release: Release, form: str | None) -> str | None:
    """The conclusion of a form that sends the case back, if it offers one."""
    return next((value for value in release.conclusions(form) if "退回" in value), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferWorkItem(ItemCommand):
    """转办: hand an open item to a colleague who holds its role in the same unit. Gives the new revision."""

    action: ClassVar[str] = "transfer"

    to_person_id: int
    reason: str

    def run(self, ctx: Context) -> int:
        """Change the assignee and tell them."""
        case, item = held(ctx)
        if not self.reason.strip():
            raise Invalid({"reason": "请写明转办的原因。"})
        asides.require_nothing_before(ctx, item)
        holders = ctx.host.directory.holders(ctx.session, work_items.takers(item.role), item.unit_id)
        release = catalogue.release(ctx.session, case.version_id)
        away = exclusion.kept_away(ctx.session, ctx.host.directory, case, release, item.step)
        if self.to_person_id not in holders or self.to_person_id in away:
            raise Invalid({"to": "请选择本单位有权办理此环节的一位同事。"})
        _hand_to(item, self.to_person_id, holders[self.to_person_id])
        item_rows.change(ctx, item)
        outbox.promise(
            ctx, "message", person_id=self.to_person_id, about="transferred", case=case.number, item=item.id
        )
        cases.store(ctx, case, item=item.id, step=item.step, to=self.to_person_id)
        return item.revision
