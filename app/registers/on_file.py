"""What the office has on file of a household, a project or an asset, by the names forms ask for it.

A form's component says in its ``properties`` which name answers it: ``"on_file": "household.phone"``. The
names are those of VOCABULARY; ``case.<key>`` is what an earlier step of the same case, or the case that began
it, answered under that key. Sources are the registers' rows about the subject and the journals of cases about
it, each as far as the asking person may read it; the newest source of a name counts. Numbers stay sealed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, false, or_, select
from sqlalchemy.orm import aliased

import forms
from app.attachments.shelf import HASH
from app.organisation.models import Person
from app.registers import definition, queries, reach
from app.registers.definition import Definition
from app.registers.models import RegisterRow, RegisterSubject
from app.scope import visible
from app.security import sealing
from workflows import catalogue
from workflows.cases import Case
from workflows.clock import local_date
from workflows.journal import StepRecord
from workflows.returning import WITHDRAWN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from workflows.commands import Actor
    from workflows.ports import About

MOST_ROWS, MOST_CASES, MOST_STEPS = 40, 10, 60
"""How far back is looked: what is older is of no use on a form."""


@dataclass(frozen=True, slots=True)
class Known:
    """One thing that may be on file: what it is called, and where a register's row has it.

    ``row`` is what the row itself knows (its name or number), ``columns`` the registers' names for it. Cases
    have it wherever a form asks for it. ``days``: so long it is worth offering.
    """

    words: str
    columns: tuple[str, ...] = ()
    row: str = ""
    days: int | None = None


VOCABULARY: dict[str, Known] = {
    "household.name": Known("户主姓名", row="subject_name"),
    "household.identity": Known("户主身份证号", row="identity"),
    "household.phone": Known("联系电话", ("联系电话",)),
    "household.address": Known("住址", ("住址",)),
    "household.type": Known("户类型（脱贫户、非脱贫户）", ("户类型",)),
    "household.area": Known("所在区域", ("区域",)),
    "household.members": Known("户主以外的家庭成员，每人一行：姓名、关系、证件号、劳动能力、健康等情况"),
    "household.labour": Known("户主劳动能力"),
    "household.health": Known("户主健康等需要说明的情况"),
    "household.income": Known("近一年家庭总收入，一年内有效", days=365),
    "project.number": Known("项目库编号", row="number"),
    "project.name": Known("项目名称", row="subject_name"),
    "project.year": Known("项目年度", ("年度",)),
    "project.department": Known("行业主管部门或者帮扶部门", ("行业主管部门",)),
    "project.total": Known("项目投资", ("项目投资",)),
    "project.people": Known("受益人数", ("受益人数",)),
    "project.owner": Known("项目实施主体", ("项目实施主体",)),
    "asset.number": Known("资产编号", ("资产编号",)),
    "asset.name": Known("资产名称", row="subject_name"),
    "asset.class": Known("资产类别", ("资产类别",)),
    "asset.ledger": Known("所在台账", ("台账",)),
    "asset.immovable": Known("是否不动产", ("不动产",)),
    "asset.cost": Known("原始成本", ("原始成本",)),
    "asset.owner": Known("产权归属", ("产权归属", "资产所有人", "所有权")),
}
"""Every name a form may ask for, beside ``case.<key>``. No form asks for a bank account; one that did would
have it sealed, as the identity number is."""

ROSTERS = {
    "household": ("households_", "warning_ledger", "monitored_", "lowincome_"),
    "project": ("projects_",),
    "asset": ("assets_",),
}
"""By kind of subject, how the keys of the registers begin that say who or what there is."""

PICKED, OWN = "on_file", "own"
"""How a start names whom it is about: by the number of a row or a case, or as the household that asks."""

OWN_CASE = "case."

_Told = tuple[str, datetime, forms.OnFile]
"""A name, since when it is known so, and what is known."""


def rosters(kind: str, locality: str) -> list[Definition]:
    """The registers of a locality in which a household, a project or an asset is looked up."""
    begins = ROSTERS.get(kind, ())
    return [
        one
        for one in definition.every().values()
        if begins and one.key.startswith(begins) and one.subject == kind and locality in one.localities
    ]


def found(
    session: Session,
    actor: Actor,
    at: datetime,
    about: About,
    wanted: Collection[str],
    told: Mapping[str, str],
) -> dict[str, forms.OnFile]:
    """What is on file for each of the wanted names: the newest that the actor may know; see shelf.Files."""
    whom = _Subject(session, actor, about, told)
    if not whom.is_known():
        return {}
    newest: dict[str, tuple[datetime, forms.OnFile]] = {}
    for name, moment, known in (*_of_rows(session, whom.rows(), wanted), *_of_cases(session, whom, wanted)):
        days = VOCABULARY[name].days if name in VOCABULARY else None
        if days is not None and moment < at - timedelta(days=days):
            continue
        if name not in newest or moment > newest[name][0]:
            newest[name] = moment, known
    return {name: known for name, (_, known) in newest.items()}


# Asked whenever a case is started, so built once.
_KNOWN = select(
    or_(
        exists().where(RegisterSubject.kind.in_(ROSTERS), RegisterSubject.key == bindparam("b_key")),
        exists().where(Case.subject_key == bindparam("b_key")),
    )
)


class _Subject:
    """Whom a form is about: the rows and cases of it that the actor may read."""

    def __init__(self, session: Session, actor: Actor, about: About, told: Mapping[str, str]) -> None:
        self.session, self.actor, self.about, self.told = session, actor, about, told
        number = self._number()
        self.row = row_numbered(session, actor, number) if number else None
        self.key = self._key(number)

    def _number(self) -> str:
        """By which number the subject was picked, or its row is told."""
        key = str(self.about.subject.get("key") or "")
        by_key = key.removeprefix(_PROJECT) if key.startswith(_PROJECT) else ""
        return str(self.about.subject.get(PICKED) or self.told.get("project.number") or by_key)

    def _key(self, number: str) -> str | None:
        """The key of the subject: the case's, of what was picked or told, or the household's own."""
        if self.about.subject.get("key"):
            return str(self.about.subject["key"])
        if number == OWN:
            return self.own
        if self.row is not None:
            query = select(RegisterSubject.key).where(RegisterSubject.id == self.row.subject_id)
            return self.session.scalar(query)
        picked = case_numbered(self.session, self.actor, number) if number else None
        return picked.subject_key if picked else self._told_key()

    def _told_key(self) -> str | None:
        """The key of the subject whose number was typed into the form."""
        if f"household.identity{HASH}" in self.told:
            return self.told[f"household.identity{HASH}"]
        if "household.identity" in self.told:
            return sealing.keyed_hash("identity", self.told["household.identity"])
        if "asset.number" in self.told:
            return _ASSET + "".join(self.told["asset.number"].split())
        return None

    @cached_property
    def own(self) -> str | None:
        """The key of the household that asks about itself."""
        if not self.actor.holds("household"):
            return None
        return self.session.scalar(select(Person.identity_hash).where(Person.id == self.actor.person_id))

    def is_known(self) -> bool:
        """Whether anything can be on file at all: most who apply are new, and should not wait for nothing."""
        if self.row is not None or self.about.case or self.about.parent:
            return True
        return bool(self.key and self.session.scalar(_KNOWN, {"b_key": self.key}))

    def rows(self) -> list[RegisterRow]:
        """The registers' rows about it, the last changed first; a household reads its own."""
        mine: list[ColumnElement[bool]] = [RegisterRow.id == self.row.id] if self.row else []
        if self.key:
            # Of some kind, as the index begins with it.
            of_kind = RegisterSubject.kind.in_(ROSTERS)
            subjects = select(RegisterSubject.id).where(of_kind, RegisterSubject.key == self.key)
            mine.append(RegisterRow.subject_id.in_(subjects))
        if not mine:
            return []
        may = reach.within(self.actor, *_every())
        if self.key and self.key == self.own:
            may = or_(may, RegisterRow.register.in_([one.key for one in _every() if one.is_personal]))
        query = select(RegisterRow).where(or_(*mine), may)
        return list(self.session.scalars(query.order_by(RegisterRow.changed_at.desc()).limit(MOST_ROWS)))

    def cases(self) -> list[Case]:
        """The cases about it that the actor may read, and the running one itself; newest first."""
        same = Case.subject_key == self.key if self.key else false()
        theirs = or_(same, Case.number == self.about.parent) & visible(self.actor)
        query = select(Case).where(or_(theirs, Case.number == self.about.case))
        return list(self.session.scalars(query.order_by(Case.id.desc()).limit(MOST_CASES)))


