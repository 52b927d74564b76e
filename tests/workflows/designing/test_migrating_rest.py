"""Beside the steps themselves: rules, forms, signers, earlier returns, two at once, and any small change."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workflows import approving
from tests.workflows.designing import drafts
from tests.workflows.designing.moving import (
    APPLY,
    OVER,
    USUAL,
    Moving,
    S,
    chain,
    drawn,
    flow,
    line,
    step,
)
from tests.workflows.desks import at_once
from tests.workflows.spiff import drawing
from workflows.administering import HandlesIt, NotAdministrator
from workflows.commands import SYSTEM
from workflows.designing import migrating
from workflows.designing.judging import REPLAY, STRUCTURE
from workflows.designing.migrating import (
    CancelMigration,
    CarryOutMigration,
    MigrateCase,
    NotReady,
    OtherUnderWay,
    PlanMigration,
)
from workflows.designing.migration_rows import CANCELLED, DONE, Migration
from workflows.errors import Invalid, Refusal
from workflows.returning import WithdrawStep
from workflows.running import SaveDraft

LONGER = line("apply", "a", "b", "c", "n", "d")


@pytest.fixture
def work(town):
    return Moving(town).begin("apply", "a", "b")


def judged(**changes):
    form = json.loads(approving.JUDGEMENT)
    form["components"] += changes.pop("more", [])
    form["components"] = [each for each in form["components"] if each["key"] not in changes.get("less", ())]
    return json.dumps(form, ensure_ascii=False)


def other_form(key, form):
    """The usual steps, of which one has a form of its own."""
    drawn_so = drafts.task(
        key, "other", role="township_gov", level="township", due="=workdays(3)", name=key.upper()
    )
    return line(*USUAL, **{key: drawn_so}, forms={"other": form})


# Rules


def gate(condition):
    body = S + APPLY + step("a") + drawing.xor("G", "no") + step("h") + step("d") + OVER
    body += chain("S", "apply", "a", "G") + flow("G", "h", condition) + flow("G", "d", key="no")
    return drawn(body + chain("h", "d", "over"))


def test_a_rule_that_was_applied_may_be_said_otherwise_if_it_leads_the_same_way(town):
    work = Moving(town, gate('=a.conclusion = "同意"')).begin("apply", "a")

    row = work.moved_to(gate('=a.conclusion != "不同意"'))

    assert row.said["method"] == REPLAY
    work.finished("h", "d")


def test_a_rule_that_would_have_led_elsewhere_is_not_put_under_what_was_decided(town):
    work = Moving(town, gate('=a.conclusion = "同意"')).begin("apply", "a")

    said = work.refused_by(gate('=a.conclusion = "不同意"'))

    assert "按新版本件不再停在“H”" in said["sentence"]


def test_a_gateway_put_in_where_the_token_went_is_asked_with_the_answers_on_record(town):
    work = Moving(town, line("apply", "a", "h", "d")).begin("apply", "a")

    assert work.moved_to(gate('=a.conclusion = "同意"')).said["method"] == REPLAY
    work.finished("h", "d")


# Forms


def test_what_was_typed_stays_where_the_new_form_asks_it_and_what_falls_away_is_named(work):
    item = work.item("c")
    work.run(SaveDraft(item_id=item.id, answers={"note": "已看现场", "opinion": "可行"}), work.who(item))

    row = work.moved_to(other_form("c", judged(less=("note",))))

    assert work.item("c").draft.get("opinion") == "可行"
    assert "note" not in work.item("c").draft
    assert "“备注”在新表单中没有" in row.said["notes"][0]
    work.finished("c", "d")


def test_an_answer_the_new_form_does_not_know_is_not_put_under_it(work):
    form = json.loads(approving.JUDGEMENT)
    form["components"][0]["values"] = form["components"][0]["values"][1:]

    said = work.refused_by(other_form("b", json.dumps(form, ensure_ascii=False)))

    assert said["code"] == "migration.answers"
    assert "“同意”" in said["sentence"]


def test_a_question_nobody_was_asked_is_not_taken_for_answered(work):
    needed = {"type": "textfield", "key": "site", "label": "现场情况", "validate": {"required": True}}

    said = work.refused_by(other_form("b", judged(more=[needed])))

    assert "增加了必填的“现场情况”" in said["sentence"]


# What hangs on the step at hand


def test_signers_who_were_asked_sign_first_where_their_step_is_another_one_now(work):
    holder = work.who(work.item("c"))
    approving.ask(work, "c", "before", work.other(holder), by=holder)

    said = work.refused_by(line(*USUAL, c=step("c", role="county_rvb", level="county")))

    assert said["code"] == "migration.asides"


def test_signers_who_were_asked_go_on_signing_where_their_step_is_the_same(work):
    holder = work.who(work.item("c"))
    signer = work.other(holder)
    approving.ask(work, "c", "before", signer, by=holder)

    work.moved_to(LONGER)

    work.do("c", by=signer, kind="before")
    work.do("c", by=holder)
    assert work.steps == ["n"]


# What happened before


def test_a_case_that_was_sent_back_goes_on_as_it_stands(work):
    approving.back(work, "c", "a")
    work.do("a")
    work.do("b")

    assert work.moved_to(LONGER).said["method"] == STRUCTURE
    work.finished("c", "n", "d")


def test_a_case_that_was_sent_back_is_not_played_anew(work):
    approving.back(work, "c", "a")
    work.do("a")
    work.do("b")

    said = work.refused_by(line("apply", "a", "b", "d"))

    assert "曾经退回、撤回或跳转" in said["sentence"]


def test_a_case_may_be_moved_again(work):
    work.moved_to(LONGER)
    work.do("c")

    work.moved_to(line("apply", "a", "b", "c", "n", "d", "e"))

    for each in ("n", "d", "e"):
        work.do(each)
    assert work.case.state == "ended"
    assert work.verified()


def test_a_step_done_before_the_move_cannot_be_taken_back_after_it(work):
    mine = work.last("b")
    doer = next(one for one in work.people if one.person_id == mine.done_by_id)
    work.moved_to(LONGER)

    with pytest.raises(Refusal, match="不能撤回"):
        work.run(WithdrawStep(item_id=mine.id, reason="写错了"), doer)


# The whole


def test_the_move_stands_in_the_journal_and_on_the_trail(work):
    before = work.journal

    work.moved_to(LONGER)

    assert work.journal[: len(before)] == before
    (row,) = work.journal[len(before) :]
    assert (row["kind"], row["name"], row["actor"]) == ("migrate", "迁移至第 3 版", work.admin.name)
    assert row["answers"]["method"] == STRUCTURE
    assert "按新文件办理。" in row["why"]
    assert work.verified()
    chain_of_case = work.town.entries(f"case:{work.number}")
    assert "MigrateCase" in chain_of_case[-1].body


def test_a_case_that_went_on_since_the_dry_run_is_not_moved(work):
    work.plan(work.publish(LONGER))
    work.do("c")

    row = work.carry_out()

    assert (row.state, row.code) == ("failed", "migration.case_moved_on")
    assert work.steps == ["d"]


def test_what_was_only_typed_or_claimed_since_the_dry_run_hinders_nothing(work):
    work.plan(work.publish(LONGER))
    item = work.item("c")
    work.run(SaveDraft(item_id=item.id, answers={"note": "已看"}), work.who(item))

    assert work.carry_out().state == "moved"
    assert work.item("c").draft["note"] == "已看"


def test_a_clerk_and_a_worker_at_once_lose_nothing(work):
    work.plan(work.publish(LONGER))
    work.town.do(CarryOutMigration(migration_id=work.job), work.admin)
    row, clerk = work.row(), work.who(work.item("c"))

    at_once(
        lambda: work.town.executor.execute(MigrateCase(row_id=row.id), by=SYSTEM),
        lambda: work.do("c", by=clerk),
    )
    work.town.work()

    moved = work.row().state == "moved"
    assert work.steps == ["n" if moved else "d"]
    assert [each["step"] for each in work.journal].count("c") == 1
    for each in (*(["n"] if moved else []), "d"):
        work.do(each)
    assert work.case.state == "ended"
    assert work.verified()


def job(work):
    return work.town.read(lambda session: session.get_one(Migration, work.job))


def test_many_are_moved_each_by_itself_and_the_report_says_who_was_not(work):
    first = work.case_id
    refused = work.begin("apply", "a", "b", "c").case_id
    work.plan(work.publish(line("apply", "a", "b", "n", "c", "d")))
    assert {work.row(first).state, work.row(refused).state} == {"refused"}
    work.town.do(CancelMigration(migration_id=work.job), work.admin)

    work.plan(work.publish(line("apply", "a", "b", "c", "n", "d")))
    work.carry_out()

    assert (work.row(first).state, work.row(refused).state) == ("moved", "refused")
    assert job(work).state == DONE


def test_what_is_called_off_stays(work):
    work.plan(work.publish(LONGER))

    work.town.do(CancelMigration(migration_id=work.job), work.admin)
    work.town.work()

    assert (job(work).state, work.row().state) == (CANCELLED, "dropped")
    with pytest.raises(NotReady):
        work.town.do(CarryOutMigration(migration_id=work.job), work.admin)
    work.do("c")
    assert work.steps == ["d"]


def test_one_at_a_time_with_a_reason_to_the_version_in_force_by_whom_it_concerns(work):
    number = work.publish(LONGER)

    def plan(by=work.admin, to=number, reason="按新文件。"):
        return work.town.do(PlanMigration(procedure="P", to=to, reason=reason), by)

    with pytest.raises(Invalid):
        plan(reason=" ")
    with pytest.raises(Invalid, match="有误"):
        plan(to=1)
    with pytest.raises((NotAdministrator, HandlesIt)):
        plan(by=work.staff.township[0])
    plan()
    with pytest.raises(OtherUnderWay):
        plan()


# Any small change, wherever a case stands

EDITS = st.lists(
    st.tuples(st.sampled_from(["insert", "delete", "swap"]), st.integers(1, 4)), min_size=1, max_size=3
)


def edited(edits):
    keys = list(USUAL)
    for number, (what, place) in enumerate(edits):
        if what == "insert":
            keys.insert(min(place, len(keys)), f"n{number}")
        elif what == "delete" and len(keys) > 3 and place < len(keys):
            del keys[place]
        elif what == "swap" and place + 1 < len(keys):
            keys[place], keys[place + 1] = keys[place + 1], keys[place]
    return keys


def test_whatever_is_changed_a_case_moves_only_where_its_record_stays_true(town_on_sqlite):
    work = Moving(town_on_sqlite)

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(edits=EDITS, done=st.integers(1, 4))
    def holds(edits, done):
        keys = edited(edits)
        work.publish(line(*USUAL))
        work.begin(*USUAL[:done])
        before, waits = work.whole(), USUAL[done]
        to = work.publish(line(*keys))
        if keys == list(USUAL):
            return

        work.plan(to, versions=(to - 1,))
        row = work.carry_out()

        same = keys[:done] == list(USUAL[:done]) and len(keys) > done
        assert (row.state == "moved") == (same and (waits == keys[done] or waits not in keys)), row.said
        assert work.journal[: len(before[2])] == before[2]
        assert work.tokens == sorted(item.task_id for item in work.open)
        for each in keys[done:] if row.state == "moved" else USUAL[done:]:
            assert work.steps == [each]
            work.do(each)
        assert work.case.state == "ended"
        assert work.verified()

    holds()


def test_more_cases_than_are_looked_at_in_one_migration_are_refused_not_left_out(work, monkeypatch):
    to = work.publish(LONGER)
    monkeypatch.setattr(migrating, "MOST", 0)

    with pytest.raises(Invalid) as refusal:
        work.plan(to)

    assert "分次迁移" in refusal.value.errors["version"]
