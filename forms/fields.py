"""One question of a form, bound to what somebody answered: text, codes, numbers, dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

import wtforms
from wtforms.utils import unset_value

from forms import correcting, validators
from forms.definition import Field
from forms.validators import Wrong

if TYPE_CHECKING:
    from forms.answering import AnswerForm, Posted
    from forms.lookups import OnFile

WRONG_TYPE = {
    "text": "应为文字。",
    "number": "应为数字，不加引号。",
    "list": "应为列表。",
    "boolean": "应为 true 或 false。",
}


class AnswerField(wtforms.Field):  # type: ignore[misc]
    """What was typed, what it means, and what is wrong with it.

    `typed` always holds what the person wrote, so that a page can show it again; `data` holds the
    canonical JSON value, or the kind's empty value where nothing usable was written.
    """

    spec: Field
    form: AnswerForm
    typed: list[str]
    data: Any
    errors: Sequence[str]
    nothing: ClassVar[object] = None
    shape: str = "line"

    def __init__(self, spec: Field, *, name: str, _form: AnswerForm, _prefix: str = "", **bound: Any) -> None:
        self.spec = spec
        self.form = _form
        self.path = _prefix + name
        identifier = "f-" + self.path.replace(".", "-")
        super().__init__(spec.label, id=identifier, name=name, _form=_form, _prefix=_prefix, **bound)
        self.hidden = False
        self.needed = spec.required
        self.on_file: OnFile | None = None
        self.given = False
        self.filled = False
        self.reason = ""
        self.typed = []
        self.data = self.empty()

    def empty(self) -> Any:
        return self.nothing

    # Reading

    def process(self, formdata: Posted | None, data: Any = unset_value, extra_filters: Any = None) -> None:
        if not self.spec.readonly:
            super().process(formdata, data, extra_filters)
            return
        mine = self.form.defaults.get(self.spec.key)
        super().process(None, mine)
        if formdata is None and data is not unset_value and data not in (None, mine):
            self.process_errors = ["此项由系统填写，不能改动，请删去。"]

    def process_data(self, value: Any) -> None:
        self.typed = []
        self.data = self.empty()
        if value is not None:
            self.typed = self.spell(value)
            self.data = self.from_json(value)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = [validators.printable(text) for text in valuelist]
        self.data = self.empty()
        if any(text.strip() for text in valuelist):
            self.data = self.from_text(valuelist)

    def spell(self, value: Any) -> list[str]:
        """A stored value as a person would type it."""
        return [validators.printable(str(item)) for item in (value if isinstance(value, list) else [value])]

    def from_json(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise Wrong(WRONG_TYPE["text"])
        return self.from_text([value]) if value.strip() else self.empty()

    def from_text(self, texts: list[str]) -> Any:
        return validators.clean(texts[0]) or None

    # Judging

    def validate(self, form: AnswerForm, extra_validators: Sequence[Any] = ()) -> bool:
        self.errors = () if self.hidden else self.problem()
        return not self.errors

    def problem(self) -> tuple[str, ...]:
        """The first thing wrong with the answer, or nothing."""
        if self.process_errors:
            return (self.process_errors[0],)
        try:
            if self.is_blank():
                self.refuse_blank()
            else:
                self.judge()
                self.cross_check()
        except Wrong as wrong:
            return (str(wrong),)
        return ()

    def is_blank(self) -> bool:
        return bool(self.data == self.empty())

    def refuse_blank(self) -> None:
        if self.needed:
            raise Wrong(f"请填写{self.spec.label}。")

    def judge(self) -> None:
        """Raise `Wrong` where a readable answer is not an acceptable one."""

    def cross_check(self) -> None:
        spec = self.spec
        if not spec.check:
            return
        verdict = self.form.feel(spec.check)
        if verdict is not None and verdict is not True:
            raise Wrong(spec.check_message or f"{spec.label}与其他填写内容不一致，请核对。")

    # Giving out

    def answer(self) -> Any:
        return self.data

    def draft(self) -> Any:
        """The answer if it was understood, else the words themselves."""
        if not self.process_errors:
            return self.answer()
        return self.text

    # What is on file

    @property
    def changed(self) -> bool:
        """Whether the answer differs from what is on file."""
        return correcting.changed(self)

    @property
    def on_file_typed(self) -> list[str]:
        """What is on file as it would stand in the field, for script to compare with."""
        return [] if self.on_file is None or self.spec.rows else self.spell(self.on_file.value)

    @property
    def on_file_words(self) -> str:
        """What is on file, in words."""
        return correcting.words(self)

    # Showing

    def named(self, sentence: str) -> str:
        """The sentence with the question's name, and its row, in front where it does not say them itself."""
        row = getattr(self.form, "index", None)
        place = [] if row is None else [f"第{row + 1}行"]
        name = [] if self.spec.label in sentence else [self.spec.label]
        return "：".join([*(["".join(place + name)] if place + name else []), sentence])

    @property
    def text(self) -> str:
        return self.typed[0] if self.typed else ""

    @property
    def error(self) -> str:
        return self.errors[0] if self.errors else ""


class TextField(AnswerField):
    """Words, on one line or several."""

    @property
    def shape(self) -> str:  # type: ignore[override]
        return "lines" if self.spec.type == "textarea" else "line"

    def judge(self) -> None:
        limits, length = self.spec.limits, len(self.data)
        if limits.min_length and length < limits.min_length:
            raise Wrong(f"至少填写{limits.min_length}个字，现有{length}个字。")
        if limits.max_length and length > limits.max_length:
            raise Wrong(f"最多填写{limits.max_length}个字，现有{length}个字，请精简。")
        if limits.pattern and not limits.pattern.fullmatch(self.data):
            raise Wrong(limits.pattern_message or f"{self.spec.label}的格式不符，请核对。")


