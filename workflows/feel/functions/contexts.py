"""Functions of contexts, and of truth values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.feel.functions.registry import feel
from workflows.feel.problems import Wrong
from workflows.feel.values import Value

if TYPE_CHECKING:
    from workflows.feel.environment import Run

Context = dict[str, Value]


@feel("not(negand: boolean|null)")
def negated(value: bool | None) -> bool | None:  # noqa: FBT001 - a truth value is what it is about
    """True for false, false for true, null for null."""
    return None if value is None else not value


@feel("is defined(value: any)")
def is_defined(value: Value) -> bool:
    """Whether a value is there; an addition of the modelling tools."""
    return value is not None


@feel("get or else(value: any, default: any)")
def get_or_else(value: Value, default: Value) -> Value:
    """The value, or the default for null; an addition of the modelling tools."""
    return default if value is None else value


@feel("get value(m: context, key: string)")
def get_value(context: Context, key: str) -> Value:
    """The entry of that name, null where there is none."""
    return context.get(key)


@feel("get entries(m: context)", with_run=True)
def get_entries(run: Run, context: Context) -> list[Value]:
    """Each entry as a context of key and value."""
    run.spend(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@feel("context(entries: list)")
def context_of(entries: list[Value]) -> Context:
    """The context with these entries; the opposite of `get entries`."""
    made: Context = {}
    for entry in entries:
        if type(entry) is not dict or not {"key", "value"} <= entry.keys() or type(entry["key"]) is not str:
            raise Wrong("每一项都应有key和value")
        if entry["key"] in made:
            raise Wrong(f"重复的名称“{entry['key']}”")
        made[entry["key"]] = entry["value"]
    return made


@feel("context put(context: context, key: string, value: any)")
def context_put(context: Context, key: str, value: Value) -> Context:
    """The context with one entry set."""
    return {**context, key: value}


@feel("context put(context: context, keys: list, value: any)")
def context_put_deep(context: Context, keys: list[Value], value: Value) -> Context:
    """The context with an entry set inside the contexts that the keys lead to."""
    if not keys or not all(type(key) is str for key in keys) or len(keys) > 50:
        raise Wrong("keys应是名称的列表")
    first, rest = keys[0], keys[1:]
    if not rest:
        return {**context, first: value}
    inner = context.get(first)
    if inner is not None and type(inner) is not dict:
        raise Wrong(f"“{first}”不是上下文")
    return {**context, first: context_put_deep(inner or {}, rest, value)}


@feel("context merge(contexts: list)", with_run=True)
def context_merge(run: Run, contexts: list[Value]) -> Context:
    """All entries in one; later contexts win."""
    merged: Context = {}
    for part in contexts:
        if type(part) is not dict:
            raise Wrong("列表中应全是上下文")
        run.spend(1 + len(part) // 4)
        merged.update(part)
    return merged
