"""What moves a case on without a person at its desk: a timer that is due, a message from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflows import cases, timers, work_items
from workflows.commands import Command, Context
from workflows.course import Course
from workflows.errors import Conflict


class NotWaiting(Conflict):
    """The case does not wait for that message."""

    code = "case.not_waiting"
    sentence = "办件现在不在可接收此项内容的环节，可能公示已结束。"


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeCase(Command[bool]):
    """Fire what is due in a case. Gives False when another worker was faster."""

    case_id: int

    def authorise(self, ctx: Context) -> None:
        """Only the system wakes cases."""
        ctx.require(ctx.actor.kind == "system")

    def run(self, ctx: Context) -> bool:
        """Lock, look again, fire, take down."""
        case = cases.lock(ctx, self.case_id, skip_locked=True)
        if case is None or case.state != cases.RUNNING or not timers.is_due(ctx, self.case_id):
            return False
        course = Course.of(ctx, case)
        fired = [w for w in case.waiting if w["due"] and w["due"] <= ctx.now.isoformat()]
        for wait in fired:
            case.take_down(
                ctx,
                kind="timer",
                step=wait["element"],
                name=wait["name"],
                actor="系统",
                round=case.next_round(wait["element"]),
                why=f"到期时间 {work_items.moment(ctx.now.fromisoformat(wait['due']))} 已到",
            )
        course.wake()
        cases.store(ctx, case, fired=[wait["element"] for wait in fired])
        return True


def receive(ctx: Context, case_id: int, message: str, *, by: str, content: dict[str, Any], name: str) -> None:
    """Hand ``message`` to a case that waits for it, as part of the running command; raises NotWaiting.

    ``content`` becomes visible to the diagram under the element's id; ``name`` is what the timeline says.
    """
    case = cases.lock(ctx, case_id)
    if case is None or case.state != cases.RUNNING:
        raise NotWaiting
    course = Course.of(ctx, case)
    element = course.awaiting(message)
    if element is None:
        raise NotWaiting
    case.take_down(
        ctx,
        kind="message",
        step=element,
        name=name,
        actor=by,
        actor_id=ctx.actor.person_id,
        round=case.next_round(element),
        answers=content,
        opinion=content.get("reason"),
    )
    course.answer(element, content)
    course.deliver(message)
    cases.store(ctx, case, message=message)
