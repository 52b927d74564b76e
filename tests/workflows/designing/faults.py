"""What lint says about a draft."""

from app.designer.trying import OFFICE
from workflows.designing import lint


def said(draft, office=OFFICE):
    """What is found besides the missing drawing, which tiny diagrams never have."""
    return [each for each in lint.bundle(draft, office) if not each.rule.startswith("drawing.")]


def rules(draft, office=OFFICE):
    return [each.rule for each in said(draft, office)]


def only(draft, office=OFFICE):
    (finding,) = said(draft, office)
    return finding
