"""Who must keep away from a case (回避): asked of deputies, of whom an item is handed to, and of every step.

Four things exclude a person: that the case is withheld from them, that it is their own (they applied, or
it is about their household), that somebody of the household is a relative they declared (亲属申报), and that
the procedure keeps two steps apart (``[[apart]]``) of which they did the other.
A step done by a deputy was done by both: the deputy and the person stood for. Whoever filled in what was
delegated to them (委派) did the step as well as whoever then decided it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import ColumnElement, Text, and_, exists, false, literal, or_, select, type_coerce
from sqlalchemy.orm import aliased

from workflows import catalogue, kinship, withholding
from workflows.acting import acting_pairs
from workflows.cases import Case
from workflows.errors import NotAllowed
from workflows.journal import StepRecord
from workflows.work_items import CLAIMED, DELEGATED, OFFERED, UnknownItem, WorkItem
from workflows.work_items import DONE as FINISHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from workflows.catalogue import Release
    from workflows.commands import Actor, Context, StandIn
    from workflows.ports import Directory
    from workflows.work_items import OpenItem

# Written out, so that the index of the offered items alone serves.
_OFFERED = literal(OFFERED, literal_execute=True)

_SELF = type_coerce(Case.subject, Text).contains('"self":true')

HOUSEHOLD = "household"

DONE = "task"
"""The journal's kind of a step that somebody did."""

OWN = "是本件的申请人或当事人"
RELATIVE = "与本件当事人有已申报的亲属关系"
WITHHELD = "是本件反映的对象"

TO_COLLEAGUES = "请转办给本单位其他同事；本单位无人可转的，请联系事项管理员另行安排"
TO_OTHERS = "请由本旗区县其他事项管理员处置"
"""The way on: of who does a step, and of who keeps the procedures."""


class MustKeepAway(NotAllowed):
    """The case is the person's own: nobody decides it for another while it is theirs."""

    code = "work_item.must_keep_away"
    sentence = "{who}{why}，应当回避，不能代他人办理此件；请由{other}本人或本单位其他同事办理。"


class KeptApart(NotAllowed):
    """The procedure keeps two steps in different hands, and one pair of them did the other already."""

    code = "work_item.kept_apart"
    sentence = "“{step}”与“{other}”须由不同的人办理，{who}已办过“{other}”；请转办给其他同事。"


class OwnCase(NotAllowed):
    """Nobody decides about themselves."""

    code = "work_item.own_case"
    sentence = "本件由您本人申请或与您本人有关，应当回避，不能办理；{way}。"


class AbsentsCase(NotAllowed):
    """Nobody decides in the place of somebody who must not decide themselves."""

    code = "work_item.absents_case"
    sentence = f"{{who}}{OWN}，应当回避，不能由他人代为办理；{{way}}。"


class RelativesCase(NotAllowed):
    """Nobody decides about a household in which a relative lives whom they declared."""

    code = "work_item.relatives_case"
    sentence = f"{{who}}{RELATIVE}，应当回避，不能办理；{{way}}。"


class AnyCase(Protocol):
    """A case, locked or read."""

    @property
    def id(self) -> int:
        """Its id."""
        ...

    @property
    def version_id(self) -> int:
        """The version it runs on."""
        ...

    @property
    def started_by_id(self) -> int | None:
        """Who started it."""
        ...

    @property
    def subject(self) -> dict[str, Any]:
        """Whom it is about."""
        ...

    @property
    def variables(self) -> dict[str, Any]:
        """What was answered in it, by step."""
        ...


def why_not(
    session: Session,
    directory: Directory,
    case: AnyCase,
    actor: Actor,
    absent: StandIn | None = None,
    way: str = TO_COLLEAGUES,
) -> NotAllowed | None:
    """Why the actor must not decide in the case: it is their own or a relative's; None where they may."""
    if kinship.is_own(case, actor):
        return OwnCase(way=way)
    if absent is not None and absent.person_id in kinship.owners(session, directory, case):
        return AbsentsCase(who=absent.name, way=way)
    who = kinship.related(session, directory, case, actor, absent)
    return None if who is None else RelativesCase(who=who, way=way)


def require_impartial(ctx: Context, case: AnyCase, role: str | None = None) -> None:
    """Refuse a decision about oneself or one's relatives; raises OwnCase, AbsentsCase or RelativesCase.

    ``role`` is that of the step, none where the case as a whole is dealt with. A household's own step is
    the applicant's to do, whoever types it.
    """
    if role == HOUSEHOLD:
        return
    way = TO_OTHERS if role is None else TO_COLLEAGUES
    refusal = why_not(ctx.session, ctx.host.directory, case, ctx.actor, ctx.standing, way)
    if refusal is not None:
        raise refusal


