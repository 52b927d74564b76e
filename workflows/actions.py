"""The table of actions (办理动作): who may take each, on what, and what it does. The commands obey it.

``by`` is how the actor stands to the item: *acting* holds it, or may take it for their unit; *doer* did it or
decided it; *asker* asked for it, or holds what it hangs on; *reader* may read the case; *administrator* keeps
the procedures of the county; *starter* began the case. ``needs`` is what else must hold, ``effect`` what is
true afterwards. A refusal changes nothing; every effect is one transaction with its journal row and its
entry in the case's chain. ``tests/workflows/test_actions_table.py`` tries every row against every kind and
state of an item and every such person.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflows.errors import Conflict
from workflows.work_items import (
    AFTER,
    BEFORE,
    CLAIMED,
    DELEGATED,
    DONE,
    HELD,
    OFFERED,
    OPEN,
    STEP,
)

ACTING, DOER, ASKER, READER = "acting", "doer", "asker", "reader"
ADMINISTRATOR, STARTER = "administrator", "starter"

ANY = frozenset({STEP, DELEGATED, BEFORE, AFTER})
OWN = frozenset({STEP})
BESIDE = frozenset({DELEGATED, BEFORE, AFTER})
TO_DO = frozenset({OFFERED, CLAIMED})


class NotForAside(Conflict):
    """What a person was asked beside a step has fewer actions than the step itself."""

    code = "work_item.not_for_aside"
    sentence = "“{name}”是他人委派或加签给您的，不能{words}；办不了的，请转办，或写明情况后交回、签署。"


@dataclass(frozen=True, slots=True)
class Action:
    """One row: the API's name, the office's word, on which kinds and states of items, by whom."""

    key: str
    words: str
    kinds: frozenset[str]
    states: frozenset[str]
    by: tuple[str, ...]
    needs: str
    effect: str

    def require_kind(self, kind: str, name: str) -> None:
        """Refuse on a kind of item that does not have the action."""
        if kind not in self.kinds:
            raise NotForAside(name=name, words=self.words)


_ROWS = (
    Action(
        "claim", "签收", ANY, TO_DO, (ACTING,),
        "",
        "The item is the actor's; colleagues see it. A second time changes nothing.",
    ),
    Action(
        "release", "释放", OWN, frozenset({CLAIMED}), (ACTING,),
        "",
        "The item is the unit's again; its draft stays.",
    ),
    Action(
        "save", "暂存", ANY, TO_DO, (ACTING,),
        "",
        "What was typed is kept unchecked; the item is the actor's.",
    ),
    Action(
        "complete", "办结", ANY, TO_DO, (ACTING,),
        "the form's rules hold; nobody asked before the decision is still at it",
        "A step: the answers are taken down and the case moves on, or the decision is held until those "
        "behind it have signed. An aside: it is given back or signed.",
    ),
    Action(
        "send-back", "退回", OWN, TO_DO, (ACTING,),
        "a reason; the step was executed and leads here; straight only where no other branch goes along",
        "The item is done as 退回; the step is open again, in a new round, for who did it. Branches beside "
        "it go too when it lies before their split. Straight: once done there, it comes back here at once.",
    ),
    Action(
        "withdraw", "撤回", OWN, frozenset({DONE, HELD}), (DOER,),
        "a reason; every item it opened is untouched; nothing outside the case followed",
        "The step is undone and open again with its answers as draft; votes are taken off the count; what "
        "other branches did stays. The journal keeps both.",
    ),
    Action(
        "transfer", "转办", ANY, TO_DO, (ACTING,),
        "a reason; a colleague of the same role and unit; nobody asked before the decision is still at it",
        "The item is the colleague's, who is told.",
    ),
    Action(
        "delegate", "委派", OWN, TO_DO, (ACTING,),
        "a reason; a colleague of the same unit",
        "The colleague fills in and gives back; until then the actor, who decides as before, cannot.",
    ),
    Action(
        "add-signer", "加签", OWN, TO_DO, (ACTING,),
        "a reason; staff of the county from whom the case is not kept; voters only where a number vote",
        "Before: they sign first. Behind: the decision counts once all of them have agreed. Beside: so many "
        "votes more.",
    ),
    Action(
        "remove-signer", "减签", ANY, frozenset(OPEN), (ASKER,),
        "a reason; of voters only those who were added",
        "The item asked for is withdrawn; a decision that waited for it alone counts.",
    ),
    Action(
        "remind", "催办", ANY, frozenset({OFFERED, CLAIMED}), (READER,),
        "not one's own work; once a day",
        "Whoever may act is told; the journal says so.",
    ),
    Action(
        "jump", "跳转", OWN, frozenset({OFFERED, CLAIMED, HELD}), (ADMINISTRATOR,),
        "a reason; the step is in no block or branch that the token is not in",
        "The step is open instead; branches beside it go too when it lies outside their block.",
    ),
)  # fmt: skip

TABLE = {row.key: row for row in _ROWS}
"""Every action on one item, by the API's name."""


@dataclass(frozen=True, slots=True)
class CaseAction:
    """One row about a case as a whole: in which of its states, by whom."""

    key: str
    words: str
    states: frozenset[str]
    by: tuple[str, ...]
    needs: str
    effect: str


_CASE_ROWS = (
    CaseAction(
        "cancel", "终止", frozenset({"running", "suspended"}), (STARTER, ADMINISTRATOR),
        "a reason",
        "Every item is withdrawn, timers and notices stop, the case is closed; registers keep their rows.",
    ),
    CaseAction(
        "suspend", "挂起", frozenset({"running"}), (ADMINISTRATOR,),
        "a reason",
        "Nobody can act, no limit and no timer runs, no notice takes objections.",
    ),
    CaseAction(
        "resume", "恢复", frozenset({"suspended"}), (ADMINISTRATOR,),
        "a reason",
        "Limits are later by the working days it rested, timers and notices by the days.",
    ),
    CaseAction(
        "copy", "抄送", frozenset({"running", "ended", "cancelled", "suspended"}), (ACTING, DOER),
        "staff of the county from whom the case is not kept",
        "They may read the case and are told.",
    ),
    CaseAction(
        "circulate", "传阅", frozenset({"running", "ended", "cancelled", "suspended"}), (ACTING, DOER),
        "the same",
        "The same, and what they answer stands in the journal.",
    ),
)  # fmt: skip

CASE_TABLE = {row.key: row for row in _CASE_ROWS}
"""Every action on a case, by the API's name."""
