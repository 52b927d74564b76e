"""下达督办单: a case of the locality's own procedure begins, once for an item as long as it is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.orders import queries
from app.orders.facts import item_named
from workflows.errors import Conflict
from workflows.running import StartCase

if TYPE_CHECKING:
    from workflows.commands import Context


class AlreadyOrdered(Conflict):
    """An order about the same item is not closed yet."""

    code = "order.already"
    sentence = "这个环节已有没有办结的督办单 {number}，不能重复下达。"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueOrder(StartCase):
    """Start an order; names the one there is already. What it says is held against the record on its way."""

    def authorise(self, ctx: Context) -> None:
        """Whoever may start it, unless one about the same item is open."""
        StartCase.authorise(self, ctx)
        number = queries.open_on(ctx.session, ctx.actor, item_named(self.answers.get("item")))
        ctx.require(number is None, AlreadyOrdered, number=number)
