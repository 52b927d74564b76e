"""Answers ports.FormShelf: forms judge answers, files go to their case, personal data is sealed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import bindparam, select, update

import forms
from app.attachments.models import Attachment
from app.attachments.queries import usable
from app.organisation import queries as people
from app.security import sealing
from workflows import calendars, spiff
from workflows.clock import PUBLISHED, WorkingDays
from workflows.errors import Invalid

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.commands import Actor, Context
    from workflows.ports import About


OF_ANOTHER_CASE = "这里的文件属于另一个办件，请重新上传。"


# Asked whenever a form with files is taken in, so both are built once.
_table = Attachment.__table__
_NAMED = _table.c.id.in_(bindparam("ids", expanding=True))
_CLAIM = (
    update(_table)  # type: ignore[arg-type]
    .where(_NAMED, _table.c.case_id.is_(None), _table.c.owner_id == bindparam("b_owner"))
    .values(case_id=bindparam("b_case"))
)
_OF_OTHERS = select(_table.c.id).where(_NAMED, _table.c.case_id != bindparam("case"))


@dataclass(frozen=True, slots=True)
class Lookups:
    """The names behind codes and the files behind numbers, as the asking person may use them."""

    session: Session
    actor: Actor

    def division_name(self, code: str) -> str | None:
        """A division's name."""
        return people.division_name(self.session, code)

    def person_name(self, person_id: int) -> str | None:
        """A person's name."""
        return people.person_name(self.session, person_id)

    def attachment(self, attachment_id: int) -> forms.AttachmentInfo | None:
        """What is known of a file the person handed in or may open."""
        row = usable(self.session, self.actor, attachment_id)
        return None if row is None else forms.AttachmentInfo(type=row.type, size=row.size, name=row.name)

    def same(self, kind: str, plain: str, sealed: Mapping[str, Any]) -> bool:
        """Whether a plain number is the sealed one."""
        return bool(sealing.keyed_hash(kind, plain) == sealed.get("hash"))

    @property
    def at_home(self) -> bool:
        """Whether a household fills in its own form."""
        return self.actor.holds("household")

    def divisions(self, within: str, level: str) -> list[forms.Option]:
        """What a division picker offers."""
        found = people.divisions_within(self.session, within)
        return [
            forms.Option(value=row.code, label=row.name) for row in found if not level or row.level == level
        ]


def evaluator(at: datetime, calendar: WorkingDays = PUBLISHED) -> forms.Evaluate:
    """How a form's expressions are evaluated: FEEL, on the local day of ``at``, with the working days."""
    names = spiff.Scope({}, at=at, calendar=calendar)

    def evaluate(text: str, scope: Mapping[str, object]) -> object:
        return names.evaluate("=" + text.removeprefix("="), scope)

    return evaluate


class Files(Protocol):
    """What is on file: asked for names of the vocabulary, as far as the asking person may know.

    ``told`` are answers that say themselves whom or what they are about, by their names.
    """

    def __call__(
        self,
        session: Session,
        actor: Actor,
        at: datetime,
        about: About,
        wanted: Collection[str],
        told: Mapping[str, str],
    ) -> dict[str, forms.OnFile]:
        """What is known of each name, the newest source first; what is not known is left out."""
        ...


TELLING = frozenset({"household.identity", "project.number", "asset.number"})
"""What, typed into a form, says whom or what it is about."""


HASH = ".hash"
"""Behind the name of what is told by its keyed hash, because it is sealed already."""


