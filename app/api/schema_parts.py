"""What schemas are put together from: a word for each kind of value, and what a query may ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    """A query parameter: its name, how it is read, what it does, and the values it may take."""

    name: str
    kind: str
    says: str
    values: tuple[str, ...] = ()


def text(says: str = "", most: int | None = None, **more: Any) -> Schema:
    """A string."""
    found: Schema = {"type": "string", **more}
    if says:
        found["description"] = says
    if most is not None:
        found["maxLength"] = most
    return found


def whole(says: str = "", least: int | None = None) -> Schema:
    """An integer."""
    found: Schema = {"type": "integer", **({"description": says} if says else {})}
    if least is not None:
        found["minimum"] = least
    return found


def flag(says: str) -> Schema:
    """A boolean."""
    return {"type": "boolean", "description": says}


def moment(says: str) -> Schema:
    """An instant in UTC."""
    return {"type": "string", "format": "date-time", "description": says}


def free(says: str) -> Schema:
    """An object whose keys the procedure decides."""
    return {"type": "object", "description": says, "additionalProperties": True}


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    return {**schema, "type": [schema["type"], "null"]}


def many(items: Schema, says: str = "") -> Schema:
    """A list."""
    return {"type": "array", "items": items, **({"description": says} if says else {})}


def ref(name: str) -> Schema:
    """Another shape of this document."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(says: str, **properties: Schema) -> Schema:
    """An object that always has these properties."""
    return {"type": "object", "description": says, "required": list(properties), "properties": properties}


def page(name: str) -> Schema:
    """A stretch of a list of ``name``."""
    return record(
        "一页",
        items=many(ref(name)),
        next=maybe(text("取下一页时放进 cursor；null 表示没有了")),
    )


def request(says: str, required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """A request's body: only these fields, of which some must be there."""
    return {
        "type": "object",
        "description": says,
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }
