"""What a case says, for the index: names, steps, conclusions, opinions, plain answers, titles of papers.

Sealed numbers never enter, nor long numbers typed elsewhere, nor clauses that tell of an illness: the index
would let anybody within scope look people up by them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

import forms
from app import scope
from app.notices.privacy import tells_of_illness
from app.organisation.queries import division_paths
from app.papers.models import Document
from app.searching import words
from workflows import catalogue
from workflows.cases import Case
from workflows.copies import CaseCopy
from workflows.journal import StepRecord
from workflows.work_items import WorkItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from workflows.catalogue import Release

LONGEST = 20_000
"""So many characters of a case are indexed; what a case is called and its first steps come first."""

OF_PROCEDURE = "@procedure:"

_TYPED = {"text", "textarea"}
_PUBLIC_KINDS = {"", "credit_code"}
_PRIVATE_LABEL = re.compile(r"病|残疾|健康|身份证|账号|卡号|电话|手机")
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){10,}")
"""Telephone, identity and account numbers; the number of a case has fewer digits on end."""

_CLAUSE = re.compile(r"(?<=[，。；！？,;!?\n])")

_CASE = select(
    Case.id,
    Case.number,
    Case.revision,
    Case.subject_name,
    Case.division,
    Case.division_name,
    Case.procedure_key,
    Case.procedure_name,
    Case.version_id,
    Case.started_by_id,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What one case says at one revision."""

    revision: int
    papers: int
    text: str
    marks: str

    def terms(self) -> set[str]:
        """Everything it is looked up by."""
        return terms_of(self.text, self.marks)


def terms_of(text: str, marks: str) -> set[str]:
    """The terms of a text and its marks, as they are kept."""
    return words.terms(text) | set(marks.split())


def said_by(session: Session, case_ids: Sequence[int]) -> dict[int, Said]:
    """What each of these cases says now; in a few queries however many they are."""
    wanted = list(case_ids)
    cases = session.execute(_CASE.where(Case.id.in_(wanted))).all()
    paths = division_paths(session, list({case.division for case in cases}), joint="")
    steps = _steps(session, wanted)
    titles = defaultdict(list)
    asked = select(Document.case_id, Document.title).where(Document.case_id.in_(wanted)).order_by(Document.id)
    for row in session.execute(asked):
        titles[row.case_id].append(row.title)
    hands = _hands(session, wanted)
    found = {}
    for case in cases:
        release = catalogue.release(session, case.version_id)
        lines = [_called(case, paths[case.division])]
        lines += [_line(release, step) for step in steps[case.id]]
        lines += [words.plain(title) for title in dict.fromkeys(titles[case.id])]
        text = "\n".join(filter(None, lines))[:LONGEST]
        people, units = hands[case.id]
        marks = scope.marks(case.division, {case.started_by_id, *people}, units)
        marks.add(OF_PROCEDURE + case.procedure_key)
        found[case.id] = Said(case.revision, len(titles[case.id]), text, " ".join(sorted(marks)))
    return found


def _called(case: Any, path: str) -> str:
    names = (case.subject_name, case.number, path, case.division_name, case.procedure_name)
    return words.plain(" ".join(dict.fromkeys(names)))


def _steps(session: Session, case_ids: list[int]) -> dict[int, list[Row[Any]]]:
    found = defaultdict(list)
    asked = (
        select(
            StepRecord.case_id,
            StepRecord.step,
            StepRecord.name,
            StepRecord.conclusion,
            StepRecord.opinion,
            StepRecord.answers,
        )
        .where(StepRecord.case_id.in_(case_ids))
        .order_by(StepRecord.case_id, StepRecord.seq)
    )
    for row in session.execute(asked):
        found[row.case_id].append(row)
    return found


def _hands(session: Session, case_ids: list[int]) -> dict[int, tuple[set[int | None], set[int]]]:
    """Who holds or held the items of each case or was sent a copy, and the units the items were for."""
    found: dict[int, tuple[set[int | None], set[int]]] = defaultdict(lambda: (set(), set()))
    asked = select(WorkItem.case_id, WorkItem.assignee_id, WorkItem.unit_id)
    for row in session.execute(asked.where(WorkItem.case_id.in_(case_ids)).distinct()):
        found[row.case_id][0].add(row.assignee_id)
        found[row.case_id][1].add(row.unit_id)
    sent = select(CaseCopy.case_id, CaseCopy.person_id).where(CaseCopy.case_id.in_(case_ids))
    for case_id, person_id in session.execute(sent):
        found[case_id][0].add(person_id)
    return found


def _line(release: Release, step: Row[Any]) -> str:
    element = release.specification.elements.get(step.step)
    text = release.forms.get(element.form or "") if element is not None else None
    answers = _typed(forms.parse(text).fields, step.answers) if text and step.answers else ()
    parts = [step.name, step.conclusion or "", told(step.opinion or ""), *map(told, answers)]
    return words.plain(" ".join(dict.fromkeys(parts)))


def _typed(fields: Sequence[forms.Field], answers: Mapping[str, Any]) -> Iterator[str]:
    """What was typed in words, without what is sealed or asks for something private."""
    for field in fields:
        value = answers.get(field.key)
        if field.rows and isinstance(value, list):
            for row in value:
                yield from _typed(field.rows, row if isinstance(row, dict) else {})
        elif isinstance(value, str) and _may_enter(field):
            yield value


def _may_enter(field: forms.Field) -> bool:
    return (
        field.type in _TYPED
        and field.kind in _PUBLIC_KINDS
        and not field.is_sensitive
        and not _PRIVATE_LABEL.search(field.label)
    )


def told(text: str) -> str:
    """A text without the clauses that hold a long number or tell of an illness."""
    clauses = _CLAUSE.split(words.plain(text))
    return "".join(one for one in clauses if not _LONG_NUMBER.search(one) and not tells_of_illness(one))
