"""Whether a running case can go on under another version: judged on a copy, nothing is changed.

Two ways, since each covers what the other cannot: reading the state as it stands under the new diagram
(timers and counts as they are), and playing the journal once more (new time limits on the step at hand, a
step at hand that is gone). Neither where the record would then say what never happened.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import bindparam, select

from workflows import catalogue, parameters, spiff
from workflows.cases import ENDED, RUNNING, SUSPENDED
from workflows.course import Course
from workflows.designing.replaying import MIGRATED, REPLAY, STRUCTURE, Diverged, Replay
from workflows.errors import Refusal
from workflows.journal import StepRecord
from workflows.offering import Offering
from workflows.work_items import CLAIMED, HELD, OFFERED, OPEN, STEP, WorkItem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workflows.cases import OpenCase
    from workflows.catalogue import Release
    from workflows.commands import Context
    from workflows.spiff import OpenTask, ServiceCall, Step

METHOD_WORDS = {STRUCTURE: "按现状接续", REPLAY: "按流转记录重走"}

_REFITTED = ("name", "form", "role", "level", "unit_id", "unit")
_HELD = ("assignee_id", "assignee", "state", "draft")


class Refused(Refusal):
    """A case that cannot be moved; the sentence says why."""

    code = "migration.refused"
    sentence = "{why}"


@dataclass(slots=True)
class Verdict:
    """What would become of a case under another version."""

    code: str = ""
    sentence: str = ""
    """Why it cannot be moved; empty where it can."""
    method: str = ""
    stands: str = ""
    """Where it would stand, in words."""
    notes: list[str] = field(default_factory=list)
    """What changes for who has it in hand: another role, fields that fall away."""
    step: Step | None = None
    fitted: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Of each open item that stays: what the new version says of it."""

    @property
    def moves(self) -> bool:
        """Whether the case can be moved."""
        return not self.code

    def said(self) -> dict[str, Any]:
        """The same as plain values, to be kept and compared."""
        return {
            "code": self.code,
            "sentence": self.sentence,
            "method": self.method,
            "stands": self.stands,
            "notes": self.notes,
        }


def judge(ctx: Context, case: OpenCase, version_id: int) -> Verdict:
    """What would become of a locked case under that version."""
    if case.state != RUNNING:
        words = {SUSPENDED: "办件已挂起，恢复办理后再迁移。", ENDED: "办件已办结，不再迁移。"}
        said = words.get(case.state, f"办件{case.words}，不再迁移。")
        return Verdict("migration.not_running", said)
    if case.version_id == version_id:
        return Verdict("migration.there_already", "办件已经按这一版办理。")
    try:
        return _Judging(ctx, case, version_id).verdict()
    except (Refused, Diverged) as refusal:
        return Verdict(str(refusal.facts.get("code") or refusal.code), str(refusal))
    except Refusal as refusal:
        return Verdict(refusal.code, f"按新版无法接续：{refusal}")


