"""One component of a form's JSON, read with care and with its place at hand for the error."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from forms.definition import DefinitionError


class Place:
    """A JSON object and where it stands in the file."""

    __slots__ = ("name", "source")

    def __init__(self, name: str, source: Mapping[str, Any]) -> None:
        self.name = name
        self.source = source

    def error(self, what: str) -> DefinitionError:
        return DefinitionError(f"{self.name}：{what}。")

    def named(self, key: str) -> Place:
        label = self.source.get("label")
        return Place(f"{self.name}“{label}”({key})" if label else f"{self.name}({key})", self.source)

    def text(self, key: str) -> str:
        value = self.source.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.error(f"{key} 应为文字")
        return value.strip()

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self.source.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.error(f"{key} 应为对象")
        return value

    def items(self, key: str) -> list[Place]:
        value = self.source.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(f"{key} 应为对象的列表")
        above = "" if self.name == key else f"{self.name}."
        return [Place(f"{above}{key}[{index}]", item) for index, item in enumerate(value)]

    def feel(self, source: Mapping[str, Any], key: str) -> str:
        """An expression; the leading = that bpmn.io writes is not part of it."""
        value = source.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.error(f"{key} 应为FEEL表达式文字")
        return value.strip().removeprefix("=").strip()

    def flag(self, source: Mapping[str, Any], key: str) -> bool:
        value = source.get(key)
        if isinstance(value, str) and value in {"true", "false"}:
            return value == "true"
        if value is not None and not isinstance(value, bool):
            raise self.error(f"{key} 应为 true 或 false")
        return bool(value)

    def decimal(self, source: Mapping[str, Any], key: str) -> Decimal | None:
        value = source.get(key)
        if value is None or value == "":
            return None
        try:
            number = Decimal(str(value))
            if isinstance(value, bool) or not number.is_finite():
                raise ArithmeticError
            return number
        except ArithmeticError:
            raise self.error(f"{key} 应为数字") from None

    def count(self, source: Mapping[str, Any], key: str, otherwise: int) -> int:
        value = self.decimal(source, key)
        if value is None:
            return otherwise
        if value < 0 or value != int(value):
            raise self.error(f"{key} 应为不小于0的整数")
        return int(value)
