"""Routes of the organisation: the division picker asks what lies below a division."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, request

from app import policy
from app.door import reading
from app.organisation import queries
from app.policy import allow

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("organisation", __name__)


@bp.get("/divisions")
@allow(policy.public)
def divisions() -> ResponseReturnValue:
    """The divisions below ``under`` (the counties without it): public geography, nothing about people."""
    found = queries.children(reading(), request.args.get("under") or None)
    return jsonify(
        [{"code": one.code, "name": one.name, "kind": one.kind, "level": one.level} for one in found]
    )
