"""Four eyes (复核): what is submitted, looked at by somebody else, and published as exactly that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import or_, select

from workflows import outbox
from workflows.administering import ADMINISTRATOR
from workflows.catalogue import WITHDRAWN, ProcedureVersion
from workflows.clock import local_date, start_of_day
from workflows.commands import Command, Context
from workflows.designing import lint, publish
from workflows.designing.amendments import (
    APPROVED,
    DRAFTING,
    PUBLISHED,
    STATE_WORDS,
    SUBMITTED,
    Amendment,
    bundle_of,
    kept_beside,
    move,
    office_of,
    require_author,
    seen,
)
from workflows.errors import Conflict, Invalid, NotAllowed
from workflows.work_items import moment

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.catalogue import Bundle, Procedure
    from workflows.designing.findings import Office

LONGEST = {"number": 60, "title": 200, "text": 200_000}
LONGEST_OPINION = 2000


class SameHand(NotAllowed):
    """Whoever wrote any of it neither reviews nor publishes it."""

    code = "amendment.same_hand"
    sentence = "修订稿“{title}”由您起草或保存、提交过，{what}须由没有参与起草的另一位事项管理员办理。"


class NotAsReviewed(Conflict):
    """It is not what the person looked at."""

    code = "amendment.not_as_seen"
    sentence = "修订稿“{title}”与您看到的内容不一致（校验值不同），未作处理；请重新打开核对后再办。"


class CalledChanged(Conflict):
    """What it calls has a new version since it was reviewed."""

    code = "amendment.called_changed"
    sentence = "“{title}”所调用的事项在复核后有了新版本，内容已与复核时不同；请退回起草，重新提交复核。"


class NotItsTurn(Conflict):
    """The amendment's state does not allow this."""

    code = "amendment.not_its_turn"
    sentence = "修订稿“{title}”现在{state}，不能{what}。"


class PublishedBetween(Conflict):
    """Others have been published since this one was begun; they would be lost."""

    code = "amendment.published_between"
    sentence = (
        "“{title}”起草以后，已另外发布了{others}，直接发布会使其改动失效。"
        "请核对比较结果，确认已并入或确要取代后，勾选确认再发布。"
    )


class RetiredBetween(Conflict):
    """The procedure was retired since."""

    code = "amendment.retired_between"
    sentence = "“{title}”起草以后，该事项已停用；要恢复办理，请从原版本重新起草一份修订稿。"


class TimePassed(Conflict):
    """The day from which it was to hold is over."""

    code = "amendment.time_passed"
    sentence = "“{title}”定于{when}生效，这一天已过，不能倒签；请退回起草，改定生效时间后重新复核。"


class NothingChanged(Conflict):
    """It says what is in force."""

    code = "amendment.nothing_changed"
    sentence = "“{title}”与现行版本完全相同，无需发布。"


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnAmendment(Command[int]):
    """A command on one amendment by an administrator who takes no part in the procedure."""

    wanted: ClassVar[tuple[str, ...]]
    what: ClassVar[str]
    others_only: ClassVar[bool] = False

    amendment_id: int

    def authorise(self, ctx: Context) -> None:
        """Whoever administers the procedure; where it takes other eyes, nobody who wrote any of it."""
        row = ctx.memory["amendment"] = seen(ctx.session, ctx.actor, self.amendment_id, lock=True)
        require_author(ctx, row)
        if self.others_only:
            # No exemption: who has no person behind them is nobody else either.
            known = ctx.actor.person_id is not None and ctx.actor.person_id not in writers(row)
            ctx.require(known, SameHand, title=row.title, what=self.what)
        if row.state not in self.wanted:
            raise NotItsTurn(title=row.title, state=STATE_WORDS[row.state], what=self.what)


