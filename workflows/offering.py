"""Offering a step: which unit and role it goes to, whom it is about, and by when it is to be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflows import feel, item_rows, spiff, work_items
from workflows.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.cases import OpenCase
    from workflows.catalogue import Release
    from workflows.commands import Context
    from workflows.ports import UnitRef
    from workflows.spiff import Element, OpenTask

LONGEST_NAME = 60

_DONE = ("done_at", "done_by_id", "done_by", "done_for_id", "done_for", "conclusion", "opinion")
"""What of an item's last time an item that is open once more does not carry."""


class NoLimit(Conflict):
    """A time limit came out as something that is no time."""

    code = "limit.unreckonable"
    sentence = "“{name}”的办理期限算不出来，办件未变动；请管理员检查流程图和参数。"


class NoRole(Conflict):
    """The diagram reckons who is to act, and nobody came out."""

    code = "role.unreckonable"
    sentence = "“{name}”由谁办理算不出来，办件未变动；请管理员检查流程图和已填内容。"


@dataclass(frozen=True, slots=True)
class Offering:
    """A case whose steps are offered, with what its expressions see."""

    ctx: Context
    case: OpenCase
    release: Release
    scope: spiff.Scope

    def item(self, task: OpenTask) -> dict[str, Any]:
        """The work item of a task that is open now."""
        case, element = self.case, self.release.specification.elements[task.element]
        role, unit_id, unit = self._acting(element, task.local)
        mine = element.role == "household" and case.started_by_id is not None and case.subject.get("self")
        return {
            "case_id": case.id,
            "case_number": case.number,
            "procedure_key": case.procedure_key,
            "procedure_name": case.procedure_name,
            "division": case.division,
            "division_name": case.division_name,
            "subject_name": self._about(element, task),
            "task_id": task.task_id,
            "step": element.id,
            "name": element.name,
            "form": element.form,
            "role": role,
            "level": element.level,
            "unit_id": unit_id,
            "unit": unit,
            "assignee_id": case.started_by_id if mine else None,
            "assignee": case.subject_name if mine else None,
            "round": self._round(task),
            "place": task.index,
            "member": feel.to_json(dict(task.local)) if task.local else None,
            "state": work_items.CLAIMED if mine else work_items.OFFERED,
            "revision": 1,
            "created_at": self.ctx.now,
            "due_at": self._due(element, task.local),
        }

    def reopened(self, task: OpenTask) -> dict[str, Any]:
        """The item of a task that is open once more, as its last one stood: same limit, holder and draft."""
        last = item_rows.latest_of_task(self.ctx, self.case.id, task.task_id)
        # A deputy's step is the absent person's again.
        holder = last["done_for_id"] or last["done_by_id"] or last["assignee_id"]
        again = {
            "assignee_id": holder,
            "assignee": last["done_for"] or last["done_by"] or last["assignee"],
            "state": work_items.CLAIMED if holder else work_items.OFFERED,
            "revision": 1,
            "created_at": self.ctx.now,
            **dict.fromkeys(_DONE),
        }
        return {**{name: value for name, value in last.items() if name != "id"}, **again}

    def _round(self, task: OpenTask) -> int:
        """The instances of one round share its number; the first of them opens it."""
        if task.index:
            return self.case.rounds.get(task.element, 1)
        return self.case.next_round(task.element)

    def _about(self, element: Element, task: OpenTask) -> str:
        """Whom the item is about: as the property ``subject`` says, else its element, else the case."""
        told = element.properties.get("subject")
        value = self.scope.evaluate(told, task.local) if told else self._member(element, task)
        return str(value or self.case.subject_name)[:LONGEST_NAME]

    @staticmethod
    def _member(element: Element, task: OpenTask) -> str | None:
        loop = element.multi_instance
        member = task.local.get(loop.item) if loop and loop.item else None
        name = member.get("name") if isinstance(member, dict) else member
        return name if isinstance(name, str) else None

    def _acting(self, element: Element, local: Mapping[str, Any]) -> tuple[str, int, str]:
        """The role and unit that do a step: as reckoned, or who started for the first, else the lane's."""
        role, starter = self._role(element, local), self.case.subject.get("from")
        told = element.properties.get("unit")
        if told:
            name = self._text(element, told, local)
            directory, session = self.ctx.host.directory, self.ctx.session
            role, unit = directory.unit_called(session, name, role, self.case.division)
            return role, unit.id, unit.name
        first = self.release.start_element()
        if first is not None and element.id == first.id and starter and _covers(role, starter["role"]):
            return starter["role"], starter["unit_id"], starter["unit"]
        unit = self._unit(role, element.level)
        return role, unit.id, unit.name

    def _unit(self, role: str, level: str) -> UnitRef:
        """The unit of a role, asked for once where hundreds of items go to it."""
        known = self.ctx.memory.setdefault(("units", self.case.division), {})
        if (role, level) not in known:
            directory, session = self.ctx.host.directory, self.ctx.session
            known[role, level] = directory.unit_for(session, role, level, self.case.division)
        found: UnitRef = known[role, level]
        return found

    def _role(self, element: Element, local: Mapping[str, Any]) -> str:
        """The lane's role, or the one that ``candidateGroups="=…"`` gives for this case or instance."""
        asked = next((group for group in element.groups if group.startswith("=")), None)
        return element.role if asked is None else self._text(element, asked, local)

    def _text(self, element: Element, expression: str, local: Mapping[str, Any]) -> str:
        value = self.scope.evaluate(expression, local)
        if not isinstance(value, str) or not value:
            raise NoRole(name=element.name)
        return value

    def _due(self, element: Element, local: Mapping[str, Any]) -> datetime | None:
        """The item's time limit: 24:00 of a day, or an instant; None where the diagram sets none."""
        value = self.scope.evaluate(element.due, local) if element.due else None
        return None if value is None else instant(value, self.ctx.now, element.name)


def instant(value: Any, at: datetime, name: str) -> datetime:
    """The UTC instant of a time limit that an expression gave; raises NoLimit naming whose it was."""
    try:
        return spiff.instant(value, at)
    except spiff.Unreckonable as fault:
        raise NoLimit(name=name) from fault


def _covers(role: str, held: str) -> bool:
    """Whether the step's role is the one held, or stands for departments of which the held one is one."""
    return held == role or held.startswith(f"{role}:")
