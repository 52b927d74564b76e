"""Reads behind the pages of versions: which there are, what each says, who may look."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from app import scope
from workflows.catalogue import VERSION_WORDS, Bundle, Procedure, ProcedureVersion, UnknownProcedure
from workflows.designing import amendments
from workflows.designing.amendments import STATE_WORDS, Amendment
from workflows.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy.orm import Session

    from workflows.commands import Actor

_CODE = re.compile(r"([va])(\d{1,9})")


class UnknownSide(NotFound):
    """No such version or amendment of the procedure."""

    code = "version.unknown"
    sentence = "没有找到要比较的版本或修订稿，请从版本列表中选择。"


@dataclass(frozen=True, slots=True)
class Side:
    """A version (``v3``) or an amendment (``a7``) of a procedure."""

    code: str
    words: str
    state: str
    at: datetime | None
    by: str
    document: Mapping[str, Any]
    title: str = ""

    @property
    def is_amendment(self) -> bool:
        """Whether it is still being written, or was."""
        return self.code.startswith("a")

    @property
    def number(self) -> int:
        """The version's number, or the amendment's id."""
        return int(self.code[1:])


@dataclass(frozen=True, slots=True)
class Overseen:
    """A procedure with all its versions and amendments, newest first."""

    key: str
    name: str
    division: str
    versions: Sequence[Side]
    amendments: Sequence[Side]

    @property
    def sides(self) -> list[Side]:
        """All that can be compared, amendments first."""
        return [*self.amendments, *self.versions]

    def side(self, code: str) -> Side:
        """One of them; raises UnknownSide."""
        found = next((each for each in self.sides if each.code == code), None)
        if found is None:
            raise UnknownSide
        return found

    def usual(self) -> tuple[str, str]:
        """What is compared where nothing was chosen: the newest with what it follows."""
        codes = [each.code for each in self.versions]
        open_ones = [each.code for each in self.amendments if each.state != STATE_WORDS["discarded"]]
        newest = [*open_ones[:1], *codes[:2]][:2]
        return (newest[-1], newest[0]) if newest else ("", "")


def overseen(session: Session, actor: Actor, key: str) -> Overseen:
    """The procedure for whoever administers or supervises it; to others it looks as if there were none."""
    procedure = session.get(Procedure, key)
    drafts = amendments.of_procedure(session, key)
    division = procedure.division if procedure else drafts[0].division if drafts else ""
    if not division or not scope.oversees(actor, division):
        raise UnknownProcedure(key=key)
    ordered = {each.version_id: each.document for each in drafts if each.version_id is not None}
    query = select(
        *(
            getattr(ProcedureVersion, name)
            for name in ("id", "number", "state", "published_at", "published_by")
        )
    ).where(ProcedureVersion.procedure_key == key)
    rows = session.execute(query.order_by(ProcedureVersion.number.desc())).all()
    return Overseen(
        key,
        procedure.name if procedure else drafts[0].title,
        division,
        [
            Side(
                f"v{row.number}",
                f"第 {row.number} 版",
                VERSION_WORDS[row.state],
                row.published_at,
                row.published_by or "",
                ordered.get(row.id) or {},
            )
            for row in rows
        ],
        [_draft(each) for each in drafts],
    )


def _draft(row: Amendment) -> Side:
    words = f"修订稿 {row.id}：{row.title}"
    return Side(
        f"a{row.id}", words, STATE_WORDS[row.state], row.saved_at, row.saved_by, row.document, row.title
    )


def bundle(session: Session, key: str, code: str) -> Bundle:
    """What a version or an amendment of the procedure says; raises UnknownSide, Unusable and the like."""
    found = _CODE.fullmatch(code)
    if found is None:
        raise UnknownSide
    number = int(found[2])
    if found[1] == "v":
        query = select(ProcedureVersion.bundle).where(
            ProcedureVersion.procedure_key == key, ProcedureVersion.number == number
        )
        text = session.scalar(query)
        if text is None:
            raise UnknownSide
        return Bundle.load(text)
    row = session.get(Amendment, number)
    if row is None or row.procedure_key != key:
        raise UnknownSide
    return amendments.bundle_of(session, key, row.files)
