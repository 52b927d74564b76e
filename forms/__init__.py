"""What is asked: form definitions in the bpmn.io format, and how one becomes a form on a page."""

from forms.answering import WholeForm
from forms.build import build
from forms.correcting import CORRECTIONS, with_reasons
from forms.definition import SENSITIVE, Definition, DefinitionError, Expression, Field, Option
from forms.lookups import AttachmentInfo, Evaluate, Lookups, NoLookups, OnFile, Pickers
from forms.posting import apply_row_action, has_row_action, with_uploads
from forms.presenting import brief
from forms.reading import parse
from forms.sealing import seal_answers, seal_draft

__all__ = [
    "CORRECTIONS",
    "SENSITIVE",
    "AttachmentInfo",
    "Definition",
    "DefinitionError",
    "Evaluate",
    "Expression",
    "Field",
    "Lookups",
    "NoLookups",
    "OnFile",
    "Option",
    "Pickers",
    "WholeForm",
    "apply_row_action",
    "brief",
    "build",
    "has_row_action",
    "parse",
    "seal_answers",
    "seal_draft",
    "with_reasons",
    "with_uploads",
]
