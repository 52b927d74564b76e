"""How points and ranges lie to one another (Allen's relations)."""

from __future__ import annotations

from workflows.feel.functions.registry import feel
from workflows.feel.operators import compare, within
from workflows.feel.problems import Wrong
from workflows.feel.values import Range, Value


def _order(left: Value, right: Value) -> int:
    """-1, 0 or 1; raises Wrong for values without an order."""
    if compare("<", left, right):
        return -1
    if compare(">", left, right):
        return 1
    if compare("<=", left, right) is None:
        raise Wrong("参数不能比较")
    return 0


def _starts_before(one: Range, other: Range) -> bool:
    order = _order(one.start, other.start)
    return order < 0 or (order == 0 and one.start_included and not other.start_included)


def _ends_before(one: Range, other: Range) -> bool:
    order = _order(one.end, other.end)
    return order < 0 or (order == 0 and not one.end_included and other.end_included)


def _same_start(one: Range, other: Range) -> bool:
    return _order(one.start, other.start) == 0 and one.start_included == other.start_included


def _same_end(one: Range, other: Range) -> bool:
    return _order(one.end, other.end) == 0 and one.end_included == other.end_included


def _holds(span: Range, point: Value) -> bool:
    answer = within(point, span)
    if answer is None:
        raise Wrong("参数不能比较")
    return answer


def _precedes(one: Value, other: Value) -> bool:
    """Whether the first, a point or a range, lies wholly before the second."""
    end, end_in = (one.end, one.end_included) if type(one) is Range else (one, True)
    start, start_in = (other.start, other.start_included) if type(other) is Range else (other, True)
    order = _order(end, start)
    return order < 0 or (order == 0 and not (end_in and start_in))


@feel("before(point1: any, point2: any)", "before(range1: range, range2: range)")
@feel("before(point: any, range: range)", "before(range: range, point: any)")
def before(one: Value, other: Value) -> bool:
    """Whether the first lies wholly before the second."""
    return _precedes(one, other)


@feel("after(point1: any, point2: any)", "after(range1: range, range2: range)")
@feel("after(point: any, range: range)", "after(range: range, point: any)")
def after(one: Value, other: Value) -> bool:
    """Whether the first lies wholly after the second."""
    return _precedes(other, one)


@feel("meets(range1: range, range2: range)")
def meets(one: Range, other: Range) -> bool:
    """Whether the first ends where the second begins, that point in both."""
    return one.end_included and other.start_included and _order(one.end, other.start) == 0


@feel("met by(range1: range, range2: range)")
def met_by(one: Range, other: Range) -> bool:
    """Whether the first begins where the second ends, that point in both."""
    return meets(other, one)


@feel("overlaps(range1: range, range2: range)")
def overlaps(one: Range, other: Range) -> bool:
    """Whether the two have a point in common."""
    return not _precedes(one, other) and not _precedes(other, one)


@feel("overlaps before(range1: range, range2: range)")
def overlaps_before(one: Range, other: Range) -> bool:
    """Whether the first begins earlier and ends within the second."""
    return _starts_before(one, other) and overlaps(one, other) and not _ends_before(other, one)


@feel("overlaps after(range1: range, range2: range)")
def overlaps_after(one: Range, other: Range) -> bool:
    """Whether the first begins within the second and ends later."""
    return overlaps_before(other, one)


@feel("finishes(point: any, range: range)", "finishes(range1: range, range2: range)")
def finishes(one: Value, span: Range) -> bool:
    """Whether the first ends together with the range and begins no earlier."""
    if type(one) is Range:
        return _same_end(one, span) and not _starts_before(one, span)
    return _order(one, span.end) == 0 and span.end_included


@feel("finished by(range: range, point: any)", "finished by(range1: range, range2: range)")
def finished_by(span: Range, other: Value) -> bool:
    """The same as `finishes`, seen from the range."""
    return finishes(other, span)


@feel("starts(point: any, range: range)", "starts(range1: range, range2: range)")
def starts(one: Value, span: Range) -> bool:
    """Whether the first begins together with the range and ends no later."""
    if type(one) is Range:
        return _same_start(one, span) and not _ends_before(span, one)
    return _order(one, span.start) == 0 and span.start_included


@feel("started by(range: range, point: any)", "started by(range1: range, range2: range)")
def started_by(span: Range, other: Value) -> bool:
    """The same as `starts`, seen from the range."""
    return starts(other, span)


@feel("includes(range: range, point: any)", "includes(range1: range, range2: range)")
def includes(span: Range, other: Value) -> bool:
    """Whether the range holds the point or the whole other range."""
    if type(other) is Range:
        return not _starts_before(other, span) and not _ends_before(span, other)
    return _holds(span, other)


@feel("during(point: any, range: range)", "during(range1: range, range2: range)")
def during(one: Value, span: Range) -> bool:
    """The same as `includes`, seen from the point or the smaller range."""
    return includes(span, one)


@feel("coincides(point1: any, point2: any)", "coincides(range1: range, range2: range)")
def coincides(one: Value, other: Value) -> bool:
    """Whether the two are the same."""
    if type(one) is Range and type(other) is Range:
        return _same_start(one, other) and _same_end(one, other)
    return _order(one, other) == 0