_PROJECT, _ASSET = "project:", "asset:"


@cache
def _every() -> tuple[Definition, ...]:
    """The rosters of all localities."""
    return tuple(one for kind in ROSTERS for place in definition.LOCALITIES for one in rosters(kind, place))


def case_numbered(session: Session, actor: Actor, number: str) -> Case | None:
    """The case of that number, if the actor may read it."""
    return session.scalars(select(Case).where(Case.number == number, visible(actor))).one_or_none()


def reference(session: Session, actor: Actor, about: About, told: Mapping[str, str]) -> str:
    """The number by which whom the form is about can be picked again; empty where nothing is on file."""
    whom = _Subject(session, actor, about, told)
    if whom.key and whom.key == whom.own:
        return OWN
    rows = whom.rows()
    return rows[0].number if rows else next((case.number for case in whom.cases()), "")


def row_numbered(session: Session, actor: Actor, number: str) -> RegisterRow | None:
    """The row of a roster with that number, if the actor may read it."""
    query = select(RegisterRow).where(RegisterRow.number == number, reach.within(actor, *_every()))
    return session.scalars(query).first()


# Registers


def _of_rows(session: Session, rows: list[RegisterRow], wanted: Collection[str]) -> Iterator[_Told]:
    """What the rows know, each since it was written last."""
    history = queries.history(session, [row.id for row in rows]) if rows else {}
    for row in rows:
        written = {name: event.at for event in history[row.id] for name in event.fields}
        source = called(row.register)
        for name in wanted:
            for value, at in _in_row(row, VOCABULARY.get(name), written):
                yield name, at, forms.OnFile(value, source, local_date(at))


