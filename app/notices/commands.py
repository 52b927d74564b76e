"""What the public may do: object to a notice, and ask how far a case has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, or_, select

from app.notices import queries
from app.notices.models import OPEN, RECALLED, STOPPED, Notice, Objection, ProgressMiss
from app.security import sealing
from forms.validators import Wrong, clean, phone
from workflows import cases, waking
from workflows.commands import Command
from workflows.errors import Conflict, Invalid, NotFound, TooMany

if TYPE_CHECKING:
    from app.notices.queries import Progress
    from workflows.cases import OpenCase
    from workflows.commands import Context

MOST_OBJECTIONS, OBJECTIONS_WITHIN = 5, timedelta(hours=1)
"""So many objections one device may raise in that time."""

MOST_MISSES, MISSES_WITHIN = 5, timedelta(minutes=10)
"""So many wrong pairs one device may try in that time."""

MOST_MISSES_OF_A_NUMBER = 10
"""So many wrong pairs may be tried for one number, from whatever device."""

NAME_LENGTH, LEAST_REASON, LONGEST_REASON = 40, 5, 1000


class UnknownNotice(NotFound):
    """There is no such notice."""

    code = "notice.unknown"
    sentence = "没有找到该公示，请从公示列表打开。"


class NoObjections(Conflict):
    """The notice only tells; nobody can object to it here."""

    code = "objection.not_taken"
    sentence = "该公告不在网上受理异议，如有意见请向公告所写的受理人反映。"


class AlreadyStopped(Conflict):
    """Somebody else objected first."""

    code = "objection.stopped"
    sentence = "该公示已因异议中止，正在核实；您的意见请直接向公示所写的受理人反映，核实后会重新公示。"


class PeriodOver(Conflict):
    """The notice's period has ended."""

    code = "objection.too_late"
    sentence = "公示期已于{ended}届满，网上不再受理异议；如仍有意见，请向村委会或镇（街道）反映。"


class CalledOff(Conflict):
    """The case was ended, and its notice with it."""

    code = "objection.called_off"
    sentence = "该办件已终止，公示随之中止，不再受理异议；如有意见，请向公示所写的受理人反映。"


class AtRest(Conflict):
    """The case is suspended: the notice goes on later, and as much longer."""

    code = "objection.at_rest"
    sentence = "该办件已挂起，公示暂停，暂不受理网上异议；恢复后公示期相应顺延，届时可以再提出。"


class TooManyObjections(TooMany):
    """One device raised more objections than a person would."""

    code = "objection.too_many"
    sentence = "此设备一小时内提交的异议过多，请稍后再试，或直接向公示所写的受理人反映。"


class TooManyMisses(TooMany):
    """Somebody is guessing."""

    code = "progress.too_many"
    sentence = "编号与证件号后四位多次不符，请 10 分钟后再试；也可向村委会查询。"


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseObjection(Command[int]):
    """提出异议: stop the notice and send its case back to be checked, all in one. Gives the objection's id.

    The same person pressing twice gets the same answer and no second effect.
    """

    notice_id: int
    name: str
    phone: str
    reason: str

    def authorise(self, ctx: Context) -> None:
        """Anybody may object; the case is locked, so that the notice cannot end between verdict and deed."""
        case_id = ctx.session.scalar(select(Notice.case_id).where(Notice.id == self.notice_id))
        if case_id is None:
            raise UnknownNotice
        ctx.memory["case"] = cases.lock(ctx, case_id)

    def run(self, ctx: Context) -> int:
        """Check what was written, keep it, hand it to the case."""
        answers = _checked(self.name, self.phone, self.reason)
        notice = ctx.session.get_one(Notice, self.notice_id, populate_existing=True)
        phone_hash = sealing.keyed_hash("phone", answers["phone"])
        repeated = _same(ctx, notice, phone_hash, answers)
        if repeated is not None:
            # Nothing changed, so the case's own chain, one entry per revision, does not grow.
            ctx.record("objections", case=notice.case_number, objection=repeated, repeated=True)
            return repeated
        _require_open(ctx, notice, ctx.memory["case"])
        objection = Objection(
            notice_id=notice.id,
            name=answers["name"],
            phone=sealing.seal("phone", answers["phone"]),
            phone_hash=phone_hash,
            reason=answers["reason"],
            device_hash=_device(ctx),
            at=ctx.now,
        )
        ctx.session.add(objection)
        ctx.session.flush()
        # The household reads its own case: it learns what was said, not who said it.
        waking.receive(
            ctx,
            notice.case_id,
            "objection",
            by=sealing.name_mask(answers["name"]),
            content={"notice": notice.id, "objection": objection.id, "reason": answers["reason"]},
            name="公示异议",
        )
        return objection.id


