"""What an answer must keep to, read from a component's `validate` and `properties`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from forms.definition import Limits
from forms.place import Place

_LENGTHS = {"text": 200, "textarea": 5000}
_MEGABYTE = 1024 * 1024


def read(place: Place, kind_of: str) -> Limits:
    """The limits of one component, with the office's own where the file says nothing."""
    validate, properties = place.mapping("validate"), place.mapping("properties")
    kind = str(properties.get("kind") or "")
    megabytes = place.decimal(properties, "max_megabytes") or Decimal(20)
    least = validate.get("minLength") if kind_of == "rows" else None
    return Limits(
        minimum=_minimum(place, kind),
        maximum=place.decimal(validate, "max"),
        decimals=2 if kind == "money" else _decimals(place),
        min_length=place.count(validate, "minLength", 0) or None,
        max_length=place.count(validate, "maxLength", _LENGTHS.get(kind_of, 0)) or None,
        pattern=_pattern(place),
        pattern_message=str(properties.get("pattern_message") or ""),
        past=place.flag(properties, "past"),
        max_files=place.count(properties, "max_files", 1 if kind == "signature" else _most_files(place)),
        accept=_accept(place, kind),
        max_bytes=int(megabytes * _MEGABYTE),
        min_rows=place.count(properties, "min_rows", 0) if least is None else int(least),
        max_rows=place.count(properties, "max_rows", 100),
    )


def _minimum(place: Place, kind: str) -> Decimal | None:
    minimum = place.decimal(place.mapping("validate"), "min")
    return Decimal(0) if minimum is None and kind == "money" else minimum


def _decimals(place: Place) -> int | None:
    return (
        None if place.source.get("decimalDigits") is None else place.count(place.source, "decimalDigits", 0)
    )


def _pattern(place: Place) -> re.Pattern[str] | None:
    pattern: Any = place.mapping("validate").get("pattern")
    if not pattern:
        return None
    try:
        return re.compile(pattern)
    except (re.error, TypeError):
        raise place.error("validate.pattern 不是有效的正则表达式") from None


def _most_files(place: Place) -> int:
    return 1 if place.source.get("multiple") is False else 9


def _accept(place: Place, kind: str) -> tuple[str, ...]:
    accept = str(place.mapping("properties").get("accept") or place.source.get("accept") or "")
    if not accept and kind in {"image", "signature"}:
        accept = "image/*"
    return tuple(part.strip().lower() for part in accept.split(",") if part.strip())
