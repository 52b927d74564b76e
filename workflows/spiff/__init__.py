"""The only code that knows SpiffWorkflow: diagrams in, states in, steps out; no database, no clock."""

import logging

from workflows.spiff.loops import Vote
from workflows.spiff.machine import ServiceCall
from workflows.spiff.migrating import Hindrance, Passage, carried_over, hindrances, settled
from workflows.spiff.model import (
    CONTAINERS,
    HUMAN,
    NAMING,
    Assignment,
    Element,
    Flow,
    MultiInstance,
    Specification,
    Timer,
)
from workflows.spiff.parsing import parse, problems, processes
from workflows.spiff.refusals import (
    EngineStuck,
    NotAsItWas,
    NotExpected,
    NotWaiting,
    NoWay,
    NoWayBack,
    Problem,
    StateUnreadable,
    TooManyRounds,
    Undecided,
    Unreadable,
)
from workflows.spiff.schedules import PERIODS, Schedule, Unscheduled, period_name
from workflows.spiff.schedules import read as schedule
from workflows.spiff.schema import schema_problems
from workflows.spiff.scripting import Answered, Scope
from workflows.spiff.serializer import shape, tasks, tokens
from workflows.spiff.steering import (
    add_instances,
    between,
    instances_added,
    jump,
    move,
    remove_instance,
    skipped,
    stays_in_its_branch,
    ways_back,
    ways_on,
)
from workflows.spiff.stepping import OpenTask, Step, Waiting, complete, deliver, open_tasks, start, wake
from workflows.spiff.timing import Unreckonable, instant
from workflows.spiff.undoing import postpone, take_back
from workflows.spiff.wiring import covering

__all__ = [
    "CONTAINERS",
    "HUMAN",
    "NAMING",
    "PERIODS",
    "Answered",
    "Assignment",
    "Element",
    "EngineStuck",
    "Flow",
    "Hindrance",
    "MultiInstance",
    "NoWay",
    "NoWayBack",
    "NotAsItWas",
    "NotExpected",
    "NotWaiting",
    "OpenTask",
    "Passage",
    "Problem",
    "Schedule",
    "Scope",
    "ServiceCall",
    "Specification",
    "StateUnreadable",
    "Step",
    "Timer",
    "TooManyRounds",
    "Undecided",
    "Unreadable",
    "Unreckonable",
    "Unscheduled",
    "Vote",
    "Waiting",
    "add_instances",
    "between",
    "carried_over",
    "complete",
    "covering",
    "deliver",
    "hindrances",
    "instances_added",
    "instant",
    "jump",
    "move",
    "open_tasks",
    "parse",
    "period_name",
    "postpone",
    "problems",
    "processes",
    "remove_instance",
    "schedule",
    "schema_problems",
    "settled",
    "shape",
    "skipped",
    "start",
    "stays_in_its_branch",
    "take_back",
    "tasks",
    "tokens",
    "wake",
    "ways_back",
    "ways_on",
]

# SpiffWorkflow writes a record for every change of a task's state and gathers its facts whether or not
# anyone reads them; the audit chain is our record.
for _name in ("spiff.task", "spiff.workflow"):
    logging.getLogger(_name).setLevel(logging.ERROR)
