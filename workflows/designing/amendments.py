"""Amendments (修订): a procedure's next version while it is being written; no running case knows of it.

An amendment holds the artefacts as files, as they are exported: ``procedure.toml``, ``process.bpmn``,
``decisions.dmn``, ``scenarios.toml``, ``forms/<form>.json`` and ``sources/<document>.txt``.
Whoever saves says which revision they saw.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import tomlkit
from sqlalchemy import ForeignKey, Integer, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from workflows import catalogue
from workflows.administering import administers, require_administrator
from workflows.catalogue import Bundle, Procedure, ProcedureVersion
from workflows.db import Base, JsonText, UtcDateTime
from workflows.designing.parts import (
    DECISIONS,
    DESCRIPTION,
    KEY,
    OWN_DIAGRAM,
    SCENARIOS,
    Part,
    assemble,
    described,
    forms_named,
)
from workflows.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.commands import Actor, Context
    from workflows.designing.findings import Office

DRAFTING, SUBMITTED, APPROVED, PUBLISHED, DISCARDED = (
    "drafting",
    "submitted",
    "approved",
    "published",
    "discarded",
)

STATE_WORDS = {
    DRAFTING: "起草中",
    SUBMITTED: "待复核",
    APPROVED: "已复核",
    PUBLISHED: "已发布",
    DISCARDED: "已作废",
}

MOVES = {
    DRAFTING: {SUBMITTED, DISCARDED},
    SUBMITTED: {DRAFTING, APPROVED, DISCARDED},
    APPROVED: {DRAFTING, PUBLISHED, DISCARDED},
    PUBLISHED: set[str](),
    DISCARDED: set[str](),
}
"""What was reviewed goes back to drafting before it changes, and its approval is gone."""

MOST_CHARACTERS = 2_000_000
"""Of one file."""

FORM_FOLDER = "forms/"
SOURCE_FOLDER = "sources/"
"""The texts of policy documents that the diagram cites, one file each."""
NO_ARTEFACT = (
    "不是事项的文件：只收 procedure.toml、process.bpmn、decisions.dmn、scenarios.toml、forms/ 下的表单"
    "和 sources/ 下的依据文件文本。"
)
_SOURCE = re.compile(r"sources/[^/\\\x00-\x1f｜|<>\"']{1,100}\.txt")
_OWN = frozenset({DESCRIPTION, OWN_DIAGRAM, DECISIONS, SCENARIOS})


class UnknownAmendment(NotFound):
    """No such amendment, or none of a procedure the person administers."""

    code = "amendment.unknown"
    sentence = "没有找到该修订稿，请从事项的修订列表进入。"


class NotDrafting(Conflict):
    """Only what is being drafted can be changed."""

    code = "amendment.not_drafting"
    sentence = "修订稿“{title}”{state}，不能改动；需要再改，请先退回起草。"


class Amendment(Base):
    """One amendment of one procedure, from its first line to its publication."""

    __tablename__ = "amendment"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    procedure_key: Mapped[str] = mapped_column(String(60), index=True)
    division: Mapped[str] = mapped_column(String(12))
    base_id: Mapped[int | None] = mapped_column(ForeignKey("procedure_version.id"))
    """The version it started from; none for a procedure that is new."""
    title: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12))
    revision: Mapped[int] = mapped_column(Integer, default=0)
    files: Mapped[dict[str, str]] = mapped_column(JsonText)
    document: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict)
    """The policy document (文号, title, date, file) that orders the change."""
    effective_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    author_id: Mapped[int | None] = mapped_column(Integer)
    author: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by_id: Mapped[int | None] = mapped_column(Integer)
    saved_by: Mapped[str] = mapped_column(String(60))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    authors: Mapped[list[int]] = mapped_column(JsonText, default=list)
    """Everybody who ever saved it: none of them reviews it."""
    digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of what was submitted; what is approved and published is exactly this."""
    bundle_digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the version it would become, with what it calls as that stood when it was submitted."""
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(Integer)
    submitted_by: Mapped[str | None] = mapped_column(String(60))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewer_id: Mapped[int | None] = mapped_column(Integer)
    reviewer: Mapped[str | None] = mapped_column(String(60))
    opinion: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    publisher_id: Mapped[int | None] = mapped_column(Integer)
    publisher: Mapped[str | None] = mapped_column(String(60))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("procedure_version.id"))

    def digest_now(self) -> str:
        """SHA-256 of all that a reviewer approves: the files, the document, and from when it holds."""
        said = {
            "files": self.files,
            "document": self.document,
            "effective_at": self.effective_at.astimezone(UTC).isoformat() if self.effective_at else None,
        }
        return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


# What an amendment says


def files_of(version: ProcedureVersion) -> dict[str, str]:
    """A version's own artefacts as files: as they were written where that was kept, else made from it."""
    bundle = Bundle.load(version.bundle)
    part = Part.of(bundle)
    kept = orjson.loads(version.sources) if version.sources else {}
    return {
        DESCRIPTION: kept.get(DESCRIPTION) or tomlkit.dumps(dict(bundle.meta)),
        OWN_DIAGRAM: part.diagram,
        **({DECISIONS: next(iter(part.decisions.values()))} if part.decisions else {}),
        **({SCENARIOS: kept[SCENARIOS]} if kept.get(SCENARIOS) else {}),
        **{f"{FORM_FOLDER}{name}.json": text for name, text in part.forms.items()},
        **{name: text for name, text in kept.items() if name.startswith(SOURCE_FOLDER)},
    }


