"""The rules: each reads the record of some cases and says what it saw, in a sentence with figures."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import func, or_, select

from app.filters import minute
from app.notices.models import Notice
from app.organisation.models import Person, Relative
from workflows import catalogue, kinship, parameters
from workflows.audit import AuditEntry
from workflows.cases import ENDED, Case
from workflows.catalogue import Procedure
from workflows.clock import LOCAL
from workflows.handling import KIND as HANDLING
from workflows.journal import StepRecord
from workflows.work_items import DONE, WorkItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session

LIMITS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "thresholds.toml").read_text("utf-8"))

NAMES = {
    "swift": "秒批",
    "own": "办理本人或亲属的事",
    "notice": "公示不足或被跳过",
    "night": "深夜集中办理",
    "device": "一台设备两人办理",
    "unanimous": "评议从无异议",
    "quarter": "季末集中消除风险",
}
"""What the rules are called."""

DECISIONS = ("CompleteWorkItem", "HandleBatchItem")

_TEN_DAYS, _BEFORE = timedelta(days=LIMITS["quarter_days"]), timedelta(days=80)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule saw."""

    rule: str
    key: str
    division: str
    sentence: str
    case_number: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A case with its journal and the entries of its chain."""

    case: Case
    rows: list[StepRecord]
    entries: list[dict[str, Any]]

    @property
    def decisions(self) -> list[StepRecord]:
        """The steps in which somebody decided something, save those handed in with the application."""
        return [
            row
            for row in self.rows
            if row.kind == "task" and row.conclusion and row.actor_id and row.at > self.case.created_at
        ]


def records(session: Session, case_ids: list[int]) -> list[Record]:
    """The record of these cases, those kept from people left out."""
    cases = session.scalars(select(Case).where(Case.id.in_(case_ids), ~Case.kept).order_by(Case.id)).all()
    rows: dict[int, list[StepRecord]] = defaultdict(list)
    journal = select(StepRecord).where(StepRecord.case_id.in_([case.id for case in cases]))
    for row in session.scalars(journal.order_by(StepRecord.case_id, StepRecord.seq)):
        rows[row.case_id].append(row)
    entries: dict[str, list[dict[str, Any]]] = defaultdict(list)
    streams = [f"case:{case.number}" for case in cases]
    chains = select(AuditEntry.stream, AuditEntry.at, AuditEntry.body).where(AuditEntry.stream.in_(streams))
    for entry in session.execute(chains.order_by(AuditEntry.stream, AuditEntry.seq)):
        entries[entry.stream].append(orjson.loads(entry.body) | {"instant": entry.at})
    return [Record(case, rows[case.id], entries[f"case:{case.number}"]) for case in cases]


def swift(record: Record) -> Iterator[Seen]:
    """A decision seconds after the item came, or was claimed by who decided it."""
    claims = {
        (entry["facts"].get("item"), entry["actor"]["person"]): entry["instant"]
        for entry in record.entries
        if entry["command"] == "ClaimWorkItem"
    }
    for row in record.decisions:
        opened = max(filter(None, (row.opened_at, claims.get((row.item_id, row.actor_id)))), default=None)
        seconds = (row.at - opened).total_seconds() if opened else None
        if seconds is not None and seconds < LIMITS["swift_seconds"]:
            yield _of(
                record,
                "swift",
                f"{record.case.number}:{row.seq}",
                f"{row.actor}在“{row.name}”打开（签收或到达）后 {seconds:.0f} 秒即作出“{row.conclusion}”"
                f"（少于 {LIMITS['swift_seconds']} 秒即预警）。",
            )


def own(session: Session, record: Record) -> Iterator[Seen]:
    """A decision about somebody's own household, or about one in which a relative lives whom they declared.

    Declared later, or no longer, counts too: who is asked to explain can say so.
    """
    people = kinship.people_of(record.case)
    ties = _ties(session, people) if people else {}
    for row in record.decisions if ties else ():
        element = catalogue.release(session, record.case.version_id).specification.elements.get(row.step)
        tied = next((who for who in (row.actor_id, row.for_id) if who in ties), None)
        if tied is None or (element and element.role == "household"):
            continue
        by = row.actor if tied == row.actor_id else f"{row.actor}（受{row.for_name}委托）"
        sentence = f"{by}在“{row.name}”作出“{row.conclusion}”，{ties[tied]}：应当回避，一次即预警。"
        yield _of(record, "own", f"{record.case.number}:{row.seq}", sentence)


def _ties(session: Session, people: frozenset[str]) -> dict[int, str]:
    """Who is one of these people, or declared one of them a relative: person id → in words."""
    declared = select(Relative).where(
        or_(Relative.identity_hash.in_(people), Relative.household_key.in_(people))
    )
    found = {}
    for one in session.scalars(declared.order_by(Relative.id)):
        over = f"，{minute(one.ended_at)} 结束申报" if one.ended_at else ""
        found[one.person_id] = f"当事人一户有其申报的亲属（{one.relation}，{minute(one.made_at)} 申报{over}）"
    themselves = session.scalars(select(Person.id).where(Person.identity_hash.in_(people)))
    return found | dict.fromkeys(themselves, "当事人一户中有人身份证号与其本人相同")


def notice(session: Session, record: Record) -> Iterator[Seen]:
    """A notice shorter than it says or its procedure asks, closed before its end, or left out by a jump."""
    found = session.scalars(select(Notice).where(Notice.case_id == record.case.id)).all()
    for each in found:
        days = (each.last_day - each.starts_on).days + 1
        early = each.state == "closed" and each.ended_at is not None and each.ended_at < each.ends_at
        least = max(each.days, _asked_days(session, record, each))
        if days < least or early:
            how = f"于 {minute(each.ended_at)} 提前结束" if early else f"只有 {days} 天"
            yield _of(record, "notice", f"notice:{each.id}", f"公示应满 {least} 天，{how}。")
    yield from _jumped_over(session, record, list(found))


def _asked_days(session: Session, record: Record, posted: Notice) -> int:
    """The days the procedure's own parameter asked of this notice; 0 if it cannot be known.

    Elements that post under other words of their own are not meant; among several the least counts.
    """
    release = catalogue.release(session, record.case.version_id)
    ruled = parameters.ruled(session, release, record.case.created_at).parameters
    asked = []
    for element in release.specification.elements.values():
        if element.operation == "notice.post":
            said = {line.target: line.source for line in element.inputs}
            name = said.get("days", "").removeprefix("=").strip().removeprefix("param.")
            if said.get("title", "=").startswith("=") or said["title"] == posted.title:
                asked.append(ruled.get(name))
    known = [days for days in asked if isinstance(days, int)]
    return min(known) if asked and len(known) == len(asked) else 0


def _jumped_over(session: Session, record: Record, found: list[Notice]) -> Iterator[Seen]:
    elements = catalogue.release(session, record.case.version_id).specification.elements.values()
    jumps = [row for row in record.rows if row.kind == HANDLING and row.name.startswith("跳转")]
    posts = any(element.operation == "notice.post" for element in elements)
    if posts and jumps and record.case.state == ENDED and not any(each.state == "closed" for each in found):
        sentence = f"{jumps[-1].actor}{jumps[-1].name}，办件办结时没有一次公示期满（一次即预警）。"
        yield _of(record, "notice", f"jump:{record.case.number}", sentence)


def device(record: Record) -> Iterator[Seen]:
    """Two people who acted in the same case from the same device."""
    people: dict[str, dict[int, str]] = defaultdict(dict)
    for entry in record.entries:
        actor = entry["actor"]
        if actor.get("device") and actor["person"] and entry["command"] in {*DECISIONS, "SendBackTo"}:
            people[actor["device"]][actor["person"]] = actor["name"]
    for name, who in people.items():
        if len(who) > 1:
            sentence = (
                f"{'、'.join(who.values())}在同一办件中用同一网络地址和浏览器办理（{name}），两人即预警。"
            )
            yield _of(record, "device", f"{record.case.number}:{name}"[:160], sentence)


def night(session: Session, record: Record) -> Iterator[Seen]:
    """Many decisions of one person in one night."""
    for actor_id, (name, at) in {row.actor_id: (row.actor, row.at) for row in record.decisions}.items():
        span = night_of(at)
        if span is None:
            continue
        asked = select(func.count()).where(
            AuditEntry.actor_id == actor_id,
            AuditEntry.at.between(*span),
            AuditEntry.command.in_(DECISIONS),
            AuditEntry.stream.startswith("case:"),
        )
        many = session.scalar(asked) or 0
        if many >= LIMITS["night_decisions"]:
            day = span[0].astimezone(LOCAL).date()
            sentence = (
                f"{name}在 {day} 夜间（{LIMITS['night_from']:02d}:00 至次日 {LIMITS['night_until']:02d}:00）"
                f"办理不少于 {LIMITS['night_decisions']} 件。"
            )
            yield Seen("night", f"{actor_id}:{day}", record.case.division, sentence, record.case.number)


def night_of(at: datetime) -> tuple[datetime, datetime] | None:
    """The night an instant falls into; None by day."""
    local = at.astimezone(LOCAL)
    if LIMITS["night_until"] <= local.hour < LIMITS["night_from"]:
        return None
    evening = local if local.hour >= LIMITS["night_from"] else local - timedelta(days=1)
    begun = evening.replace(hour=LIMITS["night_from"], minute=0, second=0, microsecond=0)
    hours = 24 - LIMITS["night_from"] + LIMITS["night_until"]
    return begun, begun + timedelta(hours=hours)


def unanimous(session: Session, record: Record) -> Iterator[Seen]:
    """Somebody who has voted often at one step, and never otherwise than yes."""
    for row in record.decisions:
        item = session.get(WorkItem, row.item_id) if row.item_id else None
        if item is None or item.place is None:
            continue
        release = catalogue.release(session, record.case.version_id)
        options = release.conclusions(item.form)
        votes = list(
            session.scalars(
                select(WorkItem.conclusion).where(
                    WorkItem.done_by_id == row.actor_id,
                    WorkItem.state == DONE,
                    WorkItem.procedure_key == record.case.procedure_key,
                    WorkItem.step == row.step,
                )
            )
        )
        if options and len(votes) >= LIMITS["unanimous_votes"] and set(votes) == {options[0]}:
            least = LIMITS["unanimous_votes"]
            sentence = f"{row.actor}在“{row.name}”累计表决不少于 {least} 次，全部为“{options[0]}”。"
            key = f"{row.actor_id}:{record.case.procedure_key}:{row.step}"
            yield Seen("unanimous", key, record.case.division, sentence, record.case.number)


def quarter(session: Session, record: Record) -> Iterator[Seen]:
    """Far more risks eliminated in a township at the end of a quarter than before."""
    case = record.case
    ends = _quarter_end(case.ended_at) if case.state == ENDED and case.ended_at else None
    if ends is None or LIMITS["quarter_procedures"] not in case.procedure_name:
        return
    area = f"{case.division[:9]}000"

    def ended(since: datetime, until: datetime) -> int:
        asked = (
            select(func.count())
            .select_from(Case)
            .join(Procedure, Procedure.key == Case.procedure_key)
            .where(Procedure.name.contains(LIMITS["quarter_procedures"]), Case.state == ENDED, ~Case.kept)
            .where(Case.division.between(area, f"{area[:9]}999"))
            .where(Case.ended_at >= since, Case.ended_at < until)
        )
        return session.scalar(asked) or 0

    now, earlier = ended(ends - _TEN_DAYS, ends), ended(ends - _TEN_DAYS - _BEFORE, ends - _TEN_DAYS)
    pace = earlier * _TEN_DAYS / _BEFORE
    if now >= LIMITS["quarter_least"] and now >= LIMITS["quarter_factor"] * pace:
        last = (ends - timedelta(seconds=1)).astimezone(LOCAL).date()
        days = LIMITS["quarter_days"]
        sentence = (
            f"本乡镇到 {last} 的季末 {days} 天内风险消除办结不少于 {LIMITS['quarter_least']} 件，"
            f"是此前 {_BEFORE.days} 天平均进度（每 {days} 天 {pace:.1f} 件）"
            f"的 {LIMITS['quarter_factor']} 倍以上。"
        )
        yield Seen("quarter", f"{area}:{last}", area, sentence, case.number)


def _quarter_end(at: datetime) -> datetime | None:
    """The end of the quarter, if ``at`` is among its last days."""
    local = at.astimezone(LOCAL)
    month = (local.month - 1) // 3 * 3 + 4
    year, month = (local.year + 1, 1) if month > 12 else (local.year, month)
    ends = local.replace(year=year, month=month, day=1, hour=0, minute=0, second=0, microsecond=0)
    return ends if ends - local <= _TEN_DAYS else None


def _of(record: Record, rule: str, key: str, sentence: str) -> Seen:
    return Seen(rule, key, record.case.division, sentence, record.case.number)


RULES: dict[str, Callable[[Session, Record], Iterator[Seen]]] = {
    "swift": lambda _, record: swift(record),
    "own": own,
    "notice": notice,
    "night": night,
    "device": lambda _, record: device(record),
    "unanimous": unanimous,
    "quarter": quarter,
}
"""Every rule by its name; none knows of another."""
