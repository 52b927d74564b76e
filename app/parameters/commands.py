"""Changing a parameter: one administrator of procedures proposes, another confirms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflows import catalogue, parameters, periods
from workflows.administering import require_administrator
from workflows.commands import Command, Context
from workflows.errors import Conflict, Invalid, NotAllowed, NotFound
from workflows.parameters import ParameterProposal, ParameterValue

if TYPE_CHECKING:
    from workflows.catalogue import Release

OPEN, CONFIRMED, WITHDRAWN = "open", "confirmed", "withdrawn"

LONGEST_REASON = 500


class SamePerson(NotAllowed):
    """The confirmation has to be another person's."""

    code = "parameter.same_person"
    sentence = "提议人不能核准自己的提议，请由另一位事项管理员核准。"


class UnknownParameter(NotFound):
    """The procedure in force has no parameter of that name, or there is no such proposal."""

    code = "parameter.unknown"
    sentence = "没有找到该参数或提议，可能事项已有新版本。"


class Closed(Conflict):
    """The proposal has been confirmed or withdrawn."""

    code = "parameter.closed"
    sentence = "此提议已由{who}办理，无需重复办理。"


class OneAlready(Conflict):
    """One change of a parameter at a time."""

    code = "parameter.proposed_already"
    sentence = "该参数已有待核准的提议，请先核准或撤回。"


def described(release: Release, name: str) -> dict[str, Any]:
    """What the procedure says of a parameter; raises UnknownParameter."""
    found = next((dict(each) for each in release.described() if each["name"] == name), None)
    if found is None:
        raise UnknownParameter
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeParameter(Command[int]):
    """提议 a value from an instant on, with the reason. Gives the proposal's id."""

    procedure: str
    name: str
    value: Any
    effective_at: datetime
    reason: str

    def authorise(self, ctx: Context) -> None:
        """An administrator of the procedure's division who takes no part in it."""
        release = ctx.memory["release"] = catalogue.current(ctx.session, self.procedure)
        require_administrator(ctx.actor, release)

    def run(self, ctx: Context) -> int:
        """Check the value against what the procedure says of it, and keep the proposal."""
        release = ctx.memory["release"]
        self._require_sound(release, described(release, self.name), ctx.now)
        if _standing(ctx, self.procedure, self.name):
            raise OneAlready
        row = ParameterProposal(
            procedure_key=self.procedure,
            name=self.name,
            value=self.value,
            effective_at=self.effective_at,
            reason=self.reason.strip(),
            state=OPEN,
            proposed_by_id=ctx.actor.person_id,
            proposed_by=ctx.actor.name,
            proposed_at=ctx.now,
        )
        ctx.session.add(row)
        ctx.session.flush()
        ctx.record("parameters", proposal=row.id, **_facts(row), reason=row.reason)
        return row.id

    def _require_sound(self, release: Release, parameter: dict[str, Any], at: datetime) -> None:
        errors = {}
        wrong = parameters.fault(parameter, self.value)
        if wrong:
            errors["value"] = f"“{parameter.get('label') or self.name}”{wrong}。"
        if not self.reason.strip() or len(self.reason) > LONGEST_REASON:
            errors["reason"] = f"请写明调整的依据和理由，不超过 {LONGEST_REASON} 字。"
        if not errors and not _keeps_its_cycle(release, self.name, self.value, at):
            errors["value"] = "按这个值算不出定期发起的周期。"
        if errors:
            raise Invalid(errors)


def _keeps_its_cycle(release: Release, name: str, value: Any, at: datetime) -> bool:
    """Whether a procedure that begins by the calendar still has one under another value."""
    try:
        periods.current(replace(release, parameters={**release.parameters, name: value}), at)
    except periods.NoSchedule:
        return False
    return True


def _standing(ctx: Context, key: str, name: str) -> bool:
    query = ctx.session.query(ParameterProposal.id).filter_by(procedure_key=key, name=name, state=OPEN)
    return query.first() is not None


def _facts(row: ParameterProposal) -> dict[str, Any]:
    return {
        "procedure": row.procedure_key,
        "name": row.name,
        "value": row.value,
        "effective": row.effective_at.isoformat(),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnProposal(Command[int]):
    """A command on one open proposal."""

    proposal_id: int

    def authorise(self, ctx: Context) -> None:
        """An administrator of the procedure; the proposal is still open."""
        # One confirmation waits for another: the revision may not go up before an earlier one is seen.
        parameters.in_turn(ctx)
        row = ctx.session.get(ParameterProposal, self.proposal_id, with_for_update=True)
        if row is None:
            raise UnknownParameter
        release = catalogue.current(ctx.session, row.procedure_key)
        require_administrator(ctx.actor, release)
        if row.state != OPEN:
            raise Closed(who=row.closed_by)
        ctx.memory["row"], ctx.memory["release"] = row, release

    @staticmethod
    def _close(ctx: Context, row: ParameterProposal, state: str) -> None:
        row.state, row.closed_at = state, ctx.now
        row.closed_by_id, row.closed_by = ctx.actor.person_id, ctx.actor.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmParameter(_OnProposal):
    """核准: another administrator puts the proposed value in force. Gives the value's id.

    It is in force from the proposed instant, or a minute from now where that has passed: what has begun
    by then keeps what it began with.
    """

    def run(self, ctx: Context) -> int:
        """Check again, since the procedure may have a new version, and keep the value for good."""
        row: ParameterProposal = ctx.memory["row"]
        if row.proposed_by_id == ctx.actor.person_id:
            raise SamePerson
        wrong = parameters.fault(described(ctx.memory["release"], row.name), row.value)
        if wrong:
            raise Invalid({"value": f"所提议的值{wrong}。"})
        row.effective_at = max(row.effective_at, ctx.now + parameters.LEAD)
        value = ParameterValue(
            procedure_key=row.procedure_key,
            name=row.name,
            value=row.value,
            effective_at=row.effective_at,
            proposal_id=row.id,
            confirmed_at=ctx.now,
        )
        ctx.session.add(value)
        self._close(ctx, row, CONFIRMED)
        ctx.session.flush()
        ctx.record("parameters", proposal=row.id, proposed_by=row.proposed_by_id, **_facts(row))
        return value.id


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawParameter(_OnProposal):
    """撤回 or turn down a proposal: nothing changes. Gives its id."""

    def run(self, ctx: Context) -> int:
        """Close it."""
        row: ParameterProposal = ctx.memory["row"]
        self._close(ctx, row, WITHDRAWN)
        ctx.record("parameters", proposal=row.id, procedure=row.procedure_key, name=row.name)
        return row.id
