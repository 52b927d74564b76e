"""Routes of a case on paper: the whole of it or one step, to print from the browser or as PDF."""

from __future__ import annotations

import base64
import hashlib
from io import BytesIO
from typing import TYPE_CHECKING, cast

from flask import current_app, request, send_file, url_for

from app import door, policy
from app.cases import queries
from app.cases.printing import Printer
from app.cases.views import bp
from app.pages import page
from app.papers import pdf
from app.papers.commands import TakeCasePdf

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.cases.printing import Sheet
    from app.cases.queries import CaseView
    from app.settings import Settings


def printer(case: CaseView) -> Printer:
    """What puts this case on paper for whoever is asking."""
    folder = cast("Settings", current_app.extensions["settings"]).data_dir
    return Printer(door.reading(), door.current_actor(), case, folder, door.now())


def shown(case: CaseView, made: Sheet, pdf_url: str, back: str) -> ResponseReturnValue:
    """A sheet on a page, ready to print."""
    return page("cases/print.html", case=case, sheet=made, pdf_url=pdf_url, back=back)


def handed_out(case: CaseView, made: Sheet) -> ResponseReturnValue:
    """A sheet as PDF, recorded with the hashes of its text and of the file."""
    number = case.case.number
    data = pdf.made(pdf.with_digest(made.html), f"{number} {made.title}", made.sha256)
    digest = hashlib.sha256(data)
    door.perform(
        TakeCasePdf(number=number, what=made.title, sha256=made.sha256, pdf_sha256=digest.hexdigest())
    )
    answer = send_file(
        BytesIO(data), "application/pdf", as_attachment=True, download_name=f"{number} {made.title}.pdf"
    )
    answer.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    return answer


def _sheet(case: CaseView) -> Sheet:
    seq = request.args.get("step", type=int)
    return printer(case).step(seq) if seq is not None else printer(case).approval()


@bp.get("/cases/<number>/print")
@policy.allow(policy.reads_cases)
def print_case(number: str) -> ResponseReturnValue:
    """审批单, or with ``step`` one step's whole form."""
    case = queries.view(door.reading(), door.current_actor(), number)
    way = url_for("cases.print_case_pdf", number=number, step=request.args.get("step", type=int))
    return shown(case, _sheet(case), way, url_for("cases.show", number=number))


@bp.get("/cases/<number>/print.pdf")
@policy.allow(policy.reads_cases)
def print_case_pdf(number: str) -> ResponseReturnValue:
    """The same as PDF."""
    case = queries.view(door.reading(), door.current_actor(), number)
    return handed_out(case, _sheet(case))
