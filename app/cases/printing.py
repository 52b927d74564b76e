"""A case on paper: the whole of it as 审批单, or one step's whole form, with masked numbers throughout."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PIL import Image

import forms
from app.attachments import content
from app.attachments.queries import by_ids
from app.attachments.shelf import Lookups, file_ids
from app.cases.clauses import basis_of
from app.cases.head import household_of
from app.cases.timeline import HUMAN, START, SYSTEM, actor_of, unit_of
from app.filters import paper_day, state_word
from app.papers import blank, sheet
from workflows.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

    from app.attachments.models import Attachment
    from app.cases.queries import CaseView, Entry
    from forms.presenting import Line
    from workflows.commands import Actor
    from workflows.work_items import WorkItem

APART = {"conclusion", "opinion"}
"""Answers that stand in rows of their own."""

LEFT_OUT = {START, "remind", "copy"}
"""Kinds of journal rows that decide nothing: starting is told with the first step, and who was told of it."""

TYPED = "键入"
"""In the name of a picture that is no handwriting."""

SIGNATURE = (480, 200)
COUNTING = "零一二三四五六七八九十"


class NoSuchStep(NotFound):
    """The case has no such line, or one nobody filled in."""

    code = "case.no_such_step"
    sentence = "没有找到这一环节的表单，可能编号有误。"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper made for printing: its text, and by which hash it is known."""

    title: str
    html: str

    @property
    def sha256(self) -> str:
        """The hash of the text."""
        return sheet.digest(self.html)