class _Judging:
    """One case, looked at under two versions."""

    def __init__(self, ctx: Context, case: OpenCase, version_id: int) -> None:
        self.ctx, self.case = ctx, case
        self.old = catalogue.release(ctx.session, case.version_id)
        self.new = parameters.ruled(ctx.session, catalogue.release(ctx.session, version_id), case.created_at)
        self.rows = [dict(row) for row in ctx.session.execute(_JOURNAL, {"case": case.id}).mappings()]
        self.items = list(ctx.session.scalars(_ITEMS.where(WorkItem.case_id == case.id)))

    def verdict(self) -> Verdict:
        """Look at the record, then at the tokens, then at what people have in hand."""
        self._require_answers_accepted()
        against = spiff.hindrances(
            self.old.specification, self.new.specification, self.case.engine_state, self._history()
        )
        grave = next((each for each in against if not each.replayable), None)
        if grave is not None:
            raise Refused(why=grave.sentence, code=grave.code)
        found = Verdict(method=REPLAY if against else STRUCTURE)
        found.step = self._replayed(against[0].sentence) if against else self._carried_over()
        found.stands = Course.under(self.ctx, self.case, self.new).standing(found.step)
        self._fit(found)
        return found

    def _history(self) -> list[spiff.Passage]:
        """What was passed, under which version each time: a case may have been moved before."""
        moved = [row for row in self.rows if row["kind"] == MIGRATED]
        version = moved[0]["answers"]["from_id"] if moved else self.case.version_id
        found, passed = [], list[str]()
        for row in self.rows:
            if row["kind"] == MIGRATED:
                found.append(
                    spiff.Passage(catalogue.release(self.ctx.session, version).specification, passed)
                )
                version, passed = row["answers"]["to_id"], []
            passed = [*passed, *row["passed"]]
        return [*found, spiff.Passage(self._diagram(version), passed)]

    def _diagram(self, version_id: int) -> spiff.Specification:
        return catalogue.release(self.ctx.session, version_id).specification

    def _carried_over(self) -> Step:
        course = Course.under(self.ctx, self.case, self.new)
        step = spiff.carried_over(
            self.new.specification, self.case.engine_state, course.scope, _refuse_to_act
        )
        if step.passed or step.ended:
            raise Refused(why="迁移本身会使办件往下走一步，请先办完当前环节。", code="migration.would_act")
        return step

    def _replayed(self, why: str) -> Step:
        places = {item.id: (item.place, item.member) for item in self.items}
        try:
            step = Replay(self.ctx, self.case, self.new, self.rows, places).run()
        except Diverged as refusal:
            raise Diverged(why=f"{why}{refusal}") from refusal
        if step.ended:
            raise Refused(why=f"{why}按新版本件已经办结，迁移会跳过未办的环节。", code="migration.would_end")
        state = spiff.settled(step.state, self.case.engine_state)
        return spiff.carried_over(
            self.new.specification, state, Course.under(self.ctx, self.case, self.new).scope, _refuse_to_act
        )

    # What is answered already

    def _require_answers_accepted(self) -> None:
        for step, rows in groupby(
            sorted((row for row in self.rows if row["kind"] == "task"), key=lambda row: row["step"]),
            key=lambda row: row["step"],
        ):
            before, after = self._forms(step)
            if before == after or after is None:
                continue
            for row in rows:
                if fault := _not_accepted(before, after, row["answers"] or {}):
                    raise Refused(why=f"新版对已办的“{row['name']}”{fault}", code="migration.answers")

    def _forms(self, step: str) -> tuple[str | None, str | None]:
        return _form(self.old, step), _form(self.new, step)

    # What people have in hand

    def _fit(self, found: Verdict) -> None:
        """Find each open item its task again; raises Refused where one does not fit any more."""
        assert found.step is not None  # noqa: S101 (set by the caller)
        tasks = {(task.element, task.index): task for task in found.step.open_tasks}
        same = {task.task_id: task for task in found.step.open_tasks}
        mine = [item for item in self.items if item.state in OPEN]
        asked = {item.host_id for item in mine if item.kind != STEP}
        offering = Offering(self.ctx, self.case, self.new, Course.under(self.ctx, self.case, self.new).scope)
        for item in (each for each in mine if each.kind == STEP):
            task = same.get(item.task_id) if found.method == STRUCTURE else tasks.get((item.step, item.place))
            busy = item.id in asked or item.state == HELD
            if task is None:
                self._require_gone(item, busy=busy)
                found.notes.append(f"“{item.name}”在新版中没有，待办撤销")
                continue
            self._fit_item(found, offering, item, task, busy=busy)

    def _require_gone(self, item: WorkItem, *, busy: bool) -> None:
        if item.step in self.new.specification.elements:
            why = f"按新版本件不再停在“{item.name}”，与现状不符。"
            raise Refused(why=why, code="migration.elsewhere")
        if busy:
            raise Refused(why=_ASKED.format(item.name), code="migration.asides")

    def _fit_item(
        self, found: Verdict, offering: Offering, item: WorkItem, task: OpenTask, *, busy: bool
    ) -> None:
        rounds = dict(self.case.rounds)
        offered = offering.item(replace(task, local=item.member or {}))
        self.case.rounds.clear()
        self.case.rounds.update(rounds)
        values = {"task_id": task.task_id, **{name: offered[name] for name in _REFITTED}}
        values |= {name: getattr(item, name) for name in _HELD}
        before, after = self._forms(item.step)
        moved = (offered["role"], offered["unit_id"]) != (item.role, item.unit_id)
        if busy and (moved or before != after):
            raise Refused(why=_ASKED.format(item.name), code="migration.asides")
        if item.return_to and item.return_to not in self.new.specification.elements:
            why = f"“{item.name}”改好后要直送的环节在新版中没有，须先办完。"
            raise Refused(why=why, code="migration.return_to")
        if moved:
            values |= {"assignee_id": None, "assignee": None, "state": OFFERED}
            values |= {name: offered[name] for name in ("assignee_id", "assignee") if offered["assignee_id"]}
            values["state"] = CLAIMED if values["assignee_id"] else OFFERED
            found.notes.append(f"“{offered['name']}”改由{offered['unit']}办理，需重新签收")
        if before != after and item.draft:
            values["draft"], lost = _draft_kept(before, after, item.draft)
            if lost:
                found.notes.append(f"“{offered['name']}”已暂存的“{'、'.join(lost)}”在新表单中没有，不再保留")
        found.fitted[item.id] = values