def _checked(name: str, telephone: str, reason: str) -> dict[str, str]:
    errors: dict[str, str] = {}
    answers: dict[str, str] = {}
    for key, check, text in (("name", _name, name), ("phone", phone, telephone), ("reason", _reason, reason)):
        try:
            answers[key] = check(text)
        except Wrong as wrong:
            errors[key] = str(wrong)
    if errors:
        raise Invalid(errors)
    return answers


def _name(text: str) -> str:
    name = clean(text)
    if not name:
        raise Wrong("请填写您的姓名，核实情况时要与您联系；姓名不会公开。")
    if len(name) > NAME_LENGTH:
        raise Wrong(f"姓名不能超过 {NAME_LENGTH} 个字。")
    return name


def _reason(text: str) -> str:
    reason = clean(text)
    if len(reason) < LEAST_REASON:
        raise Wrong("请写明异议的内容和理由，至少 5 个字。")
    if len(reason) > LONGEST_REASON:
        raise Wrong(f"异议内容不能超过 {LONGEST_REASON} 个字，现为 {len(reason)} 个字。")
    return reason


def _same(ctx: Context, notice: Notice, phone_hash: str, answers: dict[str, str]) -> int | None:
    """The objection already raised with exactly these words; other words from that telephone are another."""
    return ctx.session.scalar(
        select(Objection.id).where(
            Objection.notice_id == notice.id,
            Objection.phone_hash == phone_hash,
            Objection.name == answers["name"],
            Objection.reason == answers["reason"],
        )
    )


def _require_open(ctx: Context, notice: Notice, case: OpenCase) -> None:
    if not notice.objections:
        raise NoObjections
    if notice.state == OPEN and case.state == cases.SUSPENDED:
        raise AtRest
    if notice.state == OPEN and ctx.now < notice.ends_at:
        _require_patience(ctx)
        return
    if notice.state == STOPPED:
        raise CalledOff if notice.result == RECALLED else AlreadyStopped
    raise PeriodOver(ended=_evening(notice))


def _evening(notice: Notice) -> str:
    day = notice.last_day
    return f"{day.year}年{day.month}月{day.day}日24时"


def _require_patience(ctx: Context) -> None:
    raised = ctx.session.scalar(
        select(func.count())
        .select_from(Objection)
        .where(Objection.device_hash == _device(ctx), Objection.at > ctx.now - OBJECTIONS_WITHIN)
    )
    ctx.require((raised or 0) < MOST_OBJECTIONS, TooManyObjections)


def _device(ctx: Context) -> str:
    return sealing.keyed_hash("device", ctx.actor.device)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskProgress(Command["Progress | None"]):
    """查询进度: how far a case has come, for whoever knows its number and the end of an identity number.

    A wrong pair gives None, whatever was wrong about it, and is counted; reading changes nothing else.
    """

    number: str
    last_four: str

    def authorise(self, ctx: Context) -> None:
        """Anybody may ask, until they guess."""
        since = ctx.now - MISSES_WITHIN
        device, number = _device(ctx), _number_hash(self.number)
        rows = ctx.session.execute(
            select(ProgressMiss.device_hash, ProgressMiss.number_hash).where(
                or_(ProgressMiss.device_hash == device, ProgressMiss.number_hash == number),
                ProgressMiss.at > since,
            )
        ).all()
        ctx.require(sum(row.device_hash == device for row in rows) < MOST_MISSES, TooManyMisses)
        ctx.require(sum(row.number_hash == number for row in rows) < MOST_MISSES_OF_A_NUMBER, TooManyMisses)

    def run(self, ctx: Context) -> Progress | None:
        """Look, or count the miss."""
        found = queries.progress(ctx.session, self.number.strip().upper(), self.last_four.strip().upper())
        # A wrong number may be anybody's, mistyped; only one that was found is named.
        ctx.record(
            "progress", found=found is not None, **({"case": self.number.strip().upper()} if found else {})
        )
        if found is None:
            ctx.session.execute(delete(ProgressMiss).where(ProgressMiss.at <= ctx.now - MISSES_WITHIN))
            ctx.session.execute(
                insert(ProgressMiss).values(
                    device_hash=_device(ctx), number_hash=_number_hash(self.number), at=ctx.now
                )
            )
        return found


def _number_hash(number: str) -> str:
    return sealing.keyed_hash("case", number.strip().upper())
