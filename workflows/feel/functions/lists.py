"""Functions of lists."""

from __future__ import annotations

from decimal import Decimal
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from workflows.feel.functions.registry import feel, integer
from workflows.feel.operators import equal, identity, ordered
from workflows.feel.problems import MAX_LIST, Wrong
from workflows.feel.values import Function, Value

if TYPE_CHECKING:
    from workflows.feel.environment import Run


def _index(values: list[Value], position: Decimal, *, beyond: int = 0) -> int:
    """The Python index of a position counted from 1, or from the end when negative."""
    place = integer(position, "位置应为整数")
    if not place or not -len(values) <= place <= len(values) + beyond:
        raise Wrong("位置超出列表")
    return place - 1 if place > 0 else len(values) + place


@feel("list contains(list: list, element: any)", with_run=True)
def list_contains(run: Run, values: list[Value], element: Value) -> bool:
    """Whether an element of the list equals the given one."""
    run.spend(len(values) // 10)
    return any(equal(value, element) for value in values)


@feel("sublist(list: list, start position: number, length?: number)")
def sublist(values: list[Value], start: Decimal, length: Decimal | None = None) -> list[Value]:
    """So many elements from a position."""
    begin = _index(values, start)
    if length is None:
        return values[begin:]
    size = integer(length, "长度应为整数")
    if size < 1 or begin + size > len(values):
        raise Wrong("长度超出列表")
    return values[begin : begin + size]


@feel("append(list: list, item*: any)")
def append(values: list[Value], *items: Value) -> list[Value]:
    """The list with elements added at the end."""
    return [*values, *items]


@feel("concatenate(list*: list)", with_run=True)
def concatenate(run: Run, *lists: list[Value]) -> list[Value]:
    """The lists one after another."""
    joined: list[Value] = []
    for values in lists:
        run.spend(1 + len(values) // 10)
        joined += values
        if len(joined) > MAX_LIST:
            raise Wrong("列表过长")
    return joined


@feel("insert before(list: list, position: number, newItem: any)")
def insert_before(values: list[Value], position: Decimal, item: Value) -> list[Value]:
    """The list with an element put before a position."""
    index = _index(values, position)
    return [*values[:index], item, *values[index:]]


@feel("remove(list: list, position: number)")
def remove(values: list[Value], position: Decimal) -> list[Value]:
    """The list without the element at a position."""
    index = _index(values, position)
    return values[:index] + values[index + 1 :]


@feel("list replace(list: list, position: number, newItem: any)")
def list_replace(values: list[Value], position: Decimal, item: Value) -> list[Value]:
    """The list with another element at a position."""
    index = _index(values, position)
    return [*values[:index], item, *values[index + 1 :]]


@feel("list replace(list: list, match: function, newItem: any)", with_run=True)
def list_replace_matching(run: Run, values: list[Value], match: Function, item: Value) -> list[Value]:
    """The list with another element wherever the function says so."""
    replaced = []
    for value in values:
        verdict = match(run, [value, item])
        if type(verdict) is not bool:
            raise Wrong("match函数应给出布尔值")
        replaced.append(item if verdict else value)
    return replaced


@feel("reverse(list: list)")
def reverse(values: list[Value]) -> list[Value]:
    """The last element first."""
    return values[::-1]


@feel("index of(list: list, match: any)")
def index_of(values: list[Value], match: Value) -> list[Value]:
    """All positions of elements equal to the given one."""
    return [Decimal(place) for place, value in enumerate(values, 1) if equal(value, match)]


@feel("union(list*: list)", with_run=True)
def union(run: Run, *lists: list[Value]) -> list[Value]:
    """The lists one after another, each value once."""
    return distinct_values(concatenate(run, *lists))


@feel("distinct values(list: list)")
def distinct_values(values: list[Value]) -> list[Value]:
    """Each value once, where it first occurs."""
    seen: set[Any] = set()
    kept = []
    for value in values:
        key = identity(value)
        if key not in seen:
            seen.add(key)
            kept.append(value)
    return kept


@feel("duplicate values(list: list)")
def duplicate_values(values: list[Value]) -> list[Value]:
    """The values that occur more than once; an addition of the modelling tools."""
    counts: dict[Any, int] = {}
    for value in values:
        key = identity(value)
        counts[key] = counts.get(key, 0) + 1
    return [value for value in distinct_values(values) if counts[identity(value)] > 1]


@feel("flatten(list: list)", with_run=True)
def flatten(run: Run, values: list[Value]) -> list[Value]:
    """All elements of lists within lists in one list."""
    flat: list[Value] = []
    pending = values[::-1]
    while pending:
        value = pending.pop()
        run.spend()
        if type(value) is list:
            pending.extend(reversed(value))
        else:
            flat.append(value)
    return flat


@feel("sort(list: list, precedes?: function)", with_run=True)
def sort(run: Run, values: list[Value], precedes: Function | None = None) -> list[Value]:
    """The list in the order that the function, asked for pairs, gives."""

    def by_function(one: Value, other: Value) -> int:
        assert precedes is not None  # noqa: S101 - chosen below only then
        if precedes(run, [one, other]) is True:
            return -1
        return 1 if precedes(run, [other, one]) is True else 0

    def by_nature(one: Value, other: Value) -> int:
        run.spend()
        order = ordered(one, other)
        if order is None:
            raise Wrong("列表中的值不能比较")
        return order

    return sorted(values, key=cmp_to_key(by_nature if precedes is None else by_function))


@feel("is empty(list: list)")
def is_empty(values: list[Value]) -> bool:
    """Whether the list has no element; an addition of the modelling tools."""
    return not values


@feel("partition(list: list, size: number)")
def partition(values: list[Value], size: Decimal) -> list[Value]:
    """The list cut into lists of a size; an addition of the modelling tools."""
    step = integer(size)
    if step < 1:
        raise Wrong("应不小于1")
    return [values[start : start + step] for start in range(0, len(values), step)]
