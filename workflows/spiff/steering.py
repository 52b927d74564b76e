"""Moves that no arrow of the diagram draws: back to an earlier step, on to another, one signer more or less.

A move never leaves a join waiting for a token that cannot come, nor gives it one too many: a token may
leave a block of branches (those beside it go too), but never enter one, and inside a block it stays in its
own branch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.spiff.joins import Synchronising, ancestors, live, under
from workflows.spiff.loops import Instances
from workflows.spiff.machine import called
from workflows.spiff.model import ACTIVITIES, CATCHES, CONTAINERS, HUMAN
from workflows.spiff.refusals import NotWaiting, NoWay, NoWayBack
from workflows.spiff.stepping import Step, begin, finish, peek, ready

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from SpiffWorkflow.task import Task

    from workflows.spiff.machine import CaseFlow, Run
    from workflows.spiff.model import Element, Specification
    from workflows.spiff.scripting import Scope
    from workflows.spiff.stepping import Ask

    Leads = Callable[[Task, Element], bool]


def ways_back(spec: Specification, state: bytes, task_id: str) -> tuple[str, ...]:
    """The steps an open task may be sent back to, in the order of the diagram's text."""
    return _ways(spec, state, task_id, _leads_here)


def ways_on(spec: Specification, state: bytes, task_id: str) -> tuple[str, ...]:
    """The steps a token at an open task may be put at (跳转), in the order of the diagram's text."""
    return _ways(spec, state, task_id, _shares_branch)


def _ways(spec: Specification, state: bytes, task_id: str, leads: Leads) -> tuple[str, ...]:
    case = peek(spec, state)
    task = _activity(ready(case, task_id))
    found = ((_place(case, task, there), there) for there in spec.steps())
    return tuple(there.id for here, there in found if here is not None and leads(here, there))


def skipped(spec: Specification, state: bytes, task_id: str, to: str) -> tuple[str, ...]:
    """What the diagram asks for between an open task and the step ``to``, the task itself included.

    Ways back (an arrow to a node that every way to its source comes through) do not count: whoever is put
    at an earlier step leaves nothing out. Of a block or called process that the token leaves, what was
    still to come there is left out too.
    """
    case, there = peek(spec, state), spec.elements[to]
    task = _activity(ready(case, task_id))
    here = _place(case, task, there)
    if here is None or not _ahead(here, there.id):
        return ()
    tokens = [here, *_beside(here, there)]
    begun = {token.task_spec.element.id for token in tokens}
    ahead = set().union(*(_ahead(token, there.id) for token in tokens))
    while task is not here:
        begun.add(task.task_spec.element.id)
        ahead |= _ahead(task, None)
        task = _activity(case.get_task_from_id(task.workflow.parent_task_id))
    left_out = (begun | ahead | _inside(spec, ahead)) - {to}
    return tuple(key for key, each in spec.elements.items() if key in left_out and _asked(each))


def _ahead(task: Task, goal: str | None) -> set[str]:
    """What follows the task on the way to ``goal`` (which is in it), or to an end; empty without a way."""
    graph = task.workflow.spec.graph.forward()
    reached: set[str] = graph.reachable(task.task_spec.element.id, () if goal is None else (goal,))
    if goal is None:
        return reached
    return reached & graph.leading_to({goal}) if goal in reached else set()


def _inside(spec: Specification, holders: set[str]) -> set[str]:
    """What the subprocesses and called processes among ``holders`` hold, to every depth."""
    found: set[str] = set()
    for holder in (spec.elements[key] for key in holders if spec.elements[key].kind in CONTAINERS):
        held = {
            each.id
            for each in spec.elements.values()
            if each.parent == holder.id or (holder.called and each.process == holder.called)
        }
        found |= held | _inside(spec, held)
    return found


def _asked(element: Element) -> bool:
    """Whether the element stands for something somebody or the system is to do or wait for."""
    return element.kind in ACTIVITIES | CATCHES


def move(spec: Specification, state: bytes, task_id: str, to: str, scope: Scope, ask: Ask) -> Step:
    """退回: take the open task away and open the earlier step ``to`` instead.

    Branches beside it go too when ``to`` lies before their split. Raises NoWayBack when ``to`` is no step a
    person completes, does not lead here, or lies in another branch.
    """
    run = begin(spec, state, scope, ask)
    return _put(run, ready(run.case, task_id), spec.elements.get(to) or to, _leads_here, NoWayBack)


def jump(spec: Specification, state: bytes, task_id: str, to: str, scope: Scope, ask: Ask) -> Step:
    """跳转, 直送: take the open task away and open the step ``to`` instead, wherever it stands.

    Branches beside it go too when ``to`` lies outside their block. Raises NoWay when ``to`` is no step a
    person completes, is this one, or lies inside a block or branch that the token is not in.
    """
    run = begin(spec, state, scope, ask)
    return _put(run, ready(run.case, task_id), spec.elements.get(to) or to, _shares_branch, NoWay)


def stays_in_its_branch(spec: Specification, state: bytes, task_id: str, to: str) -> bool:
    """Whether a move to ``to`` withdraws no branch beside it: only then may the case come straight back."""
    case = peek(spec, state)
    task, there = _activity(ready(case, task_id)), spec.elements[to]
    here = _place(case, task, there)
    return here is task and all(there.id in fork.task_spec.block for fork in _forks(here))