_JOURNAL = (
    select(StepRecord.__table__).where(StepRecord.case_id == bindparam("case")).order_by(StepRecord.seq)
)
_ITEMS = select(WorkItem).order_by(WorkItem.id)
_ASKED = "“{}”有未办结的加签、委派或旁办，与新版不合，须先办完。"


def _refuse_to_act(call: ServiceCall) -> None:
    name = call.element.name or call.element.id
    raise Refused(
        why=f"迁移后系统会立即办理“{name}”，不能在迁移中发生，请先办完当前环节。", code="migration.would_act"
    )


def _form(release: Release, step: str) -> str | None:
    element = release.specification.elements.get(step)
    return release.forms.get(element.form or "") if element else None


def _fields(form: str | None) -> dict[str, Mapping[str, Any]]:
    """The fields of a form by key, those inside groups too."""
    found: dict[str, Mapping[str, Any]] = {}
    todo: list[Mapping[str, Any]] = list(orjson.loads(form).get("components", ())) if form else []
    while todo:
        component = todo.pop(0)
        if "key" in component:
            found[component["key"]] = component
        if component.get("type") == "group":
            todo += component.get("components", ())
    return found


def _not_accepted(before: str | None, after: str, answers: Mapping[str, Any]) -> str:
    """Why answers that were given would not do under a new form; empty where they would."""
    old, new = _fields(before), _fields(after)
    for key, component in new.items():
        words = component.get("label") or key
        needed = (component.get("validate") or {}).get("required") and not component.get("conditional")
        if needed and key not in old and key not in answers:
            return f"增加了必填的“{words}”，而已办的记录中没有。"
        options = [str(option["value"]) for option in component.get("values", ())]
        given = answers.get(key)
        if options and isinstance(given, str) and given not in options:
            return f"取消了“{words}”中的“{given}”，而已办的记录正是这样填的。"
    return ""


def _draft_kept(
    before: str | None, after: str | None, draft: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, list[str]]:
    """What of a draft the new form still asks, and the names of what falls away."""
    old, new = _fields(before), _fields(after)
    lost = [key for key in draft if key in old and key not in new]
    kept = {key: value for key, value in draft.items() if key not in lost}
    return (kept if after else None), [str(old[key].get("label") or key) for key in lost]
