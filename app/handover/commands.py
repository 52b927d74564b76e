"""交接: when a person leaves, everything of theirs goes on in one act."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from app.absences.commands import end, is_office
from app.handover import duties, plan
from app.handover.models import Handover
from app.organisation.commands import STREAM, NoSuchPerson, OnlySecurityOfficer
from app.organisation.models import CASEWORK, Absence, Account, Person, RoleGrant
from workflows import cases, outbox
from workflows.commands import Command
from workflows.errors import Conflict, Invalid
from workflows.passing_on import HELD_BY_SOMEBODY, Passing, lock_all, pass_on
from workflows.work_items import WorkItem

if TYPE_CHECKING:
    from app.handover.plan import ItemMove, Plan
    from workflows.cases import OpenCase
    from workflows.commands import Context

KIND = "handover"
"""The journal's kind of a handover; its step is no element of the diagram, so it marks none as passed."""

LONGEST_REASON = 500


class NothingToHandOver(Conflict):
    """The person has nothing that could go to anybody, and never handed anything over."""

    code = "handover.nothing"
    sentence = "{name}没有待办、角色、帮扶户和离岗委托，无需交接。"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(Command[int]):
    """Move a leaver's items, drafts, helper duties and roles on, end their absences and sessions.

    ``to_person_id`` takes everything but the roles that ``others`` (grant, person) gives to somebody else,
    with what hangs on them. The security officer does it, because it takes and gives roles; the system
    officer, who opens and stops accounts, grants nothing. Gives the number of the handover; pressed again,
    the number of the first.
    """

    from_person_id: int
    to_person_id: int
    reason: str
    others: tuple[tuple[int, int], ...] = ()

    def authorise(self, ctx: Context) -> None:
        """The security officer, or the machine; nobody gives power to themselves."""
        ctx.require(is_office(ctx) or ctx.actor.holds("security_officer"), OnlySecurityOfficer)
        people = {self.from_person_id, self.to_person_id, *(person for _, person in self.others)}
        ctx.require(ctx.actor.person_id is None or ctx.actor.person_id not in people)
        # The second of two who press at once waits here, and then finds nothing left to move.
        locked = select(Account).where(Account.person_id.in_(people)).order_by(Account.id).with_for_update()
        kinds = {account.person_id: account.kind for account in ctx.session.scalars(locked)}
        ctx.require(kinds.get(self.from_person_id) == CASEWORK, NoSuchPerson)

    def run(self, ctx: Context) -> int:
        """All of it, in this one transaction."""
        if not self.reason.strip() or len(self.reason) > LONGEST_REASON:
            raise Invalid({"reason": f"请写明交接的原因（{LONGEST_REASON} 字以内）。"})
        leaver = ctx.session.get_one(Person, self.from_person_id)
        locked = lock_all(ctx, _cases_of(ctx, leaver.id))
        drawn = plan.drawn(ctx.session, leaver, self.to_person_id, dict(self.others), ctx.now)
        if drawn.is_empty:
            return _earlier(ctx, leaver)
        self._move_items(ctx, drawn, {case.id: case for case in locked})
        self._move_duties(ctx, drawn)
        self._move_roles(ctx, drawn)
        for each in drawn.absences:
            end(ctx, ctx.session.get_one(Absence, each.absence_id, with_for_update=True), "离任交接")
        account = ctx.session.scalars(select(Account).where(Account.person_id == leaver.id)).one()
        account.session_epoch += 1
        row = self._report(ctx, leaver, drawn)
        ctx.record(STREAM, handover=row.id, person=leaver.id, to=self.to_person_id, **_counts(drawn))
        ctx.facts["reason"] = self.reason.strip()
        _tell(ctx, drawn)
        return row.id

    def _move_items(self, ctx: Context, drawn: Plan, locked: dict[int, OpenCase]) -> None:
        by_case: dict[int, list[ItemMove]] = defaultdict(list)
        for move in drawn.items:
            if move.case_id in locked and not move.stays:
                by_case[move.case_id].append(move)
        moves = [move for found in by_case.values() for move in found]
        pass_on(ctx, [Passing(move.item_id, move.state, move.heir_id, move.heir) for move in moves])
        for case_id, found in by_case.items():
            case = locked[case_id]
            for move in found:
                self._take_down(ctx, case, drawn.name, move)
            to = [{"item": move.item_id, "to": move.heir_id} for move in found]
            cases.store(ctx, case, handed_over=to, left=drawn.person_id)

    def _take_down(self, ctx: Context, case: OpenCase, leaver: str, move: ItemMove) -> None:
        went = f"{leaver}交接给{move.heir}" if move.heir else f"{leaver}交出，{move.why}"
        case.take_down(
            ctx,
            kind=KIND,
            step=KIND,
            name=f"交接（{move.name}）",
            item_id=move.item_id,
            actor_id=ctx.actor.person_id,
            actor=ctx.actor.name,
            opinion=f"{went}。原因：{self.reason.strip()}",
        )

    def _move_duties(self, ctx: Context, drawn: Plan) -> None:
        for move in drawn.duties:
            if move.heir_id is not None:
                unit = next((role.unit for role in drawn.roles if role.heir_id == move.heir_id), "")
                heir = ctx.session.get_one(Person, move.heir_id)
                duties.pass_on(ctx, move.duty, heir, unit, self.reason.strip())

    def _move_roles(self, ctx: Context, drawn: Plan) -> None:
        for move in drawn.roles:
            grant = ctx.session.get_one(RoleGrant, move.grant_id)
            grant.valid_until = max(ctx.now, grant.valid_from)
            if not move.held:
                ctx.session.execute(
                    insert(RoleGrant).values(
                        person_id=move.heir_id,
                        account_kind=CASEWORK,
                        unit_id=move.unit_id,
                        role=move.role,
                        valid_from=ctx.now,
                    )
                )

    def _report(self, ctx: Context, leaver: Person, drawn: Plan) -> Handover:
        row = Handover(
            person_id=leaver.id,
            person=leaver.name,
            reason=self.reason.strip(),
            at=ctx.now,
            by=ctx.actor.name,
            by_id=ctx.actor.person_id,
            report=drawn.as_json(),
        )
        ctx.session.add(row)
        ctx.session.flush()
        return row


