"""What a diagram may ask of the papers: issue one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.attachments.shelf import masked
from app.organisation.queries import division_path
from app.organisation.roles import ROLES
from app.papers import numbering, sheet
from app.papers.issuing import entered
from app.papers.models import Document
from workflows import catalogue, outbox
from workflows.cases import Case
from workflows.clock import local_date
from workflows.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from workflows.commands import Context
    from workflows.ports import OperationCall, UnitRef

MOST_ROWS, MOST_COLUMNS = 1_000, 12


class NobodySigns(Conflict):
    """The diagram lets a role sign that does not exist."""

    code = "document.unknown_issuer"
    sentence = "流程图要求由“{role}”出具文书，但没有这一角色，办件未变动；请管理员检查流程图。"


def issue(ctx: Context, call: OperationCall) -> dict[str, Any]:
    """Issue a paper: numbered, rendered, kept with its hash; its PDF follows after the commit.

    With ``body`` it is a letter of these paragraphs, and a table where ``rows`` are given; else the written
    notice that tells a household how its application ended.
    """
    unit = _issuer(ctx, call)
    number = numbering.next_letter(ctx, unit, ROLES[_role(call)].office)
    title = str(call.inputs.get("title") or call.inputs.get("kind") or call.name)
    html = _sheet(ctx, call, unit=unit.name, number=number, title=title)
    document = Document(
        number=number,
        case_id=call.case_id,
        case_number=call.case_number,
        kind=str(call.inputs.get("kind") or "书面告知"),
        title=title,
        html=html,
        sha256=sheet.digest(html),
        issued_at=ctx.now,
        unit_id=unit.id,
        unit=unit.name,
    )
    entered(ctx, document)
    if call.inputs.get("notify"):
        text = f"《{title}》（{number}）已出具，请查看。"
        link = f"/papers/{document.id}"
        outbox.promise(ctx, "message", applicant=True, text=text, case=call.case_number, link=link)
    return {
        "document": document.id,
        "number": number,
        "sha256": document.sha256,
        "why": f"已出具《{title}》（{number}）",
    }


OPERATIONS: dict[str, Callable[[Context, OperationCall], Mapping[str, Any]]] = {"document.issue": issue}
"""The operations of this folder by the name a diagram calls them."""


def _role(call: OperationCall) -> str:
    return str(call.inputs.get("issuer") or "village_committee")


def _issuer(ctx: Context, call: OperationCall) -> UnitRef:
    role = _role(call)
    if role not in ROLES:
        raise NobodySigns(role=role)
    return ctx.host.directory.unit_for(ctx.session, role, ROLES[role].level, call.division)


def _sheet(ctx: Context, call: OperationCall, **head: str) -> str:
    given, matter = call.inputs, _matter(ctx, call)
    if given.get("body") or given.get("rows"):
        columns, rows = table(given.get("rows"))
        return sheet.letter(
            to=str(given.get("to") or ""),
            paragraphs=paragraphs(given.get("body")),
            columns=columns,
            rows=rows,
            case_number=call.case_number,
            issued_on=numbering.paper_day(local_date(ctx.now)),
            **head,
            **matter,
        )
    return sheet.notice_to_household(
        to=str(given.get("to") or call.subject.get("name") or ""),
        place=division_path(ctx.session, call.division, ""),
        case_number=call.case_number,
        conclusion=str(given.get("conclusion") or ""),
        reason=str(given.get("reason") or ""),
        issued_on=numbering.paper_day(local_date(ctx.now)),
        **head,
        **matter,
    )


def paragraphs(body: Any) -> list[str]:
    """The body's lines: of one text, or of a list of texts."""
    texts = body if isinstance(body, list) else [body or ""]
    return [line.strip() for text in texts for line in str(text).splitlines() if line.strip()]


def table(rows: Any) -> tuple[list[str], list[list[str]]]:
    """Column names and cells of a list of contexts; the columns in the order in which they first appear."""
    given = [row for row in rows if isinstance(row, dict)][:MOST_ROWS] if isinstance(rows, list) else []
    columns = list(dict.fromkeys(str(key) for row in given for key in row))[:MOST_COLUMNS]
    return columns, [[_cell(row.get(name)) for name in columns] for row in given]


def _cell(value: Any) -> str:
    value = masked(value)
    if isinstance(value, list):
        return "、".join(_cell(each) for each in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def _matter(ctx: Context, call: OperationCall) -> dict[str, Any]:
    """The procedure's name and the sources it rests on, from the version the case runs on."""
    version, name, applied = ctx.session.execute(
        select(Case.version_id, Case.procedure_name, Case.created_at).where(Case.id == call.case_id)
    ).one()
    documents = catalogue.release(ctx.session, version).meta.get("documents", ())
    return {
        "procedure": name,
        "applied_on": numbering.paper_day(local_date(applied)),
        "sources": [f"《{source['title']}》{source.get('clause', '')}" for source in documents],
    }
