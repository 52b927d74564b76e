"""Played cases replayed through drafts: the same way where nothing changed, another exactly where it did."""

from dataclasses import replace

import pytest

from app.designer.trying import check_form
from tests.workflows.approving import JUDGEMENT, Approval, administrator, ask, back, draft
from tests.workflows.designing import drafts
from tests.workflows.spiff import drawing
from workflows import catalogue, parameters
from workflows.clock import PUBLISHED
from workflows.designing import backtesting
from workflows.designing.comparing.wording import Words
from workflows.handling import CancelCase, JumpItem, ResumeCase, SuspendCase
from workflows.returning import WithdrawStep
from workflows.signing import AddSigners


def tried(work, bundle, *, assume=True):
    """What becomes of the case in a draft."""
    release = catalogue.prepare(bundle, version_id=-1)
    given = backtesting.Draft(release, Words.of(release, {}), check_form, PUBLISHED, assume)

    def run(session):
        [past] = backtesting.read(session, [work.case_id])
        old = parameters.ruled(session, catalogue.release(session, past.version_id), past.created_at)
        return backtesting.backtest(past, old, given)

    return work.town.read(run)


def in_order(*keys, **forms):
    """A draft of these steps in a row."""
    steps = "".join(
        drafts.task(key, forms.get(key, "judge"), role=_role(key), name=key.upper(), due="=workdays(3)")
        for key in keys
    )
    body = drawing.START + steps + drafts.end("over") + drawing.chain("S", *keys, "over")
    return drafts.bundle(
        body, forms={"judge": JUDGEMENT, **{name: _strict() for name in set(forms.values())}}
    )


def _role(key):
    return "village_committee" if key == "apply" else "township_gov"


def _strict():
    return JUDGEMENT.replace('"备注"}', '"备注", "validate": {"required": true}}')


@pytest.mark.parametrize(
    ("shape", "steps"),
    [
        ("linear", ["apply", "a", "b", "c"]),
        ("linear", ["apply", "a"]),
        ("parallel", ["apply", "b1", "c", "b2", "d"]),
        ("inclusive", ["apply", "c", "b1", "b2", "d"]),
        ("vote", ["apply", "m", "m", "d"]),
        ("turns", ["apply", "m", "m", "m", "d"]),
        ("any", ["apply", "m", "d"]),
        ("looped", ["apply", "a", "b"]),
    ],
)
def test_in_an_unchanged_draft_every_case_goes_the_same_way(town, shape, steps):
    work = Approval(town, shape).begin(*steps)

    found = tried(work, draft(shape))

    assert (found.kind, found.first) == ("same", None)
    assert found.then == found.now
    assert (found.working_days, found.days) == (0, 0)


def sent_back(work):
    back(work, "b", "apply")
    work.do("apply")
    work.do("a")
    work.do("b")


def straight_back(work):
    back(work, "b", "apply", straight=True)
    work.do("apply")
    work.do("b")


def taken_back(work):
    doer = work.do("b")
    work.run(WithdrawStep(item_id=work.last("b").id, reason="填错了"), doer)
    work.do("b", by=doer)
    work.do("c")


def jumped(work):
    work.run(JumpItem(item_id=work.item("b").id, to="c", reason="先办"), administrator(work.town))
    work.do("c")


def signed_by_others(work):
    item = work.item("b")
    doer = work.who(item)
    signer = work.other(doer)
    ask(work, "b", "before", signer, by=doer)
    work.do("b", by=signer, kind="before")
    work.do("b", by=doer)
    work.do("c")


def rested(work):
    admin = administrator(work.town)
    work.run(SuspendCase(number=work.number, reason="等批复"), admin)
    work.town.clock.advance(days=3)
    work.run(ResumeCase(number=work.number, reason="已批"), admin)
    work.do("b")
    work.do("c")


def called_off(work):
    work.run(CancelCase(number=work.number, reason="不办了"), administrator(work.town))


@pytest.mark.parametrize(
    "act", [sent_back, straight_back, taken_back, jumped, signed_by_others, rested, called_off]
)
def test_what_no_diagram_draws_is_followed_as_it_was_recorded(town, act):
    work = Approval(town, "linear").begin("apply", "a")
    act(work)

    found = tried(work, draft("linear"))

    assert (found.kind, found.first) == ("same", None)


