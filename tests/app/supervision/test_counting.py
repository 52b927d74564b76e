"""The counts say what a direct count of the cases says, whatever was done, however often it is counted."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from app.supervision import keeping
from app.supervision.measures import BANDS, band, part_reached, working_minutes
from tests.app.supervision.reckoning import count_all, direct, kept
from tests.workflows.approving import Approval, administrator, back
from tests.workflows.test_actions_model import Desk
from workflows.clock import PUBLISHED
from workflows.handling import CancelCase, ResumeCase, SuspendCase
from workflows.returning import WithdrawStep


def agree(town):
    count_all(town.executor)
    said, counted = town.read(direct), town.read(kept)
    assert counted == said
    return counted


def test_open_returned_refused_and_late_steps_count_in_village_township_and_county(town):
    work = Approval(town, "linear").begin("apply")
    town.clock.advance(days=9)
    back(work, "a", "apply", late_reason="入户排期顺延。")
    work.do("apply")
    work.do("a", "不同意")

    _, days = agree(town)

    division = work.staff.division
    totals = {
        area: {
            name: sum(value for key, value in days.items() if key[0] == area and key[-1] == name)
            for name in ("opened", "done", "returned", "refused", "late")
        }
        for area in (division, division[:9] + "000", division[:6] + "000000")
    }
    assert set(map(str, totals.values())) == {
        str({"opened": 5, "done": 4, "returned": 1, "refused": 1, "late": 1})
    }


def test_what_was_taken_back_counts_as_never_done(town):
    work = Approval(town, "linear").begin("apply", "a")
    agree(town)
    item = work.last("a")

    work.run(WithdrawStep(item_id=item.id, reason="填错了"), work.who_did(item))

    _, days = agree(town)
    assert sum(value for key, value in days.items() if key[-1] == "done") == 3


def test_a_case_at_rest_is_open_but_not_overdue_and_runs_again_with_its_later_limit(town):
    work = Approval(town, "linear").begin("apply")
    admin = administrator(town)
    work.run(SuspendCase(number=work.number, reason="等批复"), admin)
    town.clock.advance(days=20)
    resting, _ = agree(town)
    assert {key[-1] for key in resting} == {None}

    work.run(ResumeCase(number=work.number, reason="已批复"), admin)

    running, _ = agree(town)
    assert {key[-1] for key in running} == {work.item("a").due_at}


def test_nothing_is_open_of_a_case_that_was_ended(town):
    work = Approval(town, "linear").begin("apply")
    agree(town)

    work.run(CancelCase(number=work.number, reason="不办了"), work.cadre)

    stock, _ = agree(town)
    assert stock == {}


def test_counting_again_changes_nothing_and_counting_anew_gives_the_same(town):
    Approval(town, "parallel").begin("apply", "c")
    before = agree(town)

    count_all(town.executor)
    assert town.read(kept) == before
    told = []
    assert keeping.count_anew(town.executor, told.append) == 1

    assert town.read(kept) == before
    assert told == [1]


def test_the_worker_keeps_the_counts(town):
    Approval(town, "linear").begin("apply")

    town.work()

    assert town.read(kept) == town.read(direct)
    assert keeping.keep_counts(town.executor) == 0


class Counted(Desk):
    """The desk of random actions, counted after each of them."""

    @invariant()
    def the_counts_agree(self):
        if self.work.case_id:
            agree(self.work.town)


@pytest.mark.seconds(240)
@pytest.mark.parametrize("shape", ["looped", "vote"])
def test_whatever_is_pressed_the_counts_agree_with_a_direct_count(town, shape):
    work = Approval(town, shape)
    machine = type("CountedOf" + shape.title(), (Counted,), {"work": work, "admin": administrator(town)})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=4,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_only_working_days_count_and_those_count_whole(clock):
    friday_noon = clock.now().replace(year=2026, month=3, day=20, hour=4, minute=0)

    monday_noon = friday_noon.replace(day=23)

    assert working_minutes(friday_noon, monday_noon, PUBLISHED) == 24 * 60
    assert working_minutes(friday_noon, friday_noon, PUBLISHED) == 0


def test_what_is_done_exactly_at_its_limit_kept_to_it():
    assert band(100, 100) == band(91, 100) == 9
    assert band(101, 100) == 10
    assert band(10_000, 100) == BANDS - 1


def test_the_median_is_the_band_half_of_them_kept_to():
    bands = [0] * BANDS
    assert part_reached(bands, 0.5) is None
    bands[2], bands[9], bands[13] = 5, 4, 1

    assert part_reached(bands, 0.5) == 0.3
    assert part_reached(bands, 0.9) == 1.0
    assert part_reached(bands, 1.0) == float("inf")
