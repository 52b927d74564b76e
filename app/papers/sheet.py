"""How a paper is set: the text of an official letter after GB/T 9704, without any page around it."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"


@cache
def _template(name: str) -> Template:
    # Escaping is on: names and reasons are what people typed.
    office = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return office.get_template(f"papers/{name}")


def notice_to_household(**words: Any) -> str:
    """The HTML of a 告知书; every word is given, nothing is looked up."""
    return _template("sheet_notice.html").render(**words)


def letter(**words: Any) -> str:
    """The HTML of any other paper: paragraphs and, where there are rows, a table."""
    return _template("sheet_letter.html").render(**words)


def filled(**words: Any) -> str:
    """The HTML of a filled-in form kept as a paper, such as a 入户核查表."""
    return _template("sheet_filled.html").render(**words)


def approval(**words: Any) -> str:
    """The HTML of a 审批单: a whole case, step by step, as its file keeps it."""
    return _template("sheet_approval.html").render(**words)


def form(**words: Any) -> str:
    """The HTML of one step's whole form, filled in or to be filled in by hand."""
    return _template("sheet_form.html").render(**words)


def digest(html: str) -> str:
    """SHA-256 of a sheet, by which a later change shows."""
    return hashlib.sha256(html.encode()).hexdigest()
