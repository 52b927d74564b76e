"""One past case followed through a draft, line by line of its journal, to its end or its first divergence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from workflows import feel, spiff
from workflows.designing.backtesting.reasons import Reasons
from workflows.designing.backtesting.replaying import Replay
from workflows.designing.backtesting.standing import Standing
from workflows.designing.backtesting.verdicts import (
    NEW_STEP,
    Differs,
    Outcome,
)
from workflows.errors import Invalid, Refusal
from workflows.spiff import HUMAN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workflows.catalogue import Release
    from workflows.clock import WorkingDays
    from workflows.designing.backtesting.records import Item, Past, Row
    from workflows.designing.comparing.wording import Words
    from workflows.designing.simulate import CheckForm
    from workflows.spiff import OpenTask

MOST_ASSUMED = 50
CORRECTIONS = "_corrections"
_NO_ITEM = None
_MORE_VOTERS = re.compile(r"会签增加 (\d+) 人")
_RESTED = re.compile(r"挂起 (\d+) 天")
_BACK_TO = re.compile(r"退回到“(.+)”，改好后")
_JUMPED = re.compile(r"跳转：.* → (.+)")


@dataclass(frozen=True, slots=True)
class Draft:
    """What past cases are tried on: a prepared version, its words, and how its forms judge."""

    release: Release
    words: Words
    check_form: CheckForm
    calendar: WorkingDays
    assume: bool = True
    """Whether a new step is taken as answered in the affirmative, to see how the case goes on."""


def backtest(past: Past, old: Release, draft: Draft) -> Outcome:
    """What becomes of a case in a draft; nothing is stored, nobody is told."""
    follower = _Follower(past, old, draft)
    try:
        follower.run()
    except Differs as differs:
        follower.outcome.kind, follower.outcome.first = differs.what.kind, differs.what
    except (Refusal, feel.FeelSyntaxError) as problem:
        what = follower.reasons.stuck(follower.at_step, problem)
        follower.outcome.kind, follower.outcome.first = what.kind, what
    except (LookupError, TypeError, ValueError, AttributeError) as problem:
        # A journal of an earlier release may lack what is looked for: that case alone is not comparable.
        what = follower.reasons.stuck(follower.at_step, problem)
        follower.outcome.kind, follower.outcome.first = what.kind, what
    return follower.outcome


class _Follower:
    def __init__(self, past: Past, old: Release, draft: Draft) -> None:
        self.past, self.old, self.draft = past, old, draft
        self.replay = Replay(past, old, draft.release, draft.calendar)
        self.standing = Standing(old.specification)
        self.elements = draft.release.specification.elements
        self.reasons = Reasons(old, draft)
        self.outcome = Outcome(past.number)
        self.at_step = ""
        moves = [row.seq for row in past.rows if row.passed]
        self.last_move = moves[-1] if moves else 0
        self._same_parameters = old.parameters == draft.release.parameters

    def run(self) -> None:
        """Line by line; the acts of people, timers and messages move it, all else is passed over."""
        for place, row in enumerate(self.past.rows):
            act = _ACTS.get(row.kind)
            if act is None or (row.kind == "timer" and self._with_next(place)):
                continue
            self.at_step = row.step
            self._fire_before(place, row)
            self.replay.at = max(self.replay.at, row.at)
            act(self, row)
            if row.kind == "handling" and row.name == "终止":
                return
            self._match(row)
        step = self.replay.step
        if self.past.state != "ended" and step is not None and step.ended:
            raise Differs(self.reasons.ended(self.past.rows[-1], self.standing, self.replay))

    def _with_next(self, place: int) -> bool:
        """Whether the timer fired together with the one in the next line, which has the path of both."""
        following = self.past.rows[place + 1 : place + 2]
        return bool(following) and (following[0].kind, following[0].at) == ("timer", self.past.rows[place].at)

    # Acts

    def start(self, row: Row) -> None:
        self.replay.open()
        self.standing.follow(row.passed)

    def task(self, row: Row) -> None:
        element = self.elements.get(row.step)
        known = self.old.specification.elements.get(row.step)
        role = known.role if known else ""
        self.outcome.then[role] += 1
        if element is None or element.kind not in HUMAN:
            self.outcome.working_days -= self._took(row)
        else:
            item = self.past.items.get(row.item_id or 0)
            task = self._open(row.step, item)
            answers = self._judged(task, row)
            self.outcome.now[element.role] += 1
            self.replay.do(row.item_id, task, answers, item.return_to if item else None)
        self._follow(row, stay=not row.passed)

    def _took(self, row: Row) -> int:
        """Working days that a step stood open."""
        return self.draft.calendar.rested(row.opened_at, row.at) if row.opened_at else 0

    def _follow(self, row: Row, *, stay: bool) -> None:
        """Take over the path; a move that no diagram draws has none, and the draft made it too."""
        self.standing.follow(row.passed)
        if stay and not self._is_several(row.step):
            self.standing.put(task.element for task in self.replay.open_tasks)

    def _is_several(self, step: str) -> bool:
        element = self.old.specification.elements.get(step)
        return element is not None and element.multi_instance is not None

    def _open(self, step: str, item: Item | None) -> OpenTask:
        place = item.place if item else None
        fits = [task for task in self.replay.open_tasks if task.element == step]
        task = next((each for each in fits if place in (None, each.index)), None)
        if task is None:
            raise Differs(self.reasons.not_open(step, self.replay))
        return task

    def _judged(self, task: OpenTask, row: Row) -> dict[str, Any]:
        """The recorded answers; where the draft asks otherwise than then, as its form judges them."""
        answers = {key: value for key, value in row.answers.items() if key != CORRECTIONS}
        element, release = self.elements[task.element], self.draft.release
        before = self.old.specification.elements[row.step].form
        text = release.forms.get(element.form or "")
        alike = self.old.forms.get(before or "") == text
        if text is None or (alike and (self._same_parameters or "param." not in text)):
            # The same question was judged when it was answered.
            return answers
        known = release.form_keys[element.form or ""]
        asked = {key: value for key, value in answers.items() if key in known}
        scope = {**self.replay.names, **self.replay.locals.get(task.task_id, {})}
        try:
            judged = self.draft.check_form(text, asked, scope=scope, at=self.replay.at, previous=asked)
        except Invalid as refusal:
            wrong = [path for path in refusal.errors if path.rpartition(".")[2] in known]
            if wrong:
                raise Differs(self.reasons.missing(element, wrong)) from refusal
            return asked
        return judged

    def back(self, row: Row) -> None:
        found = _BACK_TO.search(row.why)
        self._put(row, found[1] if found else "", spiff.move)

    def handling(self, row: Row) -> None:
        rested, jumped = _RESTED.search(row.why), _JUMPED.fullmatch(row.name)
        if row.name == "恢复" and rested:
            self.replay.postpone(int(rested[1]))
        elif jumped:
            self._put(row, jumped[1], spiff.jump)

    def _put(self, row: Row, name: str, move: Any) -> None:
        """Follow 退回 or 跳转 to the step of that name, where the draft lets it."""
        item = self.past.items.get(row.item_id or 0)
        to = self._named(name)
        if item is None or to is None or to not in self.elements:
            raise Differs(self.reasons.incomparable(row, f"退回或跳转的目标“{name}”在草稿中没有"))
        task = self._open(item.step, item)
        self.replay.put(task.task_id, to, move)
        self.standing.follow(row.passed)
        self.standing.put(task.element for task in self.replay.open_tasks)

    def _named(self, name: str) -> str | None:
        """The step of a name, the one executed last where several bear it."""
        elements = self.old.specification.elements
        bearing = [key for key, each in elements.items() if each.name == name and each.kind in HUMAN]
        done = [row.step for row in self.past.rows if row.kind == "task"]
        return max(bearing, key=lambda key: (key in done, *_last(done, key)), default=None)

    def withdraw(self, row: Row) -> None:
        trace = self.replay.traces.pop(row.item_id or 0, None)
        if trace is None:
            raise Differs(self.reasons.incomparable(row, "撤回的环节在草稿中没有办理过"))
        self.replay.take_back(trace)
        self.standing.put(task.element for task in self.replay.open_tasks)

    def timer(self, row: Row) -> None:
        due = next((wait.due for wait in self.replay.waiting if wait.element == row.step), None)
        if due is not None:
            self.outcome.days += round((due - row.at).total_seconds() / 86_400)
            self.replay.at = max(self.replay.at, due)
            self.replay.wake()
        self.standing.follow(row.passed)

    def message(self, row: Row) -> None:
        known = self.old.specification.elements.get(row.step)
        message = known.message if known else None
        waits = (wait.element for wait in self.replay.waiting if wait.kind == "message")
        element = next((each for each in waits if self.elements[each].message == message), None)
        if element is None or message is None:
            raise Differs(self.reasons.not_waited_for(row, self.replay))
        self.replay.deliver(element, message, row.answers)
        self.standing.follow(row.passed)

    def aside(self, row: Row) -> None:
        item, more = self.past.items.get(row.item_id or 0), _MORE_VOTERS.match(row.name)
        if item is None or item.kind != "step":
            return
        if more:
            self.replay.vote_more(self._open(item.step, item).task_id, int(more[1]))
        elif row.name.startswith("减签"):
            self.replay.vote_less(self._open(item.step, item).task_id)
            self._follow(row, stay=False)

    def moved(self, row: Row) -> None:
        """A case that was moved to another version has a record of two diagrams."""
        raise Differs(self.reasons.incomparable(row, "办件中途换到了另一版本，以前的经过是按另一张图记录的"))

    # Time

    def _fire_before(self, place: int, row: Row) -> None:
        """Fire what is due in the draft before this line, unless the record fires it too, as it came then."""
        while row.kind != "timer" and self.replay.step is not None:
            due = self.replay.step.wake_at
            if due is None or due > row.at or self._fires_later(place):
                return
            self.replay.at = max(self.replay.at, due)
            fired = [wait.element for wait in self.replay.waiting if wait.due == due]
            self.replay.wake()
            mine, theirs = self._steps()
            if mine != theirs and not self._ahead(theirs):
                raise Differs(self.reasons.fired(fired[0] if fired else "", theirs, self.replay))

    def _fires_later(self, place: int) -> bool:
        """Whether the record fires what is due, before anything from outside stops it."""
        due = {wait.element for wait in self.replay.waiting if wait.due is not None}
        for row in self.past.rows[place:]:
            if row.kind == "timer" and row.step in due:
                return True
            if row.kind == "message":
                return False
        return self.past.state == "running" and bool(due & self._limits())

    def _limits(self) -> set[str]:
        """Events of the old version that may still stand in a case that runs."""
        return {key for key, each in self.old.specification.elements.items() if each.timer is not None}

    # Comparing

    def _steps(self) -> tuple[set[str], set[str]]:
        return {task.element for task in self.replay.open_tasks}, self.standing.steps

    def _ahead(self, theirs: set[str]) -> bool:
        """Whether the record stands at a step that the draft does without: the draft is ahead until then."""
        return any(key not in self.elements or self.elements[key].kind not in HUMAN for key in theirs)

    def _match(self, row: Row) -> None:
        """Both must stand at the same steps, or both be over at the same end."""
        for _ in range(MOST_ASSUMED):
            mine, theirs = self._steps()
            new = sorted(key for key in mine if not self._was_there(key))
            if new:
                self._at_new_step(new[0])
            elif mine == theirs or self._ahead(theirs):
                break
            else:
                raise Differs(self.reasons.elsewhere(row, mine, theirs, self.replay))
        self._match_ends(row, theirs)

    def _was_there(self, key: str) -> bool:
        element = self.old.specification.elements.get(key)
        return element is not None and element.kind in HUMAN

    def _match_ends(self, row: Row, theirs: set[str]) -> None:
        step = self.replay.step
        over = self.past.state == "ended" and row.seq == self.last_move
        if step is None or self._ahead(theirs) or (not over and not step.ended):
            return
        if over != step.ended or self.standing.ended_at != step.ended_at:
            raise Differs(self.reasons.ended(row, self.standing, self.replay))

    def _at_new_step(self, key: str) -> None:
        """A step nobody was asked: stop there, or go on as if it had been answered in the affirmative."""
        if self.outcome.first is None:
            self.outcome.kind, self.outcome.first = NEW_STEP, self.reasons.new_step(key)
        if not self.draft.assume:
            raise Differs(self.outcome.first)
        self.outcome.assumed.append(key)
        for task in [task for task in self.replay.open_tasks if task.element == key]:
            element = self.elements[key]
            due = self.replay.dues.get(task.task_id)
            self.outcome.working_days += self._until(due) if due else 0
            self.outcome.now[element.role] += 1
            options = self.draft.release.conclusions(element.form)
            answers = {"conclusion": options[0]} if options else {}
            if task in self.replay.open_tasks:
                self.replay.do(_NO_ITEM, task, answers, None)

    def _until(self, due: datetime) -> int:
        """Working days to a limit; one at 24:00 belongs to the day that ends."""
        return self.draft.calendar.rested(self.replay.at, due - timedelta.resolution)


def _last(done: Sequence[str], key: str) -> tuple[int]:
    return (max((place for place, each in enumerate(done) if each == key), default=-1),)


_ACTS: Mapping[str, Any] = {
    "start": _Follower.start,
    "task": _Follower.task,
    "back": _Follower.back,
    "withdraw": _Follower.withdraw,
    "handling": _Follower.handling,
    "timer": _Follower.timer,
    "message": _Follower.message,
    "aside": _Follower.aside,
    "migrate": _Follower.moved,
}
"""What each kind of line does to the draft; the others leave a case where it is."""
