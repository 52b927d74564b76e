"""The table of actions against every kind and state an item can be in, and everybody who might press."""

import pytest

from tests.workflows.approving import Approval, administrator, ask
from workflows import actions
from workflows.errors import Refusal
from workflows.handling import JumpItem
from workflows.returning import SendBackTo, WithdrawStep
from workflows.running import (
    ClaimWorkItem,
    CompleteWorkItem,
    ReleaseWorkItem,
    SaveDraft,
    TransferWorkItem,
)
from workflows.signing import AddSigners, DelegateWorkItem, RemoveSigner
from workflows.work_items import (
    AFTER,
    BEFORE,
    CLAIMED,
    DELEGATED,
    DONE,
    HELD,
    OFFERED,
    PLANNED,
    STEP,
    TAKEN_BACK,
    WITHDRAWN,
)

AGREED = {"conclusion": "同意", "opinion": "同意"}


class Scene:
    """A case at step a, and whoever stands around one item of it."""

    def __init__(self, work):
        self.work = work.begin("apply")
        self.boss, self.colleague = work.staff.township[:2]
        self.signer = work.staff.county[0]

    def claim(self):
        self.work.run(ClaimWorkItem(item_id=self.work.item("a").id), self.boss)

    def aside(self, kind):
        if kind == DELEGATED:
            whom = self.colleague.person_id
            act = DelegateWorkItem(item_id=self.work.item("a").id, to_person_id=whom, reason="代核")
            self.work.run(act, self.boss)
        else:
            ask(self.work, "a", kind, self.signer, by=self.boss)

    def of_kind(self, kind):
        return [item for item in self.work.items if item.kind == kind and item.step == "a"][-1]


def step_in(state):
    def arrange(scene):
        if state != OFFERED:
            scene.claim()
        if state == HELD:
            scene.aside(AFTER)
        if state == WITHDRAWN:
            jump = JumpItem(item_id=scene.work.item("a").id, to="b", reason="更正")
            scene.work.run(jump, administrator(scene.work.town))
        if state in {HELD, DONE, TAKEN_BACK}:
            scene.work.do("a", by=scene.boss)
        done = scene.of_kind(STEP)
        if state == TAKEN_BACK:
            scene.work.run(WithdrawStep(item_id=done.id, reason="填错"), scene.boss)
        return done.id

    return arrange


def aside_in(kind, state):
    def arrange(scene):
        scene.claim()
        scene.aside(kind)
        if kind == AFTER and state != PLANNED:
            ask(scene.work, "a", AFTER, scene.work.staff.county[1], by=scene.boss)
            scene.work.do("a", by=scene.boss)
        item = next(each for each in scene.work.items if each.kind == kind)
        if state == DONE:
            answering = scene.colleague if kind == DELEGATED else scene.signer
            scene.work.run(CompleteWorkItem(item_id=item.id, answers=AGREED), answering)
        if state == WITHDRAWN:
            scene.work.run(RemoveSigner(item_id=item.id, reason="不必"), scene.boss)
        return item.id

    return arrange


SCENES = {
    **{(STEP, state): step_in(state) for state in (OFFERED, CLAIMED, HELD, DONE, TAKEN_BACK, WITHDRAWN)},
    **{
        (kind, state): aside_in(kind, state)
        for kind in (DELEGATED, BEFORE)
        for state in (CLAIMED, DONE, WITHDRAWN)
    },
    **{(AFTER, state): aside_in(AFTER, state) for state in (PLANNED, CLAIMED, DONE, WITHDRAWN)},
}
"""Every kind and state an item can be in, each with the way there."""


def commands(item, scene, actor):
    """One sensible use of each action."""
    peers = scene.work.staff.county if item.kind in {BEFORE, AFTER} else scene.work.staff.township
    peer = next((one for one in peers if one.person_id not in {actor.person_id, item.assignee_id}), peers[0])
    free = next(one for one in scene.work.staff.township if one.person_id != actor.person_id)
    outside = scene.work.staff.county[-1]
    return {
        "claim": ClaimWorkItem(item_id=item.id),
        "release": ReleaseWorkItem(item_id=item.id),
        "save": SaveDraft(item_id=item.id, answers={"note": "x"}),
        "complete": CompleteWorkItem(item_id=item.id, answers=AGREED),
        "send-back": SendBackTo(item_id=item.id, to="apply", reason="补"),
        "withdraw": WithdrawStep(item_id=item.id, reason="填错"),
        "transfer": TransferWorkItem(item_id=item.id, to_person_id=peer.person_id, reason="出差"),
        "delegate": DelegateWorkItem(item_id=item.id, to_person_id=free.person_id, reason="代核"),
        "add-signer": AddSigners(
            item_id=item.id, place=BEFORE, to_person_ids=(outside.person_id,), reason="把关"
        ),
        "remove-signer": RemoveSigner(item_id=item.id, reason="不必"),
        "jump": JumpItem(item_id=item.id, to="c", reason="更正"),
    }


def standing(scene, item, actor, admin):
    """How somebody stands to the item, in the words of the table."""
    found = set()
    if actor is admin:
        found.add(actions.ADMINISTRATOR)
    holder = item.assignee_id in {None, actor.person_id}
    if holder and any(g.role == item.role and g.unit_id == item.unit_id for g in actor.grants):
        found.add(actions.ACTING)
    if item.state in {DONE, HELD} and actor.person_id in {item.done_by_id, item.assignee_id}:
        found.add(actions.DOER)
    host = next((each for each in scene.work.items if each.id == item.host_id), None)
    if host is not None and actor.person_id in {item.asked_by_id, host.assignee_id}:
        found.add(actions.ASKER)
    return found


@pytest.mark.seconds(300)
@pytest.mark.parametrize("where", SCENES, ids="-".join)
def test_each_action_goes_where_the_table_says_and_nowhere_else(town_on_sqlite, where):
    work = Approval(town_on_sqlite, "linear")
    admin, kind = administrator(town_on_sqlite), where[0]
    for key in (row for row in actions.TABLE if row != "remind"):
        row = actions.TABLE[key]
        for who in ("boss", "colleague", "signer", "cadre", "admin"):
            scene = Scene(work)
            item_id = SCENES[where](scene)
            item = next(each for each in work.items if each.id == item_id)
            assert (item.kind, item.state) == where
            actor = {"admin": admin, "cadre": work.cadre}.get(who) or getattr(scene, who)
            allowed = (
                kind in row.kinds
                and item.state in row.states
                and bool(standing(scene, item, actor, admin) & set(row.by))
                and not (key == "remove-signer" and kind == STEP)
            )

            before = work.journal, [(each.id, each.state, each.revision) for each in work.items]
            try:
                work.run(commands(item, scene, actor)[key], actor)
                done = True
            except Refusal:
                done = False
                assert (work.journal, [(e.id, e.state, e.revision) for e in work.items]) == before

            assert done == allowed, f"{key} on {where} by {who}: {done}, the table says {allowed}"


def test_every_action_of_the_table_has_its_command():
    from app.api.schemas import ACTIONS

    assert set(ACTIONS) <= set(actions.TABLE)
