"""The only code that knows SpiffWorkflow: diagrams in, states in, steps out; no database, no clock."""

import logging

from workflows.spiff.loops import Vote
from workflows.spiff.machine import ServiceCall
from workflows.spiff.model import (
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
    NotExpected,
    NotWaiting,
    NoWayBack,
    Problem,
    StateUnreadable,
    TooManyRounds,
    Undecided,
    Unreadable,
)
from workflows.spiff.scripting import Scope
from workflows.spiff.serializer import tokens
from workflows.spiff.steering import add_instances, move, remove_instance
from workflows.spiff.stepping import OpenTask, Step, Waiting, complete, deliver, start, wake
from workflows.spiff.timing import Unreckonable, instant

__all__ = [
    "Assignment",
    "Element",
    "EngineStuck",
    "Flow",
    "MultiInstance",
    "NoWayBack",
    "NotExpected",
    "NotWaiting",
    "OpenTask",
    "Problem",
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
    "Vote",
    "Waiting",
    "add_instances",
    "complete",
    "deliver",
    "instant",
    "move",
    "parse",
    "problems",
    "processes",
    "remove_instance",
    "start",
    "tokens",
    "wake",
]

# SpiffWorkflow writes a record for every change of a task's state and gathers its facts whether or not
# anyone reads them; the audit chain is our record.
for _name in ("spiff.task", "spiff.workflow"):
    logging.getLogger(_name).setLevel(logging.ERROR)
