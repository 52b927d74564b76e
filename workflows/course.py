"""One case moved on within one command: engine, operations, items, timers and journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from workflows import (
    calendars,
    cases,
    catalogue,
    decisions,
    feel,
    item_rows,
    parameters,
    pausing,
    spiff,
    timers,
)
from workflows.clock import LOCAL
from workflows.errors import Conflict
from workflows.gathering import gathered
from workflows.offering import Offering, instant
from workflows.ports import OperationCall

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from workflows.cases import OpenCase
    from workflows.catalogue import Release
    from workflows.commands import Context
    from workflows.spiff import Element, OpenTask, ServiceCall, Step

END_OF_NOTICE = "end of notice"
"""The name under which a diagram's timer reads when the notice posted last ends."""


REASONS = "_reasons"
"""Where a decision's journal row keeps why: table, rule, sentence, and the clause as `file｜quotation`."""

MOST_STANDING = 200
"""Characters kept of where a case stands."""


class NoDecision(Conflict):
    """A decision table gave nothing where the procedure needs an answer."""

    code = "decision.no_result"
    sentence = "决策“{name}”没有给出结果，办件未变动。{why}请管理员检查决策表。"


@dataclass(slots=True)
class Course:
    """A locked case with its version and the variables its expressions see."""

    ctx: Context
    case: OpenCase
    release: Release
    scope: spiff.Scope
    given: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What is said of an item that opens now beside what the diagram says, by its step or its task."""
    reopens: bool = False
    """Whether tasks that are open now were open before, with items of their own."""

    @classmethod
    def of(cls, ctx: Context, case: OpenCase) -> Self:
        """The course of a locked case."""
        release = catalogue.release(ctx.session, case.version_id)
        return cls.under(
            ctx, case, parameters.ruled(ctx.session, release, case.created_at, revision=case.ruled)
        )

    @classmethod
    def under(cls, ctx: Context, case: OpenCase, release: Release) -> Self:
        """The course of a case whose version is already at hand."""
        days = calendars.of(ctx.session, case.dated)
        scope = spiff.Scope(visible(case, release), at=ctx.now, calendar=days)
        scope.gather = lambda step: gathered(ctx, case, step)
        return cls(ctx, case, release, scope)

    def answer(self, step: str, answers: dict[str, Any]) -> None:
        """Let a step's answers be seen by the expressions that follow."""
        self._moves("answer", step=step)
        self.case.variables[step] = answers
        self.scope.variables[step] = answers

    def start(self) -> Step:
        """Set a new case going, with the time limit its procedure sets for the whole of it."""
        limit = self.release.meta.get("case", {}).get("due")
        if limit:
            self.case.due_at = instant(self.scope.evaluate(limit), self.ctx.now, self.case.procedure_name)
        self._moves("start")
        return self._take(lambda: spiff.start(self.release.specification, self.scope, self._ask))

    def complete(self, task_id: str, vote: spiff.Vote | None = None) -> Step:
        """Move on past a task that was done; ``vote`` counts where several are asked the same."""
        self._moves("complete", task=task_id, **({"vote": vote} if vote else {}))
        specification, state = self.release.specification, self.case.engine_state
        return self._take(
            lambda: spiff.complete(specification, state, task_id, self.scope, self._ask, vote=vote)
        )

    def leads_to(self, task_id: str, to: str) -> bool:
        """Whether the token of an open task may be put at the step ``to``."""
        return to in spiff.ways_on(self.release.specification, self.case.engine_state, task_id)

    def move_back(self, task_id: str, to: str, **given: Any) -> Step:
        """退回: open the earlier step ``to`` instead of an open task; ``given`` is said of its item."""
        self._moves("back", task=task_id, to=to)
        self.given = {to: given}
        specification, state = self.release.specification, self.case.engine_state
        return self._take(lambda: spiff.move(specification, state, task_id, to, self.scope, self._ask))

    def jump(self, task_id: str, to: str) -> Step:
        """跳转, 直送: open the step ``to`` instead of an open task."""
        self._moves("jump", task=task_id, to=to)
        specification, state = self.release.specification, self.case.engine_state
        return self._take(lambda: spiff.jump(specification, state, task_id, to, self.scope, self._ask))

    def take_back(self, trace: Mapping[str, Any]) -> Step:
        """撤回: undo the step that left this trace; its items are open again as they were."""
        self._moves("take_back", item=trace["item"])
        self.reopens = True
        before, after = trace["before"].encode(), trace["after"].encode()
        specification, state = self.release.specification, self.case.engine_state
        return self._take(lambda: spiff.take_back(specification, before, after, state, self.scope, self._ask))

    def postpone(self, by: timedelta) -> Step:
        """恢复: what the case waits for is due so much later, a notice's end among it."""
        self._moves("postpone", seconds=by.total_seconds())
        ends = self.case.variables.get(END_OF_NOTICE)
        if ends is not None:
            later = (datetime.fromisoformat(ends) + by).isoformat()
            self.case.variables[END_OF_NOTICE] = self.scope.variables[END_OF_NOTICE] = later
        specification, state = self.release.specification, self.case.engine_state
        return self._take(lambda: spiff.postpone(specification, state, by, self.scope, self._ask))

    def more_voters(self, task_id: str, count: int) -> Step:
        """加签: ask so many more the same."""
        self._moves("more", task=task_id, count=count)
        specification, state = self.release.specification, self.case.engine_state
        return self._take(
            lambda: spiff.add_instances(specification, state, task_id, self.scope, self._ask, count=count)
        )

    def has_added_voters(self, task_id: str) -> bool:
        """Whether more are asked than the diagram says."""
        specification, state = self.release.specification, self.case.engine_state
        return spiff.instances_added(specification, state, task_id) > 0

    def one_voter_less(self, task_id: str) -> Step:
        """减签: do without one of those asked the same."""
        self._moves("less", task=task_id)
        specification, state = self.release.specification, self.case.engine_state
        return self._take(lambda: spiff.remove_instance(specification, state, task_id, self.scope, self._ask))

    def wake(self) -> Step:
        """Fire the timers that are due."""
        self._moves("wake")
        state = self.case.engine_state
        return self._take(lambda: spiff.wake(self.release.specification, state, self.scope, self._ask))

    def deliver(self, message: str) -> Step:
        """Hand a message to whoever in the diagram waits for it."""
        self._moves("deliver", message=message)
        state = self.case.engine_state
        return self._take(
            lambda: spiff.deliver(self.release.specification, state, message, self.scope, self._ask)
        )

    def take_over(self, step: Step) -> Step:
        """迁移: stand where the engine of another version of the diagram stands."""
        return self._take(lambda: step)

    def awaiting(self, message: str) -> str | None:
        """The element that waits for ``message`` now, if any does."""
        elements = self.release.specification.elements
        names = (wait["element"] for wait in self.case.waiting if wait["kind"] == "message")
        return next((name for name in names if elements[name].message == message), None)

    def _moves(self, do: str, **how: Any) -> None:
        """Say on the case's chain what moves its engine now, behind how many rows of its journal."""
        self.case.moves.append({"do": do, "rows": self.case.steps, **how})

    def _take(self, move: Callable[[], Step]) -> Step:
        """Take over what the engine answered; the journal row that caused it carries the path."""
        cause = self.case.journal[-1] if self.case.journal else None
        step = move()
        case = self.case
        case.engine_state = step.state
        case.variables.update(step.written)
        if cause is not None:
            cause["passed"] = list(step.passed)
        self._project_items(step.open_tasks)
        self._project_waiting(step)
        self._follow_clock(step)
        case.standing = self.standing(step)
        if step.ended:
            case.state, case.ended_at = cases.ENDED, self.ctx.now
            case.outcome = self._outcome(step)
        return step

    def _follow_clock(self, step: Step) -> None:
        steps = [task.element for task in step.open_tasks]
        pausing.follow(self.ctx, self.case, self.release, steps)

    def standing(self, step: Step) -> str:
        """Where the case stands, in the diagram's words."""
        elements = self.release.specification.elements
        names = [elements[task.element].name for task in step.open_tasks]
        names += [f"等待{elements[wait.element].name}" for wait in step.waiting if wait.due is not None]
        return "、".join(dict.fromkeys(names))[:MOST_STANDING]

    def _outcome(self, step: Step) -> str:
        element = self.release.specification.elements.get(step.ended_at or "")
        return element.name if element and element.name else "办结"

    def _project_items(self, tasks: tuple[OpenTask, ...]) -> None:
        wanted = {task.task_id: task for task in tasks}
        standing = item_rows.tasks_open(self.ctx, self.case.id)
        item_rows.withdraw(self.ctx, self.case.id, [task for task in standing if task not in wanted])
        offering = Offering(self.ctx, self.case, self.release, self.scope)
        item = offering.reopened if self.reopens else offering.item
        new = [
            {**item(task), **self.given.get(task.element, self.given.get(task_id, {}))}
            for task_id, task in wanted.items()
            if task_id not in standing
        ]
        item_rows.open_items(self.ctx, new, self.scope.calendar)

    def _project_waiting(self, step: Step) -> None:
        case, elements = self.case, self.release.specification.elements
        due = {element: at for element, _, at in step.waiting if at is not None}
        self._set_timers(due)
        case.waiting = [
            {
                "element": element,
                "name": elements[element].name,
                "kind": kind,
                "due": at.isoformat() if at else None,
            }
            for element, kind, at in step.waiting
        ]

    def _set_timers(self, due: dict[str, datetime]) -> None:
        had = any(wait["due"] for wait in self.case.waiting)
        timers.project(self.ctx, self.case.id, had=had, due=due)

    def _ask(self, call: ServiceCall) -> None:
        """Answer the engine where it stops: decide, or perform a named operation, in this transaction."""
        element = call.element
        if element.decision:
            result, outcome = self._decide(element, call.inputs)
            name = element.result_variable or element.id
        else:
            inputs = {name: feel.to_json(value) for name, value in call.inputs.items()}
            result, outcome = dict(self._perform(element, inputs)), None
            name = element.id
        self.case.variables[name] = self.scope.variables[name] = result
        self._take_down_system(element, result, outcome)

    def _decide(self, element: Element, inputs: Mapping[str, Any]) -> tuple[Any, decisions.Outcome]:
        """Decide; what the task maps for its decision stands before the case's variable of that name."""
        decision = element.decision or ""
        outcome = decisions.decide(
            self.release.model_of(decision),
            decision,
            {**self.scope.variables, **inputs},
            functions=self.scope.functions(),
            at=self.ctx.now.astimezone(LOCAL),
        )
        if outcome.value is None:
            raise NoDecision(name=element.name, why="".join(outcome.explanation))
        return feel.to_json(outcome.value), outcome

    def _perform(self, element: Element, inputs: dict[str, Any]) -> Mapping[str, Any]:
        result = self._operate(element, inputs)
        if "ends_at" in result:
            self.case.variables[END_OF_NOTICE] = self.scope.variables[END_OF_NOTICE] = result["ends_at"]
        return result

    def _operate(self, element: Element, inputs: dict[str, Any]) -> Mapping[str, Any]:
        case = self.case
        call = OperationCall(
            operation=element.operation or "",
            element=element.id,
            name=element.name,
            inputs=inputs,
            case_id=case.id,
            case_number=case.number,
            procedure=case.procedure_key,
            division=case.division,
            subject=case.subject,
            variables=case.variables,
            parameters=self.release.parameters,
            round=case.rounds.get(element.id, 0) + 1,
            basis=element.basis,
        )
        return self.ctx.host.operations.perform(self.ctx, call)

    def _take_down_system(self, element: Element, result: Any, outcome: decisions.Outcome | None) -> None:
        said = result if isinstance(result, dict) else {"value": result}
        answers, why = said, None
        if outcome is not None:
            answers = {**said, REASONS: [reason.as_json() for reason in outcome.reasons]}
            why = "".join(outcome.explanation)
        self.case.take_down(
            self.ctx,
            kind="system",
            step=element.id,
            name=element.name,
            actor="系统",
            round=self.case.next_round(element.id),
            conclusion=said.get("result"),
            answers=answers,
            why=why or said.get("why") or element.documentation or f"按流程图自动执行：{element.name}",
        )


def visible(case: OpenCase, release: Release) -> dict[str, Any]:
    """The names a running case's expressions see."""
    return visible_of(
        case.variables, case.number, case.division, case.subject, release, parent=case.parent_number
    )


def visible_of(
    variables: dict[str, Any],
    number: str,
    division: str,
    subject: Mapping[str, Any],
    release: Release,
    *,
    parent: str | None = None,
) -> dict[str, Any]:
    """Each step's answers, the case, its subject, its parameters: all that an expression may name."""
    starter = subject.get("from") or {}
    return {
        **variables,
        **campaign_of(variables),
        "case": {
            "number": number,
            "division": division,
            "parent": parent,
            "unit": starter.get("unit"),
            "role": starter.get("role"),
        },
        "subject": {"name": subject.get("name") or ""},
        "param": dict(release.parameters),
    }


def campaign_of(variables: dict[str, Any]) -> dict[str, Any]:
    """The period of a campaign with its days as days, which JSON keeps as texts."""
    said = variables.get("campaign")
    if not isinstance(said, dict):
        return {}
    days = {name: said[name] and date.fromisoformat(said[name]) for name in ("from", "until")}
    return {"campaign": {**said, **days}}
