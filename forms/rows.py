"""Repeating rows: household members, a table of departments, a list of those present."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms.utils import unset_value

from forms.answering import AnswerForm, Posted
from forms.definition import Field
from forms.fields import WRONG_TYPE, AnswerField
from forms.posting import FROM
from forms.validators import Wrong

_FAR_TOO_MANY = 1000


class RowForm(AnswerForm):
    """One row. It remembers which stored row it came from, so that sealed values stay with their person."""

    def __init__(self, field: RowsField, index: int, origin: int | None, mark: str = "") -> None:
        stored = field.form.previous.get(field.spec.key)
        before = [row if isinstance(row, dict) else {} for row in stored] if isinstance(stored, list) else []
        self.index = index
        self.mark = mark or str(index)
        self.origin = origin
        self.unreadable = False
        self.every_before: Sequence[Mapping[str, Any]] = before
        known = before[origin] if origin is not None and origin < len(before) else {}
        super().__init__(
            field.form.surroundings, prefix=f"{field.path}.{self.mark}.", previous=known, above=field.form
        )

    def validate(self, extra_validators: Any = None) -> bool:
        if self.unreadable:
            self.strangers = {self._prefix[:-1]: "每一行应为一个对象。"}
            return False
        return super().validate(extra_validators)

    @property
    def problem(self) -> str:
        """What is wrong with the row as a whole."""
        return self.strangers.get(self._prefix[:-1], "")

    def sealed_before(self, key: str) -> Sequence[dict[str, Any]]:
        """What is stored for this row or, where nobody said which row this was, for any of them."""
        own = super().sealed_before(key)
        if own or self.origin is not None:
            return own
        stored = (row.get(key) for row in self.every_before)
        return [value for value in stored if isinstance(value, dict) and "mask" in value]


class RowsField(AnswerField):
    """Any number of rows with the same questions."""

    shape = "rows"
    row_form: type[RowForm]
    entries: list[RowForm]

    def __init__(self, spec: Field, row_form: type[RowForm], **bound: Any) -> None:
        self.row_form = row_form
        self.entries = []
        super().__init__(spec, **bound)

    def empty(self) -> Any:
        return []

    # Reading

    def process(self, formdata: Posted | None, data: Any = unset_value, extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        self.entries = []
        if formdata is not None:
            self._take_posted(formdata)
        elif self.form.fresh:
            self._take_fresh(self.form.defaults.get(self.spec.key))
        else:
            self._take_json([] if data is unset_value or data is None else data)
        self._complete()

    def _add(self, origin: int | None = None) -> RowForm:
        row = self.row_form(self, len(self.entries), origin)
        self.entries.append(row)
        return row

    def _take_fresh(self, rows: Any) -> None:
        given = rows if isinstance(rows, list) else [{}] * self.spec.first_rows
        for index, item in enumerate(given[:_FAR_TOO_MANY]):
            self._add(self._same_place(index, item)).take_nothing(self._row_of(item))

    def _take_json(self, rows: Any) -> None:
        if not isinstance(rows, list):
            self.process_errors.append(WRONG_TYPE["list"])
            return
        if len(rows) > _FAR_TOO_MANY:
            self.process_errors.append(f"最多{self.spec.limits.max_rows}行，请删去多余的。")
        for index, item in enumerate(rows[:_FAR_TOO_MANY]):
            row = self._add(self._same_place(index, item))
            row.take_json(item if isinstance(item, dict) else {}, self._given(index))
            if not isinstance(item, dict):
                row.unreadable = True

    def _same_place(self, index: int, item: Any) -> int | None:
        """A row that still shows the stored row's mask in its old place is that row."""
        stored = self.form.previous.get(self.spec.key)
        before = stored[index] if isinstance(stored, list) and index < len(stored) else None
        if not isinstance(before, dict) or not isinstance(item, dict):
            return None
        kept = [child.key for child in self.spec.rows if child.is_sensitive and child.key in item]
        return index if kept and all(_stands_for(item[key], before.get(key)) for key in kept) else None

    def _take_posted(self, posted: Posted) -> None:
        typed: dict[str, list[tuple[str, list[str]]]] = {}
        start = f"{self.path}."
        for key, values in posted.lists():
            if key.startswith(start):
                mark, _, name = key[len(start) :].partition(".")
                typed.setdefault(mark, []).append((name, values))
        for mark in sorted((mark for mark in typed if _index(mark) is not None), key=int)[:_FAR_TOO_MANY]:
            origin = next((values[0] for name, values in typed[mark] if name == FROM), "")
            row = self._add(_index(origin))
            moved = {f"{start}{row.index}.{name}": values for name, values in typed[mark]}
            row.take_posted(MultiDict(moved), self._given(row.index))

    def _complete(self) -> None:
        """Where the rows are not the person's to add, those that are missing stand there all the same."""
        fixed = self.form.defaults.get(self.spec.key)
        if self.spec.add_remove or not isinstance(fixed, list):
            return
        for item in fixed[len(self.entries) :]:
            self._add().take_nothing(self._row_of(item))
        if len(self.entries) > len(fixed):
            self.process_errors.append(f"应为{len(fixed)}行，请删去多余的。")

    def _given(self, index: int) -> Mapping[str, Any]:
        """What the system itself puts into the readonly places of a row."""
        rows = self.form.defaults.get(self.spec.key)
        if self.spec.add_remove or not isinstance(rows, list) or index >= len(rows):
            return {}
        return self._row_of(rows[index])

    def _row_of(self, item: Any) -> Mapping[str, Any]:
        """A row from one element of a default; a bare value answers the first question."""
        if isinstance(item, dict):
            return {child.key: item[child.key] for child in self.spec.rows if child.key in item}
        return {self.spec.rows[0].key: item}

    # Judging

    @property
    def blank(self) -> RowForm:
        """An empty row for script to copy; its number is a placeholder."""
        row = self.row_form(self, -1, None, "__index__")
        row.take_nothing()
        row.settle()
        return row

    @property
    def rows(self) -> list[RowForm]:
        """The rows that count: one that was added and left untouched does not."""
        if not self.spec.add_remove:
            return self.entries
        return [row for row in self.entries if row.strangers or row.unreadable or not row.is_untouched()]

    def validate(self, form: AnswerForm, extra_validators: Sequence[Any] = ()) -> bool:
        if self.hidden:
            self.errors = ()
            return True
        good = [row.validate() for row in self.rows]
        self._refuse_twins()
        self.errors = self.problem()
        return all(good) and not self.errors

    def is_blank(self) -> bool:
        return not self.rows

    def refuse_blank(self) -> None:
        if self.needed or self.spec.limits.min_rows:
            raise Wrong(f"{self.spec.label}至少填写{max(1, self.spec.limits.min_rows)}行。")

    def judge(self) -> None:
        limits, count = self.spec.limits, len(self.rows)
        if count < limits.min_rows:
            raise Wrong(f"{self.spec.label}至少填写{limits.min_rows}行，现有{count}行。")
        if count > limits.max_rows:
            raise Wrong(f"{self.spec.label}最多{limits.max_rows}行，现有{count}行，请删去多余的。")

    def _refuse_twins(self) -> None:
        """Two rows with one identity number are one person written twice, or a slip."""
        for key in (child.key for child in self.spec.rows if child.kind == "identity"):
            seen: dict[object, int] = {}
            for row in self.rows:
                field = row[key]
                number = field.data["hash"] if isinstance(field.data, dict) else field.data
                if number and not field.errors and seen.setdefault(number, row.index) != row.index:
                    field.errors = (f"与第{seen[number] + 1}行的号码相同，请核对。",)

    # Giving out

    def answer(self) -> list[dict[str, Any]]:
        return [row.answers() for row in self.rows]

    def draft(self) -> list[dict[str, Any]]:
        return [row.draft() for row in self.entries]


def _index(mark: str) -> int | None:
    return int(mark) if mark.isascii() and mark.isdigit() and len(mark) < 6 else None


def _stands_for(value: Any, before: Any) -> bool:
    if not isinstance(before, dict):
        return False
    return bool(value == before or (isinstance(value, str) and value.strip() == before.get("mask")))