def test_more_voters_are_followed(town):
    work = Approval(town, "vote").begin("apply", "m")
    item = work.item("m")
    work.run(AddSigners(item_id=item.id, place="beside", count=2, reason="人多些"), work.who(item))
    for step in ("m", "m", "d"):
        work.do(step)

    assert tried(work, draft("vote")).kind == "same"


def test_a_changed_condition_diverges_exactly_those_it_concerns(town):
    gone_on = Approval(town, "looped").begin("apply", "a", "b")
    changed = draft("looped")
    changed = replace(
        changed,
        diagrams={
            "process.bpmn": changed.diagrams["process.bpmn"].replace(
                '=a.conclusion = "退回"', '=a.conclusion = "同意"'
            )
        },
    )

    found = tried(gone_on, changed)

    assert found.kind == "other"
    assert found.first.element == "G"
    assert (found.first.then, found.first.now) == ("“B”", "“APPLY”")
    assert "“A”的“结论”为“同意”" in found.first.why


def test_a_changed_condition_leaves_the_others_alone(town):
    returned = Approval(town, "looped").begin("apply")
    returned.do("a", "退回")
    changed = draft("looped")
    words = changed.diagrams["process.bpmn"].replace('=a.conclusion = "退回"', '=a.conclusion != "同意"')

    assert tried(returned, replace(changed, diagrams={"process.bpmn": words})).kind == "same"


def test_a_limit_of_votes_diverges_where_it_is_reached_sooner(town):
    work = Approval(town, "vote").begin("apply", "m", "m", "d")
    sooner = draft("any")

    found = tried(work, sooner)

    assert found.kind == "other"
    assert found.first.element == "m"
    assert found.first.now == "“D”"


def test_a_case_stops_at_a_new_step_and_goes_on_as_if_it_were_answered(town):
    work = Approval(town, "linear").begin("apply", "a", "b", "c")
    added = in_order("apply", "a", "x", "b", "c")

    stopped, assumed = tried(work, added, assume=False), tried(work, added)

    assert (stopped.kind, stopped.first.element) == ("new_step", "x")
    assert stopped.assumed == []
    assert (assumed.kind, assumed.first.element) == ("new_step", "x")
    assert assumed.assumed == ["x"]
    assert assumed.now.total() - assumed.then.total() == 1
    assert assumed.working_days == 3


def test_a_removed_step_is_passed_over_and_its_waiting_saved(town):
    work = Approval(town, "linear").begin("apply", "a")
    town.clock.advance(days=7)
    work.do("b")
    work.do("c")

    found = tried(work, in_order("apply", "a", "c"))

    assert found.kind == "same"
    assert found.then.total() - found.now.total() == 1
    assert found.working_days < 0


def test_a_form_that_asks_more_says_what_is_missing_and_nothing_of_what_was_answered(town):
    work = Approval(town, "linear").begin("apply", "a", "b")

    found = tried(work, in_order("apply", "a", "b", "c", b="strict"))

    assert (found.kind, found.first.element) == ("missing", "b")
    assert "“备注”" in found.first.why
    assert "已核" not in str(found.as_json())


def test_what_a_draft_cannot_follow_is_said_not_to_be_comparable(town):
    work = Approval(town, "linear").begin("apply", "a", "b")
    back(work, "c", "a")

    found = tried(work, in_order("apply", "b", "c"))

    assert found.kind == "incomparable"
    assert "“A”" in found.first.why


def test_an_end_that_comes_sooner_is_another_result(town):
    work = Approval(town, "linear").begin("apply", "a", "b")

    found = tried(work, in_order("apply", "a", "b"))

    assert found.kind in {"ended", "other"}
    assert found.first.then == "“C”"
    assert found.first.now.startswith("办结")


def test_totals_count_kinds_elements_and_work(town):
    work = Approval(town, "linear").begin("apply", "a", "b", "c")
    found = tried(work, in_order("apply", "a", "x", "b", "c")).as_json()

    sums = backtesting.totalled([found, found])

    assert sums.cases == 2
    assert sums.by_kind() == [("new_step", "停在新增环节", 2)]
    assert sums.elements == {"x": 2}
    assert sums.roles["township_gov"] == (6, 8)
    assert sums.working_days == 6


def test_nothing_in_the_case_changes(town):
    work = Approval(town, "linear").begin("apply", "a", "b")
    before = repr((work.journal, work.case.revision, work.case.head, work.case.engine_state))

    tried(work, in_order("apply", "a", "x", "b", "c"))

    assert repr((work.journal, work.case.revision, work.case.head, work.case.engine_state)) == before
    assert work.verified()
