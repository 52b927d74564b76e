"""The JSON interface /api/v1: the commands and queries of the pages, with a document of its own."""

from app.api import (
    attachments,
    audit,
    batch_schemas,
    batches,
    cases,
    notices,
    openapi,
    procedures,
    registers,
    tokens,
    work_items,
)
from app.api.calls import bp

__all__ = [
    "attachments",
    "audit",
    "batch_schemas",
    "batches",
    "bp",
    "cases",
    "notices",
    "openapi",
    "procedures",
    "registers",
    "tokens",
    "work_items",
]
