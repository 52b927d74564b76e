"""The editors of an amendment: its forms, decisions, description and scenarios, each a page."""

from flask import Blueprint

bp = Blueprint("editors", __name__, template_folder="templates")

from app.designer.editors import (  # noqa: E402 (the pages hang themselves on the blueprint)
    decision_views,
    description_views,
    form_views,
    scenario_views,
    walk_views,
)

__all__ = ["bp", "decision_views", "description_views", "form_views", "scenario_views", "walk_views"]