def require(ctx: Context, case: AnyCase, item: OpenItem, absent: StandIn) -> None:
    """Refuse a deputy whom the case excludes; where it is kept from the absent person, it is nobody's."""
    if withholding.is_kept(ctx.session, absent, case.id):
        raise UnknownItem
    release = catalogue.release(ctx.session, case.version_id)
    actor = ctx.actor.person_id or 0
    if actor in kinship.owners(ctx.session, ctx.host.directory, case):
        raise MustKeepAway(who=ctx.actor.name, why=OWN, other=absent.name)
    require_apart(ctx, case, release, item, absent)


def require_apart(
    ctx: Context, case: AnyCase, release: Release, item: OpenItem, absent: StandIn | None = None
) -> None:
    """Refuse a step whose counterpart the actor, or whom the actor stands for, did in this case."""
    hands = {ctx.actor.person_id: ctx.actor.name}
    if absent is not None:
        hands[absent.person_id] = absent.name
    for person, other in _did(ctx.session, case.id, release.apart_from(item.step)).items():
        if person in hands:
            raise KeptApart(step=item.name, other=other, who=hands[person])


def done_apart(session: Session, case: AnyCase, release: Release, step: str, actor: Actor) -> str | None:
    """The step kept apart from this one that the actor did already, by name; None where none is."""
    return _did(session, case.id, release.apart_from(step)).get(actor.person_id or 0)


def kept_away(
    session: Session, directory: Directory, case: AnyCase, release: Release, step: str | None
) -> dict[int, str]:
    """To whom an item of the step must not be handed, or who must not sign it: person id → why, in words."""
    element = release.specification.elements[step] if step else None
    # A household's own step is the applicant's to do, whoever types it.
    filled_in = element is not None and element.role == HOUSEHOLD
    found = {} if filled_in else dict.fromkeys(_relatives(session, directory, case), RELATIVE)
    found |= {} if filled_in else dict.fromkeys(kinship.owners(session, directory, case), OWN)
    found |= dict.fromkeys(withholding.people(session, case.id), WITHHELD)
    for person, other in _did(session, case.id, release.apart_from(step or "")).items():
        found[person] = f"已办过须由他人办理的“{other}”"
    return found


def _relatives(session: Session, directory: Directory, case: AnyCase) -> set[int]:
    """Who declared somebody of the household a relative."""
    people = kinship.people_of(case)
    return directory.declarers(session, people) if people else set()


def _did(session: Session, case_id: int, steps: Iterable[str]) -> dict[int, str]:
    """Who did any of the steps, in whatever round: person id → the step's name."""
    wanted = list(steps)
    if not wanted:
        return {}
    rows = session.execute(
        select(StepRecord.actor_id, StepRecord.for_id, StepRecord.name)
        .where(StepRecord.case_id == case_id, StepRecord.kind == DONE, StepRecord.step.in_(wanted))
        .order_by(StepRecord.seq)
    )
    did = {person: row.name for row in rows for person in (row.actor_id, row.for_id) if person is not None}
    filled_in = session.execute(
        select(WorkItem.done_by_id, WorkItem.done_for_id, WorkItem.name).where(
            WorkItem.case_id == case_id,
            WorkItem.state == FINISHED,
            WorkItem.kind == DELEGATED,
            WorkItem.step.in_(wanted),
        )
    )
    also = {
        who: row.name for row in filled_in for who in (row.done_by_id, row.done_for_id) if who is not None
    }
    return also | did


def excludes(session: Session, directory: Directory, item: WorkItem, actor: Actor, absent: StandIn) -> bool:
    """Whether the case keeps the deputy from acting on the item, asked for a page."""
    case = session.get_one(Case, item.case_id)
    if any(withholding.is_kept(session, who, case.id) for who in (actor, absent)):
        return True
    release = catalogue.release(session, case.version_id)
    hands = {actor.person_id, absent.person_id}
    did = _did(session, case.id, release.apart_from(item.step))
    return actor.person_id in kinship.owners(session, directory, case) or bool(hands & set(did))


def of_absent(actor: Actor, absent: StandIn) -> list[ColumnElement[bool]]:
    """The items a deputy finds through one appointment: one condition per index range."""
    mine = actor.person_id or 0
    limits = [
        WorkItem.case_id.not_in(withholding.kept_from(actor)),
        WorkItem.case_id.not_in(withholding.kept_from(absent)),
    ]
    if absent.procedures is not None:
        limits.append(WorkItem.procedure_key.in_(sorted(absent.procedures)))
    pairs = dict.fromkeys(acting_pairs(absent))
    own = set(acting_pairs(actor))
    offered: list[ColumnElement[bool]] = [
        and_(WorkItem.unit_id == unit, WorkItem.role == role, WorkItem.state == _OFFERED, *limits)
        for role, unit in pairs
        if (role, unit) not in own
    ]
    roles = or_(false(), *(and_(WorkItem.role == role, WorkItem.unit_id == unit) for role, unit in pairs))
    claimed = and_(WorkItem.assignee_id == absent.person_id, WorkItem.state == CLAIMED, roles, *limits)
    untouched = _not_own(mine, actor.identity)
    return [and_(one, untouched) for one in (*offered, *([claimed] if pairs else []))]