def kept_beside(files: Mapping[str, str]) -> dict[str, str]:
    """What a version keeps as it was written, beside what it runs by."""
    return {
        name: text
        for name, text in files.items()
        if name in (DESCRIPTION, SCENARIOS) or name.startswith(SOURCE_FOLDER)
    }


def part_of(key: str, files: Mapping[str, str]) -> Part:
    """The artefacts that an amendment's files hold; raises Unusable where the description is none."""
    meta = described(files.get(DESCRIPTION, ""), DESCRIPTION)
    return Part(
        key,
        meta,
        files.get(OWN_DIAGRAM, ""),
        {f"{key}/{DECISIONS}": files[DECISIONS]} if DECISIONS in files else {},
        {
            name.removeprefix(FORM_FOLDER).removesuffix(".json"): text
            for name, text in files.items()
            if name.startswith(FORM_FOLDER)
        },
    )


def bundle_of(session: Session, key: str, files: Mapping[str, str]) -> Bundle:
    """The bundle an amendment would be published as: with the procedures it calls as they are in force.

    Forms that no diagram names stay out of it. Raises Unusable, UnknownProcedure or NotPublished.
    """
    own = part_of(key, files)
    called = [Part.of(_bundle_in_force(session, each)) for each in _all_calls(session, own)]
    wanted = forms_named([own.diagram, *(part.diagram for part in called)])
    bundle = assemble(own, called)
    forms = {name: text for name, text in bundle.forms.items() if name in wanted}
    return Bundle(bundle.key, bundle.meta, bundle.diagrams, bundle.decisions, forms)


def _all_calls(session: Session, own: Part) -> list[str]:
    found: list[str] = []
    waiting = list(own.meta.get("calls", ()))
    while waiting:
        called = waiting.pop(0)
        if called != own.key and called not in found:
            found.append(called)
            waiting += catalogue.current(session, called).calls
    return found


def _bundle_in_force(session: Session, key: str) -> Bundle:
    version_id = catalogue.current(session, key).version_id
    return Bundle.load(session.get_one(ProcedureVersion, version_id).bundle)


# Who may


def seen(session: Session, actor: Actor, amendment_id: int, *, lock: bool = False) -> Amendment:
    """An amendment of a procedure the actor administers; to others it looks as if there were none."""
    row = session.get(Amendment, amendment_id, with_for_update=lock, populate_existing=lock)
    if row is None or not administers(actor, row.division):
        raise UnknownAmendment
    return row


def require_author(ctx: Context, amendment: Amendment) -> None:
    """Refuse unless the actor administers the procedure and takes no part in it; raises HandlesIt."""
    procedure = ctx.session.get(Procedure, amendment.procedure_key)
    if procedure is not None:
        require_ruler(ctx, procedure)


def require_ruler(ctx: Context, procedure: Procedure) -> None:
    """The same of a procedure, by its version in force, or where there is none by its newest."""
    version_id = procedure.current_version_id or newest_of(ctx.session, procedure.key)
    if version_id is not None:
        require_administrator(ctx.actor, catalogue.release(ctx.session, version_id))


def newest_of(session: Session, key: str) -> int | None:
    """The id of a procedure's newest version, in force or not."""
    query = select(ProcedureVersion.id).where(ProcedureVersion.procedure_key == key)
    return session.scalar(query.order_by(ProcedureVersion.number.desc()).limit(1))


def move(amendment: Amendment, to: str) -> None:
    """Change an amendment's state along the table; raises NotDrafting."""
    if to not in MOVES[amendment.state]:
        raise NotDrafting(title=amendment.title, state=STATE_WORDS[amendment.state])
    amendment.state = to


def require_drafting(row: Amendment) -> None:
    """Refuse what would change an amendment that is not being drafted."""
    if row.state != DRAFTING:
        raise NotDrafting(title=row.title, state=STATE_WORDS[row.state])


def require_files(files: Mapping[str, str]) -> None:
    """Refuse names that are no artefact's and texts that are too long; raises Invalid."""
    for name, text in files.items():
        form = name.removeprefix(FORM_FOLDER).removesuffix(".json")
        is_form = name == f"{FORM_FOLDER}{form}.json" and KEY.fullmatch(form)
        if name not in _OWN and not is_form and not _SOURCE.fullmatch(name):
            raise Invalid({name: NO_ARTEFACT})
        if len(text) > MOST_CHARACTERS:
            raise Invalid({name: "文件超过 200 万字。"})
        if "\x00" in text:
            raise Invalid({name: "文件含有不可用的字符。"})


def amended(session: Session, key: str) -> bool:
    """Whether an amendment of the procedure was ever published."""
    published = select(Amendment.id).where(Amendment.procedure_key == key, Amendment.state == PUBLISHED)
    return session.scalar(published.limit(1)) is not None


def office_of(session: Session, office: Office, files: Mapping[str, str]) -> Office:
    """The office as an amendment meets it: with its own documents, and the steps of what is in force."""
    steps = {step for each in catalogue.in_force(session) for step in each.specification.elements}
    own = {
        name.removeprefix(SOURCE_FOLDER): text
        for name, text in files.items()
        if name.startswith(SOURCE_FOLDER)
    }
    # What came with the system cannot be replaced by a document of the same name.
    sources = None if office.sources is None else {**own, **office.sources}
    return replace(office, steps=office.steps | frozenset(steps), sources=sources)


def of_procedure(session: Session, key: str) -> list[Amendment]:
    """A procedure's amendments, newest first."""
    return list(
        session.scalars(select(Amendment).where(Amendment.procedure_key == key).order_by(Amendment.id.desc()))
    )