class CodeField(AnswerField):
    """A number that proves itself. A sealed one stays sealed when its mask comes back unchanged."""

    stands_for: dict[str, Any] | None = None
    """The stored value whose mask was sent back."""

    def spell(self, value: Any) -> list[str]:
        return super().spell(value.get("mask", "") if isinstance(value, dict) else value)

    def process_data(self, value: Any) -> None:
        if isinstance(value, dict) and value.keys() == {"unchecked"}:
            super().process_data(value["unchecked"])
        elif isinstance(value, dict):
            self.typed = [validators.printable(str(value.get("mask", "")))]
            self.data = self.kept(value)
        else:
            super().process_data(value)

    def kept(self, sealed: dict[str, Any]) -> dict[str, Any]:
        known = sealed in self.form.sealed_before(self.spec.key)
        self.stands_for = sealed if known else None
        if not known or sealed.get("unchecked"):
            raise Wrong(f"请重新完整填写{self.spec.label}。")
        return sealed

    def from_text(self, texts: list[str]) -> Any:
        text = texts[0]
        before = [
            sealed for sealed in self.form.sealed_before(self.spec.key) if sealed["mask"] == text.strip()
        ]
        if before and all(sealed == before[0] for sealed in before):
            return self.kept(before[0])
        if len(text) > 100:
            raise Wrong(f"{self.spec.label}过长，请核对。")
        return validators.clean(text)

    def judge(self) -> None:
        if isinstance(self.data, dict):
            return
        if "*" in self.data:
            raise Wrong(f"请重新完整填写{self.spec.label}，不要带星号。")
        try:
            self.data = validators.code(self.spec.kind, self.data, self.form.surroundings.today)
        except Wrong:
            if not self.exempt():
                raise
            self.data = validators.old_identity(self.data) if self.exempt()[:2] == "15" else self.data

    def draft(self) -> Any:
        """The number, a kept sealed value, or {"unchecked": …}: no mask may later vouch for that one."""
        if self.stands_for or not self.text.strip():
            return self.stands_for or self.data
        try:
            if self.process_errors:
                return {"unchecked": self.text}
            self.judge()
        except Wrong:
            return {"unchecked": self.text}
        return self.data

    def refuse_blank(self) -> None:
        if self.exempt()[:2] == "15":
            raise Wrong("请填写15位旧证号码。")
        if not self.exempt():
            super().refuse_blank()

    def exempt(self) -> str:
        """Why this person may have no valid number; empty where no exemption was chosen."""
        chosen = self.form.value(self.spec.exemption) if self.spec.exemption else None
        return chosen if isinstance(chosen, str) else ""


class NumberField(AnswerField):
    """A number; money is one with two decimals at most and never below nothing unless said."""

    data: int | float | None
    shape = "number"

    def from_json(self, value: Any) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Wrong(WRONG_TYPE["number"])
        if isinstance(value, int) and abs(value) >= 10**15:
            raise Wrong("数字最多15位，请核对。")
        return validators.json_number(validators.exact(Decimal(repr(value))))

    def from_text(self, texts: list[str]) -> int | float:
        return validators.json_number(validators.number(texts[0]))

    def judge(self) -> None:
        limits, value, unit = self.spec.limits, Decimal(repr(self.data)), self.spec.unit
        if limits.minimum is not None and value < limits.minimum:
            raise Wrong(f"不能小于{limits.minimum:f}{unit}。")
        if limits.maximum is not None and value > limits.maximum:
            raise Wrong(f"不能大于{limits.maximum:f}{unit}。")
        if limits.decimals is not None and validators.places(value) > limits.decimals:
            raise Wrong(f"最多保留{limits.decimals}位小数。" if limits.decimals else "应为整数，不带小数。")


class MomentField(AnswerField):
    """A day, a time of day, or both, as local ISO text."""

    shape = "moment"

    _DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
    _NAMES: ClassVar[dict[str, str]] = {
        "date": "日期应写成 2026-11-22 的样子，且真实存在。",
        "time": "时间应写成 09:30 的样子。",
        "datetime": "日期和时间应写成 2026-11-22 09:30 的样子，且真实存在。",
    }

    def from_text(self, texts: list[str]) -> str:
        text = " ".join(validators.clean(texts[0])[:40].replace("T", " ").split())
        day, _, clock = text.rpartition(" ") if self.spec.type != "date" else (text, "", "")
        try:
            if self.spec.type == "date":
                return self._day(text).isoformat()
            at = time.fromisoformat(clock.replace("：", ":"))
            if self.spec.type == "time":
                return f"{at:%H:%M}"
            return datetime.combine(self._day(day), at).strftime("%Y-%m-%dT%H:%M")
        except ValueError:
            raise Wrong(self._NAMES[self.spec.type]) from None

    def _day(self, text: str) -> date:
        found = self._DAY.fullmatch(text.strip())
        if not found:
            raise ValueError
        year, month, day = (part for part in found.groups() if part)
        return date(int(year), int(month), int(day))

    def judge(self) -> None:
        today = self.form.surroundings.today if self.spec.limits.past else ""
        if today and self.data[:10] > today:
            raise Wrong("日期不能晚于今天，请核对。")

    @property
    def latest(self) -> str:
        """The last day a browser's date field should offer; empty where any day will do."""
        today = self.form.surroundings.today if self.spec.limits.past else ""
        return f"{today}T23:59" if today and self.spec.type == "datetime" else today

    @property
    def native(self) -> bool:
        """Whether a browser's own date field can show what was typed."""
        return not self.text or (not self.process_errors and self.text == self.data)