def told(
    definition: forms.Definition, data: object, previous: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """The answers that say whom or what they are about: as typed, or the hash of what is sealed."""
    found = {}
    given: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
    for key, name in definition.wants.items():
        value, before = given.get(key), (previous or {}).get(key)
        if name not in TELLING:
            continue
        if isinstance(before, dict) and value == before.get("mask"):
            value = before
        if isinstance(value, dict) and sealing.is_sealed(value):
            found[name + HASH] = str(value.get("hash"))
        elif isinstance(value, str) and value.strip():
            found[name] = value.strip()
    return found


def build(
    session: Session,
    actor: Actor,
    at: datetime,
    form: str,
    data: object,
    *,
    scope: Mapping[str, Any],
    previous: Mapping[str, Any] | None = None,
    on_file: Mapping[str, forms.OnFile] | None = None,
) -> forms.WholeForm:
    """A form over ``data`` (a page's post, JSON answers, or None) for the asking person."""
    return forms.build(
        forms.parse(form),
        data,
        evaluate=evaluator(at, calendars.of(session)),
        scope=scope,
        lookups=Lookups(session, actor),
        previous=previous,
        on_file=on_file,
    )


class Shelf:
    """The engine room's way to the forms, and to what is on file for them."""

    def __init__(self, files: Files | None = None) -> None:
        self._files = files

    def check(
        self,
        ctx: Context,
        form: str,
        answers: Mapping[str, Any],
        *,
        scope: Mapping[str, Any],
        previous: Mapping[str, Any] | None,
        about: About,
    ) -> dict[str, Any]:
        """Canonical, sealed answers with what was corrected; raises Invalid, one sentence per field path."""
        file = self._on_file(ctx, form, about, told(forms.parse(form), answers, previous))
        asked = build(
            ctx.session, ctx.actor, ctx.now, form, answers, scope=scope, previous=previous, on_file=file
        )
        if not asked.validate():
            raise Invalid(asked.errors)
        said = {key: value for key, value in asked.answers().items() if key != forms.CORRECTIONS}
        corrected = asked.corrections()
        kept = forms.seal_answers(asked.definition, said, sealing.seal)
        return {**kept, forms.CORRECTIONS: corrected} if corrected else kept

    def keep(
        self,
        ctx: Context,
        form: str,
        answers: Mapping[str, Any],
        previous: Mapping[str, Any] | None,
        *,
        about: About,
    ) -> dict[str, Any]:
        """A draft as typed, personal fields sealed, nothing checked."""
        file = self._on_file(ctx, form, about, told(forms.parse(form), answers, previous))
        return forms.seal_draft(forms.parse(form), dict(answers), previous, sealing.seal, on_file=file)

    def _on_file(
        self, ctx: Context, form: str, about: About, said: Mapping[str, str]
    ) -> dict[str, forms.OnFile]:
        definition = forms.parse(form)
        if self._files is None or not definition.wants:
            return {}
        wanted = set(definition.wants.values())
        return self._files(ctx.session, ctx.actor, ctx.now, about, wanted, said)

    def claim_files(self, ctx: Context, form: str, answers: Mapping[str, Any], case_id: int) -> None:
        """Bind the actor's own uploads to the case; a file of another case is refused beside its field."""
        definition = forms.parse(form)
        wanted = set(file_ids(definition, answers))
        if not wanted:
            return
        mine = {"ids": sorted(wanted), "b_owner": ctx.actor.person_id, "b_case": case_id}
        fresh: Any = ctx.session.execute(_CLAIM, mine)
        if fresh.rowcount == len(wanted):
            return
        refused = set(ctx.session.scalars(_OF_OTHERS, {"ids": sorted(wanted), "case": case_id}))
        if refused:
            raise Invalid(dict.fromkeys(_naming(definition, answers, refused), OF_ANOTHER_CASE))


def _naming(definition: forms.Definition, answers: Mapping[str, Any], ids: set[int]) -> Iterator[str]:
    """The fields whose answers name one of these files."""
    for field in definition.fields:
        if ids.intersection(_in_field(field, answers.get(field.key))):
            yield field.key


def file_ids(definition: forms.Definition, answers: Mapping[str, Any]) -> Iterator[int]:
    """The attachment ids that answers, or a draft of them, name; repeating rows included."""
    for field in definition.fields:
        yield from _in_field(field, answers.get(field.key))


def _in_field(field: forms.Field, value: Any) -> Iterator[int]:
    # What a draft holds may not have been understood: then it is words, and names no file.
    if not isinstance(value, list):
        return
    if field.type == "files":
        yield from (number for number in value if isinstance(number, int))
    for row in value if field.rows else ():
        for child in field.rows:
            yield from _in_field(child, row.get(child.key))


def masked(value: Any) -> Any:
    """A stored answer as it may be shown: masks in place of sealed values, everywhere inside."""
    if sealing.is_sealed(value):
        return value["mask"]
    if isinstance(value, dict):
        return {key: masked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner) for inner in value]
    return value