def _in_row(
    row: RegisterRow, known: Known | None, written: Mapping[str, datetime]
) -> Iterator[tuple[Any, datetime]]:
    of = definition.named(row.register)
    if known is None:
        return
    if known.row and (known.row != "identity" or of.is_personal):
        value = getattr(row, known.row)
        if value and not (known.row == "number" and of.subject != "project"):
            yield value, row.entered_at
    for column in known.columns:
        value = row.fields.get(column)
        if value not in (None, "", []):
            yield (
                ("是" if value else "否") if isinstance(value, bool) else value,
                written.get(column, row.entered_at),
            )


def called(key: str) -> str:
    """A register with the place whose it is, which some say in their names already."""
    of = definition.named(key)
    place = definition.LOCALITIES[of.localities[0]][0]
    return of.name if of.name.startswith(place) else f"{place}{of.name}"


# Cases


def _of_cases(session: Session, whom: _Subject, wanted: Collection[str]) -> Iterator[_Told]:
    """What people answered in cases about the subject, under the names their forms ask for it."""
    cases = {case.id: case for case in whom.cases()}
    if not cases:
        return
    undone = aliased(StepRecord)
    taken_back = exists().where(
        undone.case_id == StepRecord.case_id, undone.item_id == StepRecord.item_id, undone.kind == WITHDRAWN
    )
    query = (
        select(StepRecord)
        .where(StepRecord.case_id.in_(cases), StepRecord.kind == "task", ~taken_back)
        .order_by(StepRecord.at.desc(), StepRecord.case_id.desc(), StepRecord.seq.desc())
        .limit(MOST_STEPS)
    )
    for record in session.scalars(query):
        yield from _of_step(session, cases[record.case_id], record, whom.about, wanted)


def _of_step(
    session: Session, case: Case, record: StepRecord, about: About, wanted: Collection[str]
) -> Iterator[_Told]:
    release = catalogue.release(session, case.version_id)
    element = release.specification.elements.get(record.step)
    if element is None or element.form is None or not record.answers:
        return
    own = case.number == about.case
    near = wanted if own or case.number == about.parent else ()
    source = f"本办件“{record.name}”" if own else f"办件 {case.number} {record.name}"
    for name, key in _asked(release.forms[element.form], near, wanted):
        value = record.answers.get(key)
        if value not in (None, "", []):
            yield name, record.at, forms.OnFile(value, source, local_date(record.at))


def _asked(form: str, near: Collection[str], wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    """The wanted names a form asks for, with its keys; ``near`` are those of a case whose keys count too."""
    fields = forms.parse(form).fields
    for field in fields:
        if field.on_file in (near if field.on_file.startswith(OWN_CASE) else wanted):
            yield field.on_file, field.key
        if f"{OWN_CASE}{field.key}" in near and not field.on_file.startswith(OWN_CASE):
            yield f"{OWN_CASE}{field.key}", field.key