def add_instances(
    spec: Specification, state: bytes, task_id: str, scope: Scope, ask: Ask, *, count: int = 1
) -> Step:
    """加签: open ``count`` more items beside an open one of the same multi-instance step."""
    run = begin(spec, state, scope, ask)
    wrapper = _wrapper(ready(run.case, task_id))
    wrapper.task_spec.enlarge(wrapper, count)
    return finish(run)


def between(spec: Specification, state: bytes, task_id: str, start: str) -> frozenset[str]:
    """The elements a token may pass on its way from ``start`` to an open task on the same level."""
    task = _activity(ready(peek(spec, state), task_id))
    graph, here = task.workflow.spec.graph, task.task_spec.element.id
    return frozenset(graph.reachable(start, {here}) & graph.leading_to({here})) - {here}


def instances_added(spec: Specification, state: bytes, task_id: str) -> int:
    """How many more are asked than the diagram said, beside an open item of a multi-instance step."""
    wrapper = _wrapper(ready(peek(spec, state), task_id))
    return int(wrapper.internal_data.get("more", 0))


def remove_instance(spec: Specification, state: bytes, task_id: str, scope: Scope, ask: Ask) -> Step:
    """减签: withdraw one open item of a multi-instance step and count on one less."""
    run = begin(spec, state, scope, ask)
    instance = ready(run.case, task_id)
    wrapper = _wrapper(instance)
    wrapper.task_spec.release(wrapper, instance)
    return finish(run)


def _put(run: Run, task: Task, there: Element | str, leads: Leads, refusal: type[NoWay]) -> Step:
    """Withdraw the token of a task and put one at ``there``."""
    task = _activity(task)
    if isinstance(there, str):
        raise refusal(here=called(task), there=there)
    here = _place(run.case, task, there)
    if here is None or not leads(here, there):
        raise refusal(here=called(task), there=there.name or there.id)
    _leave(run, here, there)
    node = here.workflow.spec.task_specs[there.id]
    node._update(run.grow_beside(here, node))
    return finish(run)


def _place(case: CaseFlow, task: Task, there: Element) -> Task | None:
    """The activity that holds the task on the level of ``there``; None when that is no surrounding level."""
    if there.kind not in HUMAN:
        return None
    here = task
    while here.workflow.spec.name != (there.parent or there.process):
        holder = here.workflow.parent_task_id
        if holder is None:
            return None
        here = _activity(case.get_task_from_id(holder))
    return here


def _activity(task: Task) -> Task:
    """The activity a task belongs to as a whole: the wrapper of an instance, else itself."""
    return task.parent if "i" in task.internal_data else task


def _wrapper(instance: Task) -> Task:
    wrapper = _activity(instance)
    if not isinstance(wrapper.task_spec, Instances):
        raise NotWaiting
    return wrapper


def _forks(here: Task) -> Iterator[Task]:
    """The splits whose branches this task is in, innermost first."""
    return (above for above in ancestors(here) if isinstance(above.task_spec, Synchronising))


def _leave(run: Run, here: Task, there: Element) -> None:
    """Withdraw the token, and the branches beside it of every block that ``there`` is not in."""
    for other in _beside(here, there):
        run.withdraw(other)
    run.withdraw(here)


def _beside(here: Task, there: Element) -> list[Task]:
    """The tokens in the branches beside this one of every block that ``there`` is not in."""
    left = [fork for fork in _forks(here) if there.id not in fork.task_spec.block]
    return [
        other
        for other in live(here.workflow)
        if other is not here
        and any(other.task_spec.element.id in fork.task_spec.block and under(other, fork) for fork in left)
    ]


def _leads_here(here: Task, there: Element) -> bool:
    """Whether ``there`` comes before this task, and in the same branch of every block it is in."""
    current = here.task_spec.element
    blocks = _blocks_around(here, there)
    if there.id == current.id or any(current.id not in node.block for node in blocks):
        return False
    graph = here.workflow.spec.graph
    return bool(graph.reaches(there.id, current.id, _walls(here, blocks)))


def _shares_branch(here: Task, there: Element) -> bool:
    """Whether the token may be at ``there`` instead: in no block, or in the very branch that it is in."""
    current = here.task_spec.element
    blocks = _blocks_around(here, there)
    if there.id == current.id or any(current.id not in node.block for node in blocks):
        return False
    graph, walls = here.workflow.spec.graph, _walls(here, blocks)
    return not blocks or bool(
        graph.reaches(there.id, current.id, walls) or graph.reaches(current.id, there.id, walls)
    )


def _blocks_around(here: Task, there: Element) -> list[Synchronising]:
    """The splits of this level whose block ``there`` lies in."""
    nodes = here.workflow.spec.task_specs.values()
    return [node for node in nodes if isinstance(node, Synchronising) and there.id in node.block]


def _walls(here: Task, blocks: list[Synchronising]) -> set[str]:
    """What a way inside one branch never passes: the splits it came through, the joins of the blocks."""
    graph = here.workflow.spec.graph
    walls = {fork.task_spec.element.id for fork in _forks(here) if fork.task_spec in blocks}
    return walls.union(*(graph.joins_of(node.element.id) for node in blocks))
