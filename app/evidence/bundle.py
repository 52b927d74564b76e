"""The evidence of one case in one file, with a page that verifies it offline in any browser of today."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select

from app.attachments.content import path_of
from app.attachments.models import Attachment
from app.papers.models import Document
from app.security.signatures import fingerprint
from workflows import facts, seal_proofs, seals
from workflows.audit import AuditEntry
from workflows.catalogue import ProcedureVersion
from workflows.clock import LOCAL
from workflows.commands import text_of
from workflows.journal import WORDS, StepRecord
from workflows.ports import SealKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from workflows.cases import Case
    from workflows.ports import Sealer

OFFLINE = Path(__file__).with_name("offline")
DIGESTED = tuple(name for name in WORDS if name != "salt")

README = (
    "用浏览器打开 verify.html 即可离线核验，无须连网。\n"
    "data.json 是同样的内容，供其他程序核验；version.json 是办件所用的流程图、决策表、表单和说明。\n"
    "身份证号、电话、银行账号只有遮盖后的样子和密文，没有密钥不能还原。\n"
)


@dataclass(frozen=True, slots=True)
class File:
    """A file of the case in the bundle."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Its digest."""
        return hashlib.sha256(self.content).hexdigest()


def made(session: Session, case: Case, folder: Path, sealer: Sealer | None) -> bytes:
    """The whole bundle as a ZIP.

    Answers stand in it as they are stored, since their digests are of that: sealed numbers stay sealed.
    """
    files = [*_attachments(session, case, folder), *_papers(session, case)]
    data = _data(session, case, files, sealer)
    text = orjson.dumps(data, option=orjson.OPT_INDENT_2)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("verify.html", page(data).encode()),
            ("data.json", text),
            ("version.json", data["version"].encode()),
            ("说明.txt", README.encode()),
            *((file.name, file.content) for file in files),
        ):
            archive.writestr(zipfile.ZipInfo(name, _moment(case)), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _moment(case: Case) -> tuple[int, int, int, int, int, int]:
    """A time for the archive's files that asks no clock."""
    at = (case.ended_at or case.created_at).astimezone(LOCAL)
    return at.year, at.month, at.day, at.hour, at.minute, at.second


def page(data: Mapping[str, Any]) -> str:
    """The page that verifies, with everything it needs inside."""
    script, style = (OFFLINE / "verify.js").read_text(), (OFFLINE / "verify.css").read_text()
    # What closes a script element or opens a comment in it may not stand in its text.
    inside = orjson.dumps(data).decode().replace("<", "\\u003c")
    values = {
        "number": data["number"],
        "fingerprint": fingerprint(bytes.fromhex(data["key"])) if data["key"] else "（未配置封存密钥）",
        "script_hash": _csp_hash(script),
        "style_hash": _csp_hash(style),
        "script": script,
        "style": style,
        "data": inside,
    }
    found = (OFFLINE / "verify.html").read_text()
    head, body = found.split("{{ data }}")
    for name in ("number", "fingerprint", "script_hash", "style_hash", "script", "style"):
        head, body = (part.replace(f"{{{{ {name} }}}}", values[name]) for part in (head, body))
    return head + inside + body


def _csp_hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _data(session: Session, case: Case, files: list[File], sealer: Sealer | None) -> dict[str, Any]:
    stream = f"case:{case.number}"
    entries = session.execute(
        select(AuditEntry.body, AuditEntry.hash).where(AuditEntry.stream == stream).order_by(AuditEntry.seq)
    )
    inclusion = seal_proofs.inclusion(session, stream)
    key = _key(session, inclusion, sealer)
    version = session.scalars(select(ProcedureVersion.bundle).where(ProcedureVersion.id == case.version_id))
    return {
        "number": case.number,
        "stream": stream,
        "procedure": case.procedure_name,
        "chain": [{"body": row.body, "hash": row.hash} for row in entries],
        "journal": _journal(session, case),
        "version": version.one(),
        "seal": inclusion,
        "algorithm": key.algorithm,
        "key": key.public,
        "gap": _gap(session, inclusion, sealer),
        "files": {file.sha256: file.name for file in files},
    }


def _key(session: Session, inclusion: dict[str, Any] | None, sealer: Sealer | None) -> SealKey:
    """The key that was in force when the case was sealed last; the one at hand where it never was."""
    if sealer is None:
        return SealKey("", "")
    if inclusion is None:
        return seals.own_key(sealer)
    return seal_proofs.key_in_force(session, sealer, orjson.loads(inclusion["body"])["seal"])


def _gap(session: Session, inclusion: dict[str, Any] | None, sealer: Sealer | None) -> str:
    """What is to be known of the key: that one after it was introduced by nobody, since it was lost."""
    if inclusion is None:
        return ""
    number = orjson.loads(inclusion["body"])["seal"]
    found = [gap.sentence() for gap in seal_proofs.gaps(session, sealer) if gap.since > number]
    return found[0] if found else ""


def _journal(session: Session, case: Case) -> list[dict[str, Any]]:
    query = select(StepRecord.__table__).where(StepRecord.case_id == case.id).order_by(StepRecord.seq)
    return [_line(dict(row)) for row in session.execute(query).mappings()]


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """A row as the page checks it: plain columns, and the very text that each digest is of."""
    fact = facts.of_row(row)
    words = {name: text_of(row[name]).decode() for name in DIGESTED if name in fact}
    return {
        "seq": row["seq"],
        "at": _instant(row["at"]),
        "name": row["name"],
        "plain": {name: value for name, value in fact.items() if name not in words},
        "words": words,
        "salt": row["salt"] or "",
    }


def _instant(at: datetime) -> str:
    return f"{(at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(LOCAL):%Y-%m-%d %H:%M:%S}"


def _attachments(session: Session, case: Case, folder: Path) -> list[File]:
    rows = session.scalars(select(Attachment).where(Attachment.case_id == case.id).order_by(Attachment.id))
    found = []
    for row in rows:
        path = path_of(folder, row.sha256)
        if path.exists():
            name = row.name.replace("/", "_").replace("\\", "_")
            found.append(File(f"附件/{row.id}-{name}", path.read_bytes()))
    return found


def _papers(session: Session, case: Case) -> list[File]:
    rows = session.scalars(select(Document).where(Document.case_id == case.id).order_by(Document.id))
    return [File(f"文书/{row.id}-{row.kind}.html".replace("\\", "_"), row.html.encode()) for row in rows]
