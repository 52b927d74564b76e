"""Which attachment may be opened by whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import bindparam, select

from app.attachments.models import Attachment
from app.scope import readable_id
from workflows.errors import NotFound
from workflows.withholding import is_kept

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.commands import Actor


LONGEST_LIST = 2000
"""Characters of a list of files in an address."""


class UnknownAttachment(NotFound):
    """No such file, or none the person may open."""

    code = "attachment.unknown"
    sentence = "没有找到该附件，或您没有查看权限。"


def openable(session: Session, actor: Actor, attachment_id: int) -> Attachment:
    """The attachment if the actor handed it in or may read its case; raises UnknownAttachment."""
    row = session.get(Attachment, attachment_id)
    if row is None or not _may_open(session, actor, row):
        raise UnknownAttachment
    return row


_table = Attachment.__table__
_USABLE = select(_table.c.type, _table.c.size, _table.c.name, _table.c.owner_id, _table.c.case_id).where(
    _table.c.id == bindparam("id")
)


def usable(session: Session, actor: Actor, attachment_id: int) -> _Owned | None:
    """What a form needs to know of an attachment the actor may open; None for any other."""
    row: _Owned | None = session.execute(_USABLE, {"id": attachment_id}).one_or_none()
    return row if row is not None and _may_open(session, actor, row) else None


class _Owned(Protocol):
    """An attachment as far as its use is concerned."""

    type: str
    size: int
    name: str
    owner_id: int
    case_id: int | None


def _may_open(session: Session, actor: Actor, row: Attachment | _Owned) -> bool:
    if actor.person_id is None:
        return False
    if row.owner_id != actor.person_id:
        return row.case_id is not None and readable_id(session, actor, row.case_id)
    if row.case_id is None or not is_kept(session, actor, row.case_id):
        return True
    # Whoever the case is kept from learns nothing of it any more, not even what they handed in themselves.
    return readable_id(session, actor, row.case_id)


def among(text: str, attachment_id: int) -> tuple[int | None, int | None, int, int]:
    """The files before and behind one in a list such as 3.5.7, its place there, and how many there are.

    The list only says where to go next; whether that may be opened is asked when somebody goes.
    """
    parts = [part for part in text[:LONGEST_LIST].split(".") if part.isascii() and part.isdecimal()]
    ids = list(dict.fromkeys(int(part) for part in parts if len(part) < 16))
    if attachment_id not in ids:
        return None, None, 1, 1
    place = ids.index(attachment_id)
    before = ids[place - 1] if place else None
    behind = ids[place + 1] if place + 1 < len(ids) else None
    return before, behind, place + 1, len(ids)


def by_ids(session: Session, ids: Iterable[int]) -> dict[int, Attachment]:
    """The attachments of those ids; the caller has already decided that they may be shown."""
    wanted = list(ids)
    if not wanted:
        return {}
    return {row.id: row for row in session.scalars(select(Attachment).where(Attachment.id.in_(wanted)))}
