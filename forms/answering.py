"""A form somebody is filling in: what was typed, what it means, what is wrong, what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar

import wtforms
from werkzeug.datastructures import MultiDict

from forms import correcting, posting, validators
from forms.correcting import CORRECTIONS
from forms.definition import Definition, Field, Part
from forms.fields import AnswerField
from forms.lookups import Surroundings

Posted = MultiDict[str, str]
_PASSES = 5
_STRANGERS = 50


class AnswerForm(wtforms.form.BaseForm):  # type: ignore[misc]
    """The questions of one level: a whole form, or one of its repeating rows."""

    bound: ClassVar[Sequence[tuple[str, Any]]] = ()
    specs: ClassVar[Sequence[Field]] = ()
    conditional: ClassVar[Sequence[Field]] = ()
    _fields: Mapping[str, AnswerField]

    def __init__(
        self,
        surroundings: Surroundings,
        *,
        prefix: str = "",
        previous: Mapping[str, Any] | None = None,
        above: AnswerForm | None = None,
    ) -> None:
        self.surroundings = surroundings
        self.previous = previous or {}
        self.above = above
        self.fresh = False
        self.defaults: dict[str, Any] = {}
        self.strangers: dict[str, str] = {}
        self._known: dict[str, object] | None = None
        super().__init__(self.bound, prefix=prefix)

    # Taking in

    def take_nothing(self, given: Mapping[str, Any] | None = None) -> None:
        """A new form: what is on file or usual stands in it already."""
        self.fresh = True
        self.defaults = {spec.key: self.default(spec) for spec in self.specs} | dict(given or {})
        self.process(None, data=self.defaults)
        self._known = None

    def take_json(self, answers: Mapping[str, Any], given: Mapping[str, Any] | None = None) -> None:
        """Answers as another program gives them, or as they were stored."""
        self._fix(given)
        self.process(None, data={key: value for key, value in answers.items() if key in self._fields})
        strangers = [key for key in answers if key not in self._fields][:_STRANGERS]
        self.strangers = {
            self._prefix + validators.printable(str(key)[:100]): "表单中没有这一项，请删去。"
            for key in strangers
        }
        self._known = None

    def take_posted(self, posted: Posted, given: Mapping[str, Any] | None = None) -> None:
        """Answers as a page sends them."""
        self._fix(given)
        self.process(posted)
        self._known = None

    def _fix(self, given: Mapping[str, Any] | None) -> None:
        """Work out the answers that only the system gives."""
        fixed = [spec for spec in self.specs if spec.readonly or (spec.rows and not spec.add_remove)]
        known = given or {}
        self.defaults = {spec.key: known.get(spec.key, self.default(spec)) for spec in fixed}

    def default(self, spec: Field) -> Any:
        if not spec.default:
            return spec.default_value
        return plain(self.surroundings.evaluate(spec.default, self.scope_above()))

    # What expressions may see

    def feel(self, text: str) -> Any:
        """The value of an expression in the light of the answers so far."""
        return plain(self.surroundings.evaluate(text, self.known()))

    def scope_above(self) -> Mapping[str, object]:
        return self.above.known() if self.above else self.surroundings.scope

    def known(self) -> dict[str, object]:
        if self._known is None:
            mine = self.answers()
            parent = {"parent": self.above.answers()} if self.above else {}
            self._known = {**self.scope_above(), **parent, **mine}
        return self._known

    def value(self, key: str) -> object:
        found = self._fields.get(key)
        return None if found is None or found.hidden else found.data

    # Judging

    def settle(self) -> None:
        """Decide what is shown and what must be answered, from the answers as they are."""
        for _ in range(_PASSES):
            if not self._hide():
                break
        for spec in self.conditional:
            field = self._fields[spec.key]
            field.needed = spec.required or (bool(spec.required_if) and self.feel(spec.required_if) is True)
        for spec in self.conditional:
            self._explain(spec)
        for field in self._fields.values():
            for row in getattr(field, "entries", ()):
                row.settle()
        self._known = None

    def _hide(self) -> bool:
        """Hide what does not apply, top to bottom; true where something hidden decides about others."""
        again = False
        for spec in self.conditional:
            field = self._fields[spec.key]
            hidden = any(self.feel(text) is True for text in spec.hides)
            if hidden != field.hidden:
                field.hidden = hidden
                again = again or spec.steers
                self._known = None
        return again

    def _explain(self, spec: Field) -> None:
        """An exemption for other reasons than the usual ones must say which."""
        reason = self._fields.get(f"{spec.exemption}_reason") if spec.exemption else None
        if reason is not None and str(self.value(spec.exemption) or "").startswith("其他"):
            reason.needed = True

    def validate(self, extra_validators: Any = None) -> bool:
        for field in self._fields.values():
            field.validate(self)
        return not self.errors

    @property
    def errors(self) -> dict[str, str]:
        """Path → what is wrong there and what to do, in the order of the page."""
        found = dict(self.strangers)
        for field in self._fields.values():
            if field.hidden:
                continue
            if field.errors:
                found[field.path] = field.errors[0]
            for row in getattr(field, "entries", ()):
                found.update(row.errors)
        return found

    # Giving out

    def answers(self) -> dict[str, Any]:
        """The canonical JSON answers; what is hidden or empty is there as nothing."""
        return {key: field.empty() if field.hidden else field.answer() for key, field in self._fields.items()}

    def draft(self) -> dict[str, Any]:
        """Everything typed, understood or not, for a draft that `build` shows again as it was."""
        return {key: field.draft() for key, field in self._fields.items()}

    def sealed_before(self, key: str) -> Sequence[dict[str, Any]]:
        """The sealed values stored for a field, which its mask may stand for."""
        stored = self.previous.get(key)
        return (stored,) if isinstance(stored, dict) and "mask" in stored else ()

    def is_untouched(self) -> bool:
        return not any(field.typed and any(text.strip() for text in field.typed) for field in self)


class WholeForm(AnswerForm):
    """A definition with answers in it."""

    definition: ClassVar[Definition]

    lookup_key: str = ""
    """The question whose answer tells whom the form is about, where the page offers to look that up."""

    reasons: Mapping[str, str] = {}
    """Why what is on file was changed, by path, as far as it was said."""

    def take_json(self, answers: Mapping[str, Any], given: Mapping[str, Any] | None = None) -> None:
        super().take_json({key: value for key, value in answers.items() if key != CORRECTIONS}, given)

    def fill(self) -> WholeForm:
        """Put what is on file where nothing is answered yet; gives the form."""
        correcting.fill(self)
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        correcting.ask(self)
        return not self.errors

    def answers(self) -> dict[str, Any]:
        return {**super().answers(), **self._said()}

    def draft(self) -> dict[str, Any]:
        return {**super().draft(), **self._said()}

    def _said(self) -> dict[str, Any]:
        return {CORRECTIONS: dict(self.reasons)} if self.reasons else {}

    def said(self) -> dict[str, Any]:
        """The answers without those left open although something is on file: nobody took that away."""
        left = {key for key, field in self._fields.items() if correcting.left_open(field)}
        return {key: value for key, value in self.answers().items() if key not in left}

    def corrections(self) -> dict[str, Any]:
        """What is on file and was changed, by path, for the record: reason, old value, its source and day."""
        return correcting.record(self)

    def shown(self, part: Part) -> bool:
        """Whether a part of the page is to be seen now."""
        if isinstance(part, Field):
            return not self._fields[part.key].hidden
        return not any(self.feel(text) is True for text in part.hides)

    @property
    def parts(self) -> Sequence[Part]:
        return self.definition.parts

    def numbered(self) -> Iterator[tuple[str, str, str]]:
        """Each error as path, id to jump to, and a sentence that also names the question."""
        fields = {field.path: field for field in self.every()}
        for path, sentence in self.errors.items():
            field = fields.get(path)
            if field is None:
                yield path, "", f"{path}：{sentence}" if path else sentence
            else:
                yield path, field.id, field.named(sentence)

    def every(self) -> Iterator[AnswerField]:
        for field in self:
            yield field
            for row in getattr(field, "entries", ()):
                yield from row

    def refuse(self, path: str, sentence: str) -> None:
        """Say that the host found something wrong, for instance with an upload."""
        field = next((field for field in self.every() if field.path == path), None)
        if field is None:
            self.strangers[path] = sentence
        else:
            field.process_errors = [sentence]
            field.errors = (sentence,)

    def apply_row_action(self, data: Posted) -> Posted:
        """The same answers after the button for one more row, one row less, or one file less."""
        return posting.apply_row_action(data)

    @property
    def has_files(self) -> bool:
        return any(field.spec.type == "files" for field in self.every()) or any(
            child.type == "files" for spec in self.specs for child in spec.rows
        )


def plain(value: Any) -> Any:
    """A FEEL value as JSON would hold it."""
    if isinstance(value, Decimal):
        return validators.json_number(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value
