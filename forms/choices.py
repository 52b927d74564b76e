"""Questions answered by choosing: options, ticks, places, people."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any

from forms.definition import Option
from forms.fields import WRONG_TYPE, AnswerField
from forms.validators import Wrong


class ChoiceField(AnswerField):
    """One of several, as round buttons or a list."""

    @property
    def shape(self) -> str:  # type: ignore[override]
        if not self.options:
            return "line"
        return "options" if self.spec.type == "radio" else "select"

    @cached_property
    def options(self) -> Sequence[Option]:
        spec = self.spec
        if not spec.options_from:
            return spec.options
        offered = self.form.feel(spec.options_from)
        return [_option(item) for item in offered] if isinstance(offered, list) else ()

    @property
    def stray(self) -> bool:
        """Whether something was chosen that is not, or no longer, on offer."""
        return bool(self.text) and self.text not in {option.value for option in self.options}

    @property
    def groups(self) -> list[tuple[str, list[Option]]]:
        return [(name, list(options)) for name, options in groupby(self.options, attrgetter("group"))]

    def refuse_blank(self) -> None:
        if self.needed:
            raise Wrong(f"请选择{self.spec.label}。")

    def judge(self) -> None:
        if self.data not in {option.value for option in self.options}:
            raise Wrong(f"请从列出的选项中选择{self.spec.label}。")


def _option(item: object) -> Option:
    if isinstance(item, dict):
        return Option(str(item.get("value", "")), str(item.get("label") or item.get("value", "")))
    return Option(str(item), str(item))


class ChecklistField(ChoiceField):
    """Any of several."""

    shape = "options"

    def empty(self) -> Any:
        return []

    def from_json(self, value: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Wrong(WRONG_TYPE["list"])
        return self.from_text(value)

    def from_text(self, texts: list[str]) -> list[str]:
        return list(dict.fromkeys(text for text in texts if text))

    def judge(self) -> None:
        if not set(self.data) <= {option.value for option in self.options}:
            raise Wrong(f"请从列出的选项中选择{self.spec.label}。")


class CheckboxField(AnswerField):
    """One statement, ticked or not."""

    shape = "tick"

    nothing = False

    @property
    def ticked(self) -> bool:
        return bool(self.typed) and self.from_text(self.typed)

    def from_json(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise Wrong(WRONG_TYPE["boolean"])
        return value

    def spell(self, value: Any) -> list[str]:
        return ["true"] if value is True else []

    def from_text(self, texts: list[str]) -> bool:
        return any(text not in {"", "false"} for text in texts)

    def refuse_blank(self) -> None:
        if self.needed:
            raise Wrong(f"请勾选“{self.spec.label}”。")


class DivisionField(ChoiceField):
    """A place, by its 12-digit code; what is offered lies within the expression `within`."""

    @cached_property
    def within(self) -> str:
        found = self.form.feel(self.spec.within) if self.spec.within else None
        return found if isinstance(found, str) else ""

    @cached_property
    def options(self) -> Sequence[Option]:
        return self.form.surroundings.divisions(self.within, self.spec.level)

    @property
    def name_of_choice(self) -> str:
        return self.form.surroundings.lookups.division_name(self.text) or "" if self.text else ""

    def judge(self) -> None:
        code = self.data
        name = self.form.surroundings.lookups.division_name(code) if len(code) == 12 else None
        if name is None:
            raise Wrong(f"没有代码为“{code[:20]}”的行政区划，请重新选择。")
        if self.within and not code.startswith(trunk(self.within)):
            raise Wrong(f"“{name}”不在可选的范围内，请重新选择。")
        if self.spec.level and level(code) != self.spec.level:
            raise Wrong(f"请选择到{_LEVELS.get(self.spec.level, self.spec.level)}一级。")


_LEVELS = {"county": "旗区县", "township": "镇（街道、苏木）", "village": "村（嘎查、社区）"}


def trunk(code: str) -> str:
    """The digits that every place below this one begins with."""
    for length in (6, 9):
        if set(code[length:]) <= {"0"}:
            return code[:length]
    return code


def level(code: str) -> str:
    """county, township or village."""
    return {6: "county", 9: "township"}.get(len(trunk(code)), "village")


class PersonField(ChoiceField):
    """A person known to the office, by number."""

    @cached_property
    def options(self) -> Sequence[Option]:
        return self.form.surroundings.people(self.spec.people)

    def from_json(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise Wrong(WRONG_TYPE["number"])
        return value

    def from_text(self, texts: list[str]) -> int:
        text = texts[0].strip()
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise Wrong(f"请选择{self.spec.label}。")
        return int(text)

    def judge(self) -> None:
        if self.form.surroundings.lookups.person_name(self.data) is None:
            raise Wrong("查无此人，请重新选择。")
        offered = {option.value for option in self.options}
        if offered and str(self.data) not in offered:
            raise Wrong(f"请从列出的人员中选择{self.spec.label}。")
