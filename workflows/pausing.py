"""A clock that stands still: while a case waits for its household alone, its own limit does not run.

When such a stretch began stands in the case's row, so that every process reckons the same. A case that is
suspended (handling) stands still as a whole; a stretch ends where that begins, and begins anew behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows import calendars
from workflows.work_items import moment, until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.cases import OpenCase
    from workflows.catalogue import Release
    from workflows.commands import Context
    from workflows.spiff import Element

HOUSEHOLD = "household"

STEP = "paused"
"""The journal's step of a stretch that has ended: no element of any diagram."""


def pause(ctx: Context, case: OpenCase) -> None:
    """Stop the clock of a locked case from now on; what stood still before is reckoned first."""
    resume(ctx, case)
    case.paused_at = ctx.now


def resume(ctx: Context, case: OpenCase) -> int:
    """Let the clock run again: the case's limit moves by the working days it stood still, which are given."""
    if case.paused_at is None:
        return 0
    calendar = calendars.of(ctx.session, case.dated)
    days = calendar.rested(case.paused_at, ctx.now)
    case.paused_at = None
    if case.due_at is not None:
        case.due_at = calendar.later(case.due_at, days)
    return days


def follow(ctx: Context, case: OpenCase, release: Release, steps: Sequence[str]) -> None:
    """Begin a stretch where the case now waits for its household alone, end it where it no longer does.

    ``steps`` are the steps that are open.
    """
    waits = case.due_at is not None and _waits_for_household(case, release, steps)
    if not waits:
        end(ctx, case)
    elif case.paused_at is None:
        pause(ctx, case)


def end(ctx: Context, case: OpenCase) -> None:
    """End a stretch, if one is under way; what it moved stands in the journal, in plain words."""
    since, before = case.paused_at, case.due_at
    days = resume(ctx, case)
    if since is None or before is None or not days:
        return
    case.take_down(
        ctx,
        kind="system",
        step=STEP,
        name="等待农牧户期间暂停计时",
        actor="系统",
        why=(
            f"自 {moment(since)} 起只等农牧户办理，全程时限暂停计时 {days} 个工作日，"
            f"由 {until(before)} 顺延到 {until(case.due_at or before)}"
        ),
    )


def _waits_for_household(case: OpenCase, release: Release, steps: Sequence[str]) -> bool:
    elements = release.specification.elements
    # What sits on the border of an open step waits with it; anything else goes on without the household.
    beside = any(elements[wait["element"]].attached_to is None for wait in case.waiting)
    return bool(steps) and not beside and all(_is_household(elements[step]) for step in steps)


def _is_household(element: Element) -> bool:
    return element.role == HOUSEHOLD and not any(group.startswith("=") for group in element.groups)
