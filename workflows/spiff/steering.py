"""Moves that no arrow of the diagram draws: back to an earlier step, one signer more, one signer less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.spiff.joins import Synchronising, ancestors, live, under
from workflows.spiff.loops import Instances
from workflows.spiff.machine import called
from workflows.spiff.model import HUMAN
from workflows.spiff.refusals import NotWaiting, NoWayBack
from workflows.spiff.stepping import Step, begin, finish, ready

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

    from workflows.spiff.machine import Run
    from workflows.spiff.model import Element, Specification
    from workflows.spiff.scripting import Scope
    from workflows.spiff.stepping import Ask


def move(spec: Specification, state: bytes, task_id: str, to: str, scope: Scope, ask: Ask) -> Step:
    """退回: take the open task away and open the earlier step ``to`` instead.

    Branches beside it go too when ``to`` lies before their split. Raises NoWayBack when ``to`` is no step a
    person completes, does not lead here, or lies in another branch.
    """
    run = begin(spec, state, scope, ask)
    task, there = _activity(ready(run.case, task_id)), spec.elements.get(to)
    if there is None or there.kind not in HUMAN:
        raise NoWayBack(here=called(task), there=to)
    here = task
    while here.workflow.spec.name != (there.parent or there.process):
        holder = here.workflow.parent_task_id
        if holder is None:
            raise NoWayBack(here=called(task), there=there.name or there.id)
        here = _activity(run.case.get_task_from_id(holder))
    _leave(run, here, there)
    node = here.workflow.spec.task_specs[there.id]
    node._update(run.grow_beside(here, node))
    return finish(run)


def add_instances(
    spec: Specification, state: bytes, task_id: str, scope: Scope, ask: Ask, *, count: int = 1
) -> Step:
    """加签: open ``count`` more items beside an open one of the same multi-instance step."""
    run = begin(spec, state, scope, ask)
    wrapper = _wrapper(ready(run.case, task_id))
    wrapper.task_spec.enlarge(wrapper, count)
    return finish(run)


def remove_instance(spec: Specification, state: bytes, task_id: str, scope: Scope, ask: Ask) -> Step:
    """减签: withdraw one open item of a multi-instance step and count on one less."""
    run = begin(spec, state, scope, ask)
    instance = ready(run.case, task_id)
    wrapper = _wrapper(instance)
    wrapper.task_spec.release(wrapper, instance)
    return finish(run)


def _activity(task: Task) -> Task:
    """The activity a task belongs to as a whole: the wrapper of an instance, else itself."""
    return task.parent if "i" in task.internal_data else task


def _wrapper(instance: Task) -> Task:
    wrapper = _activity(instance)
    if not isinstance(wrapper.task_spec, Instances):
        raise NotWaiting
    return wrapper


def _leave(run: Run, here: Task, there: Element) -> None:
    """Withdraw the token, and the branches beside it whose split lies after ``there``."""
    splits = [above for above in ancestors(here) if isinstance(above.task_spec, Synchronising)]
    if not _leads_here(here, there, [above.task_spec for above in splits]):
        raise NoWayBack(here=called(here), there=there.name or there.id)
    for above in splits:
        if there.id not in above.task_spec.block:
            for other in list(live(here.workflow)):
                if other.task_spec.element.id in above.task_spec.block and under(other, above):
                    run.withdraw(other)
    run.withdraw(here)


def _leads_here(here: Task, there: Element, splits: list[Synchronising]) -> bool:
    """Whether ``there`` comes before this task, and in the same branch of every block it is in."""
    level, current = here.workflow.spec, here.task_spec.element
    blocks = [
        node
        for node in level.task_specs.values()
        if isinstance(node, Synchronising) and there.id in node.block
    ]
    if there.id == current.id or any(current.id not in node.block for node in blocks):
        return False
    avoiding = {node.element.id for node in splits if node in blocks}
    for node in blocks:
        avoiding |= {name for name in node.block if level.graph.joins(name)}
    return bool(level.graph.reaches(there.id, current.id, avoiding))
