"""The JSON interface /api/v1: the commands and queries of the pages, with a document of its own."""

from app.api import (
    absences,
    attachments,
    audit,
    batch_schemas,
    batches,
    cases,
    copies,
    handling,
    notices,
    openapi,
    procedures,
    registers,
    tokens,
    work_items,
)
from app.api.calls import bp

__all__ = [
    "absences",
    "attachments",
    "audit",
    "batch_schemas",
    "batches",
    "bp",
    "cases",
    "copies",
    "handling",
    "notices",
    "openapi",
    "procedures",
    "registers",
    "tokens",
    "work_items",
]
