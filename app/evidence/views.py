"""Handing out the evidence of a case."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, cast

from flask import Blueprint, current_app, send_file

from app import door, policy
from app.attachments.content import digest
from app.evidence import bundle
from app.evidence.commands import TakeBundle
from app.scope import readable

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.settings import Settings

bp = Blueprint("evidence", __name__)


@bp.get("/cases/<number>/evidence.zip")
@policy.allow(policy.supervises)
def take(number: str) -> ResponseReturnValue:
    """Journal, chain, proofs, version, papers and files of a case, with the page that verifies them."""
    case = readable(door.reading(), door.current_actor(), number)
    folder = cast("Settings", current_app.extensions["settings"]).data_dir
    content = bundle.made(door.reading(), case, folder, door.executor().host.sealer)
    door.perform(TakeBundle(number=case.number, sha256=digest(content)))
    name = f"{case.number} 证据包.zip"
    return send_file(BytesIO(content), "application/zip", as_attachment=True, download_name=name)