def _not_own(person_id: int, identity: str | None) -> ColumnElement[bool]:
    """Not about the deputy: neither by the number of their identity nor as who applied for themselves."""
    about = Case.subject_key == identity if identity else None
    started = and_(Case.started_by_id == person_id, _SELF)
    touched = or_(started, about) if about is not None else started
    return ~exists(select(Case.id).where(Case.id == WorkItem.case_id, touched))


def apart_in(versions: Mapping[int, Release], hands: Iterable[int]) -> list[ColumnElement[bool]]:
    """Items that the procedures with ``[[apart]]`` keep from these hands, as conditions to leave out."""
    wanted = list(hands)
    pairs = [
        (version, step, sorted(release.apart_from(step)))
        for version, release in versions.items()
        for step in sorted({step for group in release.apart for step in group})
    ]
    return [each for pair in pairs for each in (_did_other(*pair, wanted), _filled_in_other(*pair, wanted))]


def _did_other(version: int, step: str, others: list[str], wanted: list[int]) -> ColumnElement[bool]:
    """An item of the step in whose case one of the hands did another of them."""
    return exists(
        select(StepRecord.seq)
        .join(Case, Case.id == StepRecord.case_id)
        .where(
            StepRecord.case_id == WorkItem.case_id,
            Case.version_id == version,
            WorkItem.step == step,
            StepRecord.kind == DONE,
            StepRecord.step.in_(others),
            or_(StepRecord.actor_id.in_(wanted), StepRecord.for_id.in_(wanted)),
        )
    )


def _filled_in_other(version: int, step: str, others: list[str], wanted: list[int]) -> ColumnElement[bool]:
    """An item of the step in whose case another of them was delegated to one of the hands."""
    other = aliased(WorkItem)
    return exists(
        select(other.id)
        .join(Case, Case.id == other.case_id)
        .where(
            other.case_id == WorkItem.case_id,
            Case.version_id == version,
            WorkItem.step == step,
            other.kind == DELEGATED,
            other.state == FINISHED,
            other.step.in_(others),
            or_(other.done_by_id.in_(wanted), other.done_for_id.in_(wanted)),
        )
    )


class Task(Protocol):
    """An open item beside what of its case excludes people."""

    @property
    def item_id(self) -> int:
        """The item."""
        ...

    @property
    def step(self) -> str:
        """Its step."""
        ...

    @property
    def role(self) -> str:
        """The role it is offered to."""
        ...

    @property
    def case_id(self) -> int:
        """Its case."""
        ...

    @property
    def version_id(self) -> int:
        """The version the case runs on."""
        ...

    @property
    def started_by_id(self) -> int | None:
        """Who started the case."""
        ...

    @property
    def subject(self) -> dict[str, Any]:
        """Whom the case is about."""
        ...


def barred(session: Session, directory: Directory, tasks: Sequence[Task], person: Actor) -> dict[int, str]:
    """The same as ``kept_away``, of one person and any number of items: item id → why, in words."""
    own = kinship.among(session, tasks, {person.identity} if person.identity else set())
    theirs = kinship.among(session, tasks, kinship.declared_by(session, directory, person))
    withheld = set(session.scalars(withholding.kept_from(person)))
    apart = catalogue.keeping_apart(session)
    found: dict[int, str] = {}
    for task in tasks:
        release = apart.get(task.version_id)
        others = release.apart_from(task.step) if release else ()
        did = _did(session, task.case_id, others).get(person.person_id or 0)
        if task.case_id in withheld:
            found[task.item_id] = WITHHELD
        elif did is not None:
            found[task.item_id] = f"已办过须由他人办理的“{did}”"
        elif task.role != HOUSEHOLD and (task.case_id in own or kinship.applied(task, person)):
            found[task.item_id] = OWN
        elif task.role != HOUSEHOLD and task.case_id in theirs:
            found[task.item_id] = RELATIVE
    return found


def away(session: Session, directory: Directory, items: Sequence[WorkItem], actor: Actor) -> set[int]:
    """Which of the items, shown in a list, are about the actor by name or a relative, by item id.

    Where the actor is but a member of the household the item itself says so: a list reads no answers for it.
    """
    found: set[int] = set()
    ids = {item.case_id for item in items if item.role != HOUSEHOLD}
    if ids and actor.identity:
        own = select(Case.id).where(Case.id.in_(ids), Case.subject_key == actor.identity)
        found |= set(session.scalars(own))
    if ids:
        found |= kinship.among(session, items, kinship.declared_by(session, directory, actor))
    return {item.id for item in items if item.case_id in found and item.role != HOUSEHOLD}
