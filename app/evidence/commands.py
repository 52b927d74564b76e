"""Erasure by law, where the words go and the proofs stay; and what rebuilding the cases has shown."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.evidence import erasing
from app.organisation.models import AUDIT_OFFICER, Account
from app.scope import provable
from workflows import cases, outbox
from workflows.cases import CANCELLED, ENDED, UnknownCase
from workflows.commands import Command, Context
from workflows.errors import Conflict, Invalid, NotAllowed
from workflows.journal import ERASING

LEAST = 4

BY_HAND, NIGHT_STREAM = "rebuilds", "rebuilds:night"
"""The audit streams that say which cases were rebuilt, and what came out otherwise."""

MOST_NAMED = 20
"""So many cases that differ are named in one entry; the console names them all."""


class NotToErase(NotAllowed):
    """Only one officer erases."""

    code = "case.not_to_erase"
    sentence = "只有安全管理员可以依法删除办件中的个人信息。"


class StillRunning(Conflict):
    """What is being dealt with is needed."""

    code = "case.still_running"
    sentence = "办件 {number} 尚未办结（{state}），不能删除其个人信息；请先办结或终止。"


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseCase(Command[list[str]]):
    """依法删除个人信息 (个人信息保护法第47条): blank every word about people in an ended case.

    Chain, digests and seals stay and go on proving what was done when by whom; the salts go, so no digest
    can be tried out against a guess. Gives the hashes of the stored files that are to go from the disk;
    given again for a case that was erased, it gives them again.
    """

    number: str
    basis: str
    reason: str

    def authorise(self, ctx: Context) -> None:
        """The security officer; the case is over."""
        ctx.require(ctx.actor.holds("security_officer"), NotToErase)
        case = cases.locked(ctx, cases.locking_numbered(), number=self.number)
        if case is None:
            raise UnknownCase
        ctx.require(case.state in {ENDED, CANCELLED}, StillRunning, number=case.number, state=case.words)
        ctx.memory["case"] = case

    def run(self, ctx: Context) -> list[str]:
        """Blank, and say so on the case's chain."""
        case: cases.OpenCase = ctx.memory["case"]
        said = {"basis": self.basis.strip(), "reason": self.reason.strip()}
        missing = {name: "请写明，至少 4 个字。" for name, text in said.items() if len(text) < LEAST}
        if missing:
            raise Invalid(missing)
        gone, session = erasing.contents(ctx.session, case), ctx.session
        erasing.registers(session, case)
        erasing.beside(session, case)
        rows = erasing.journal(session, case)
        erasing.row(session, case)
        cases.store(ctx, case, **{ERASING: rows}, **said, files=len(gone))
        return gone


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRebuilt(Command[None]):
    """Take down what rebuilding showed; ``found`` is number, entry and sentence of each case that differs."""

    checked: int
    found: tuple[tuple[str, int, str], ...] = ()
    through: int = 0
    nightly: bool = False

    def authorise(self, ctx: Context) -> None:
        """The system by night, the console by hand."""
        ctx.require(ctx.actor.kind in {"system", "console"})

    def run(self, ctx: Context) -> None:
        """One entry; a message to each audit officer where something differs."""
        named = [list(each) for each in self.found[:MOST_NAMED]]
        stream = NIGHT_STREAM if self.nightly else BY_HAND
        ctx.record(stream, checked=self.checked, through=self.through, differing=len(self.found), found=named)
        if not self.found:
            return
        numbers = "、".join(dict.fromkeys(number for number, _, _ in self.found[:3]))
        text = f"有 {len(self.found)} 处办件状态与由记录重演所得不符（{numbers}等），请核查审计记录。"
        for person in _audit_officers(ctx):
            outbox.promise(ctx, "message", person_id=person, text=text, link="/audit")


def _audit_officers(ctx: Context) -> list[int]:
    query = select(Account.person_id).where(Account.kind == AUDIT_OFFICER, Account.active)
    return list(ctx.session.scalars(query.order_by(Account.person_id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBundle(Command[None]):
    """Take the evidence of a case along; the hash is of the file that was handed out."""

    number: str
    sha256: str

    def authorise(self, ctx: Context) -> None:
        """A supervisor who may read the case, the audit officer, or the console."""
        if ctx.actor.kind != "console":
            ctx.require(ctx.actor.holds("supervisor") or ctx.actor.holds("audit_officer"))
            provable(ctx.session, ctx.actor, self.number)

    def run(self, ctx: Context) -> None:
        ctx.record(f"file:{self.number}", case=self.number, bundle=self.sha256)