def _cases_of(ctx: Context, person_id: int) -> list[int]:
    held = select(WorkItem.case_id).where(
        WorkItem.assignee_id == person_id, WorkItem.state.in_(HELD_BY_SOMEBODY)
    )
    return list(ctx.session.scalars(held.distinct()))


def _earlier(ctx: Context, leaver: Person) -> int:
    """The handover that left nothing to do; raises NothingToHandOver where there was none."""
    found = ctx.session.scalar(
        select(Handover.id).where(Handover.person_id == leaver.id).order_by(Handover.id.desc()).limit(1)
    )
    if found is None:
        raise NothingToHandOver(name=leaver.name)
    ctx.record(STREAM, handover=found, person=leaver.id, again=True)
    return found


def _counts(drawn: Plan) -> dict[str, object]:
    return {
        "items": sum(move.heir_id is not None for move in drawn.items),
        "offered_again": sum(move.heir_id is None and not move.stays for move in drawn.items),
        "duties": [move.duty.number for move in drawn.duties if move.heir_id is not None],
        "roles": [
            {"role": move.role, "unit": move.unit_id, "to": move.heir_id, "granted": not move.held}
            for move in drawn.roles
        ],
        "absences": [each.absence_id for each in drawn.absences],
    }


def _tell(ctx: Context, drawn: Plan) -> None:
    """One message to each successor, however much it is."""
    roles = [move.heir_id for move in drawn.roles]
    named = [*roles, *(move.heir_id for move in drawn.items), *(move.heir_id for move in drawn.duties)]
    for heir in sorted({person for person in named if person is not None}):
        items = sum(move.heir_id == heir for move in drawn.items)
        duties = sum(move.heir_id == heir for move in drawn.duties)
        said = {"person": drawn.name, "items": str(items), "duties": str(duties)}
        outbox.promise(ctx, "message", person_id=heir, about="handed_over", link="/", **said)