@dataclass(frozen=True, slots=True)
class Signature:
    """A name as it was signed: a picture inside the page, or nothing where the file is damaged."""

    label: str
    name: str
    image: str

    @property
    def typed(self) -> bool:
        """Whether it was typed instead of written."""
        return TYPED in self.name


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the case as a paper shows it."""

    place: str
    name: str
    round: int
    unit: str | None
    by: str
    on: str
    conclusion: str | None
    opinion: str | None
    whole: bool
    """Whether a form was answered; else the row is told in one paragraph."""
    system: bool
    why: str
    lines: tuple[Line, ...]
    signatures: tuple[Signature, ...]
    stamped: bool
    quote: str
    source: str


@dataclass(frozen=True, slots=True)
class Printer:
    """Puts one case on paper for one person at one moment."""

    session: Session
    actor: Actor
    case: CaseView
    folder: Path
    at: datetime

    def approval(self) -> Sheet:
        """审批单: every step in order, then the list of what was handed in."""
        row = self.case.case
        entries = [entry for entry in self.case.entries if entry.record.kind not in LEFT_OUT]
        steps = [self._step(number, entry) for number, entry in enumerate(entries, start=1)]
        html = sheet.approval(
            **self._head(),
            version=self.case.release.number,
            started_on=paper_day(row.created_at),
            started_by=row.started_by,
            state=state_word(row.state),
            outcome=row.outcome,
            steps=steps,
            files=list(self._files(entries)),
        )
        return Sheet(f"{row.procedure_name}审批单", html)

    def step(self, seq: int) -> Sheet:
        """One step's whole form as it was done; raises NoSuchStep."""
        for entry in self.case.entries:
            if (entry.record.seq, entry.record.kind) == (seq, HUMAN) and self._definition(entry) is not None:
                return self._form_of(entry)
        raise NoSuchStep

    def of_item(self, item_id: int) -> Sheet:
        """The form of the step that ended an item; raises NoSuchStep."""
        for entry in self.case.entries:
            if entry.record.item_id == item_id and entry.record.kind == HUMAN:
                return self.step(entry.record.seq)
        raise NoSuchStep

    def unfinished(self, item: WorkItem, text: str | None, answers: Mapping[str, Any]) -> Sheet:
        """An open item's form ``text``: what is filled in so far, and room for the rest."""
        if text is None:
            raise NoSuchStep
        basis = basis_of(self.case.release, item.step)
        html = sheet.form(
            **self._head(),
            title=item.name,
            name=item.name,
            round=item.round,
            lines=blank.lines(forms.parse(text), answers, self._lookups),
            signatures=(),
            unit=item.unit,
            by="",
            on="",
            done=False,
            stamped=True,
            quote=basis.quote if basis else "",
            source=basis.source if basis else "",
        )
        return Sheet(item.name, html)

    @property
    def _lookups(self) -> Lookups:
        return Lookups(self.session, self.actor)

    def _head(self) -> dict[str, Any]:
        row, about = self.case.case, household_of(self.session, self.case)
        return {
            "number": row.number,
            "procedure": row.procedure_name,
            "subject": about.name,
            "place": about.place,
            "facts": about.facts,
            "printed_on": paper_day(self.at),
            "printed_by": self.actor.name,
        }

    def _form_of(self, entry: Entry) -> Sheet:
        step, definition = self._step(1, entry), self._definition(entry)
        assert definition is not None  # noqa: S101 (asked before)
        html = sheet.form(
            **self._head(),
            title=step.name,
            name=step.name,
            round=step.round,
            lines=self._lines(definition, entry, apart=()),
            signatures=step.signatures,
            unit=step.unit,
            by=step.by,
            on=step.on,
            done=True,
            stamped=step.stamped,
            quote=step.quote,
            source=step.source,
        )
        return Sheet(step.name, html)

    def _definition(self, entry: Entry) -> forms.Definition | None:
        text = self.case.release.forms.get(entry.form or "")
        return forms.parse(text) if text and entry.record.answers is not None else None

    def _step(self, number: int, entry: Entry) -> Step:
        record, whole = entry.record, entry.record.kind == HUMAN
        definition = self._definition(entry) if whole else None
        basis = basis_of(self.case.release, record.step)
        system = record.kind in SYSTEM
        element = self.case.release.specification.elements.get(record.step)
        return Step(
            place=counted(number),
            name=record.name,
            round=record.round,
            unit=unit_of(self.case, record),
            by=actor_of(record),
            on=paper_day(record.at),
            conclusion=record.conclusion,
            opinion=record.opinion,
            whole=whole,
            system=system,
            why="" if whole else (record.why or ""),
            lines=self._lines(definition, entry, APART) if definition else (),
            signatures=tuple(self._signatures(definition, entry)) if definition else (),
            stamped=whole and element is not None and element.role != "household",
            quote=basis.quote if basis else "",
            source=basis.source if basis else "",
        )

    def _lines(self, definition: forms.Definition, entry: Entry, apart: Iterable[str]) -> tuple[Line, ...]:
        signed = {field.key for field in definition.fields if field.kind == "signature"}
        left = {*apart, *signed}
        told = {key: value for key, value in entry.answers.items() if key not in left}
        return tuple(_on_paper(line) for line in definition.present(told, self._lookups))

    def _signatures(self, definition: forms.Definition, entry: Entry) -> Iterator[Signature]:
        answers = entry.record.answers or {}
        wanted = list(_signed(definition.fields, answers))
        known = by_ids(self.session, (number for _, number in wanted))
        for label, number in wanted:
            if number in known:
                yield Signature(label, known[number].name.removesuffix(".png"), self._image(known[number]))

    def _image(self, file: Attachment) -> str:
        """The picture as part of the page; empty where it is not what was handed in."""
        data = content.read(self.folder, file.sha256)
        if data is None or content.digest(data) != file.sha256:
            return ""
        made = io.BytesIO()
        try:
            with Image.open(io.BytesIO(data), formats=list(content.PICTURES)) as picture:
                small = content.on_white(picture)
                small.thumbnail(SIGNATURE)
                small.save(made, "PNG")
        except content.BROKEN:
            return ""
        return "data:image/png;base64," + base64.b64encode(made.getvalue()).decode()

    def _files(self, entries: list[Entry]) -> Iterator[dict[str, str]]:
        wanted: dict[int, str] = {}
        for entry in entries:
            definition = self._definition(entry)
            if definition is not None:
                wanted |= dict.fromkeys(file_ids(definition, entry.record.answers or {}), entry.record.name)
        known = by_ids(self.session, wanted)
        for number, step in wanted.items():
            if number in known:
                file = known[number]
                size = content.size_words(file.size)
                yield {"name": file.name, "step": step, "size": size, "sha256": file.sha256}


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _on_paper(line: Line) -> Line:
    """The line with its days as papers write them."""
    rows = tuple(tuple(_on_paper(cell) for cell in row) for row in line.rows)
    if not _DAY.fullmatch(line.text):
        return replace(line, rows=rows)
    return replace(line, rows=rows, text=paper_day(line.text))


def _signed(fields: Iterable[forms.Field], answers: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Label and file of every signature, in rows too."""
    for field in fields:
        value = answers.get(field.key)
        if not isinstance(value, list):
            continue
        if field.kind == "signature":
            yield from ((field.label, number) for number in value if isinstance(number, int))
        for row in value if field.rows else ():
            if isinstance(row, dict):
                yield from _signed(field.rows, row)


def counted(number: int) -> str:
    """A number up to 99 as papers count their parts: 一, 十一, 二十."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return COUNTING[ones]
    head = "" if tens == 1 else COUNTING[tens] if tens < 10 else str(tens)
    return f"{head}十{COUNTING[ones] if ones else ''}" if tens < 10 else str(number)