def writers(row: Amendment) -> set[int | None]:
    """Everybody whose words are in it: who began it, saved it, submitted it."""
    return {*row.authors, row.author_id, row.saved_by_id, row.submitted_by_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitAmendment(_OnAmendment):
    """提交复核: with the document that orders the change and the time from which it is to hold."""

    wanted: ClassVar[tuple[str, ...]] = (DRAFTING,)
    what: ClassVar[str] = "提交复核"

    revision: int
    document: Mapping[str, str]
    """文号 ``number``, ``title``, ``date`` (ISO), and its ``text``."""
    effective_at: datetime | None

    def run(self, ctx: Context) -> int:
        """Nothing that the lint refuses comes before a reviewer. Raises Invalid or Unpublishable."""
        row: Amendment = ctx.memory["amendment"]
        if self.revision != row.revision:
            raise NotAsReviewed(title=row.title)
        errors = self._faults(ctx)
        if errors:
            raise Invalid(errors)
        bundle = bundle_of(ctx.session, row.procedure_key, row.files)
        publish.require_sound(bundle, _office(ctx, row))
        row.document = {name: self.document.get(name, "").strip() for name in (*LONGEST, "date")}
        row.effective_at = self.effective_at
        move(row, SUBMITTED)
        row.submitted_at, row.submitted_by_id, row.submitted_by = (
            ctx.now,
            ctx.actor.person_id,
            ctx.actor.name,
        )
        row.digest, row.bundle_digest = row.digest_now(), bundle.digest()
        row.reviewed_at = row.reviewer_id = row.reviewer = row.opinion = None
        _put_on_record(ctx, row, document=_named(row), effective=_instant(row))
        _tell(ctx, row, "amendment_submitted", but=writers(row))
        return row.id

    def _faults(self, ctx: Context) -> dict[str, str]:
        words = {"number": "文号", "title": "标题", "text": "正文"}
        errors = {
            name: f"请填写政策文件的{words[name]}，不超过 {most} 字。"
            for name, most in LONGEST.items()
            if not 0 < len(self.document.get(name, "").strip()) <= most
        }
        today = local_date(ctx.now)
        dated = _day(self.document.get("date", ""))
        if dated is None or dated > today:
            errors["date"] = "请填写政策文件的成文日期，不晚于今天。"
        if self.effective_at is None:
            errors["effective"] = "请填写生效时间。"
        elif self.effective_at < start_of_day(today):
            errors["effective"] = "生效时间不能早于今天，新版本不能倒签。"
        return errors


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAmendment(_OnAmendment):
    """复核: approve what has this digest, or send it back with an opinion."""

    wanted: ClassVar[tuple[str, ...]] = (SUBMITTED,)
    what: ClassVar[str] = "复核"
    others_only: ClassVar[bool] = True

    digest: str
    approve: bool
    opinion: str = ""

    def run(self, ctx: Context) -> int:
        """Bind the approval to what was looked at. Raises NotAsReviewed."""
        row: Amendment = ctx.memory["amendment"]
        if self.digest != row.digest or row.digest != row.digest_now():
            raise NotAsReviewed(title=row.title)
        opinion = self.opinion.strip()
        if (not self.approve and not opinion) or len(opinion) > LONGEST_OPINION:
            raise Invalid({"opinion": f"请写明退回的意见，不超过 {LONGEST_OPINION} 字。"})
        if not self.approve:
            _put_on_record(ctx, row, returned=True, opinion=opinion)
            _back(row)
            row.opinion, row.reviewer, row.reviewed_at = opinion, ctx.actor.name, ctx.now
            _tell(ctx, row, "amendment_returned", to=writers(row))
            return row.id
        move(row, APPROVED)
        row.reviewed_at, row.reviewer_id, row.reviewer = ctx.now, ctx.actor.person_id, ctx.actor.name
        row.opinion = opinion or None
        _put_on_record(ctx, row, approved=True, opinion=opinion)
        _tell(ctx, row, "amendment_approved", but=writers(row))
        return row.id


@dataclass(frozen=True, slots=True, kw_only=True)
class BackToDrafting(_OnAmendment):
    """退回起草: take it up again before it is published; an approval that was given is void."""

    wanted: ClassVar[tuple[str, ...]] = (SUBMITTED, APPROVED)
    what: ClassVar[str] = "退回起草"

    def run(self, ctx: Context) -> int:
        """What is changed after this has to be reviewed anew."""
        row: Amendment = ctx.memory["amendment"]
        told = {row.reviewer_id, *writers(row)} - {None, ctx.actor.person_id}
        _put_on_record(ctx, row)
        _back(row)
        _tell(ctx, row, "amendment_back", to=told)
        return row.id


def _back(row: Amendment) -> None:
    move(row, DRAFTING)
    row.digest = row.bundle_digest = None
    row.reviewed_at = row.reviewer_id = row.reviewer = row.opinion = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishAmendment(_OnAmendment):
    """发布: make what was approved the procedure's next version, from its time on. Gives its number.

    ``acknowledged`` names the versions published since it was begun which it is to replace.
    """

    wanted: ClassVar[tuple[str, ...]] = (APPROVED,)
    what: ClassVar[str] = "发布"
    others_only: ClassVar[bool] = True

    digest: str
    acknowledged: tuple[int, ...] = ()

    def run(self, ctx: Context) -> int:
        """Look at everything once more, under the lock of the procedure."""
        row: Amendment = ctx.memory["amendment"]
        if self.digest != row.digest or row.digest != row.digest_now():
            raise NotAsReviewed(title=row.title)
        at = self._from_when(ctx, row)
        bundle = bundle_of(ctx.session, row.procedure_key, row.files)
        publish.require_sound(bundle, _office(ctx, row))
        if bundle.digest() != row.bundle_digest:
            raise CalledChanged(title=row.title)
        procedure = publish.locked(ctx, bundle)
        self._require_nothing_lost(ctx, row, procedure, bundle)
        version = publish.add(ctx, bundle, kept_beside(row.files), effective_at=at)
        if at <= ctx.now:
            publish.put_in_force(ctx, procedure, version)
        move(row, PUBLISHED)
        row.published_at, row.publisher_id, row.publisher = ctx.now, ctx.actor.person_id, ctx.actor.name
        row.version_id = version.id
        _put_on_record(ctx, row, number=version.number, version=version.digest, effective=at.isoformat())
        ctx.facts |= {"author": row.author_id, "reviewer": row.reviewer_id}
        if self.acknowledged:
            ctx.facts["acknowledged"] = sorted(self.acknowledged)
        _tell(ctx, row, "amendment_published", to={*writers(row), row.reviewer_id} - {ctx.actor.person_id})
        return version.number

    def _from_when(self, ctx: Context, row: Amendment) -> datetime:
        """The time that was reviewed, now at the earliest: nothing held before it was published."""
        at = row.effective_at or ctx.now
        if at < start_of_day(local_date(ctx.now)):
            raise TimePassed(title=row.title, when=moment(at))
        return max(at, ctx.now)

    def _require_nothing_lost(
        self, ctx: Context, row: Amendment, procedure: Procedure, bundle: Bundle
    ) -> None:
        others = published_since(ctx.session, row)
        standing = ctx.session.get(ProcedureVersion, procedure.current_version_id or 0)
        if standing is None and row.base_id is not None:
            raise RetiredBetween(title=row.title)
        if standing is not None and standing.digest == bundle.digest() and not others:
            raise NothingChanged(title=row.title)
        if {each.number for each in others} - set(self.acknowledged):
            said = "、".join(f"第 {each.number} 版（{each.published_by}）" for each in others)
            raise PublishedBetween(title=row.title, others=said)


def published_since(session: Session, row: Amendment) -> list[ProcedureVersion]:
    """The versions published, or come into force, since the amendment was begun, oldest first.

    Those withdrawn do not count.
    """
    query = select(ProcedureVersion).where(
        ProcedureVersion.procedure_key == row.procedure_key,
        ProcedureVersion.state != WITHDRAWN,
        or_(ProcedureVersion.published_at > row.created_at, ProcedureVersion.effective_at > row.created_at),
    )
    rows = session.scalars(query.order_by(ProcedureVersion.number)).all()
    return [each for each in rows if each.id != row.base_id]


def _office(ctx: Context, row: Amendment) -> Office:
    """The office the lint holds an amendment against: the same as while it is edited."""
    return office_of(ctx.session, ctx.host.office or lint.NO_OFFICE, row.files)


def _put_on_record(ctx: Context, row: Amendment, **facts: object) -> None:
    said = {name: value for name, value in facts.items() if value not in (None, "")}
    ctx.record("catalogue", procedure=row.procedure_key, amendment=row.id, digest=row.digest, **said)


def _named(row: Amendment) -> dict[str, str]:
    return {name: row.document[name] for name in ("number", "title", "date")}


def _instant(row: Amendment) -> str | None:
    return row.effective_at.isoformat() if row.effective_at else None


def _tell(
    ctx: Context,
    row: Amendment,
    about: str,
    *,
    to: set[int | None] | None = None,
    but: set[int | None] | None = None,
) -> None:
    """Tell those people, or every administrator of the division but some; never who acts."""
    people = _administrators(ctx, row) - (but or set()) if to is None else to
    for person in sorted(each for each in people if each is not None and each != ctx.actor.person_id):
        outbox.promise(
            ctx,
            "message",
            person_id=person,
            about=about,
            by=ctx.actor.name,
            title=row.title,
            link=f"/publishing/amendments/{row.id}",
        )


def _administrators(ctx: Context, row: Amendment) -> set[int | None]:
    unit = ctx.host.directory.unit_for(ctx.session, ADMINISTRATOR, "county", row.division)
    return set(ctx.host.directory.holders(ctx.session, [ADMINISTRATOR], unit.id))
