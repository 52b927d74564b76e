"""DMN: decision tables and models, read safely, decided with an explanation, checked before use."""

from workflows.decisions.checking import check
from workflows.decisions.deciding import NoSuchDecision, Outcome, decide
from workflows.decisions.explaining import Reason
from workflows.decisions.findings import Finding
from workflows.decisions.model import Finder, Model, read
from workflows.decisions.tables import Fired
from workflows.decisions.xml import Unreadable, ids_twice

__all__ = [
    "Finder",
    "Finding",
    "Fired",
    "Model",
    "NoSuchDecision",
    "Outcome",
    "Reason",
    "Unreadable",
    "check",
    "decide",
    "ids_twice",
    "read",
]
