"""The JSON interface /api/v1: the same commands and queries as the pages, described by its own OpenAPI document."""

from app.api import attachments, audit, cases, notices, openapi, procedures, registers, tokens, work_items
from app.api.calls import bp

__all__ = [
    "attachments",
    "audit",
    "bp",
    "cases",
    "notices",
    "openapi",
    "procedures",
    "registers",
    "tokens",
    "work_items",
]
