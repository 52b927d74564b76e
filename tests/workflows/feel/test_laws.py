"""What holds for all values, tried on many: arithmetic, truth, ranges and the calendar."""

import calendar
import decimal
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from workflows.feel import DaysTime, Range, evaluate, to_literal

STANDARD = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**15), max_value=10**15)
TRUTHS = st.sampled_from([True, False, None])
DATES = st.dates(min_value=date(1000, 1, 1), max_value=date(9000, 12, 31))


@given(NUMBERS, NUMBERS)
def test_arithmetic_is_that_of_34_decimal_digits(a, b):
    scope = {"a": a, "b": b}

    assert evaluate("a + b", scope) == STANDARD.add(a, b)
    assert evaluate("a - b", scope) == STANDARD.subtract(a, b)
    assert evaluate("a * b", scope) == STANDARD.multiply(a, b)
    assert evaluate("a / b", scope) == (STANDARD.divide(a, b) if b else None)
    assert evaluate("a + b = b + a and a * b = b * a and a - b = -(b - a)", scope) is True


@given(NUMBERS, NUMBERS)
def test_a_remainder_has_the_sign_of_the_divisor_and_is_smaller(a, b):
    assume(b)

    rest = evaluate("modulo(a, b)", {"a": a, "b": b})

    assert abs(rest) < abs(b)
    assert not rest or (rest < 0) == (b < 0)
    assert (Fraction(a) - Fraction(rest)) % Fraction(b) == 0


@given(NUMBERS, st.integers(-6, 8))
def test_every_way_of_rounding_is_the_one_it_is_named_after(value, scale):
    ways = {
        "decimal": decimal.ROUND_HALF_EVEN,
        "floor": decimal.ROUND_FLOOR,
        "ceiling": decimal.ROUND_CEILING,
        "round up": decimal.ROUND_UP,
        "round down": decimal.ROUND_DOWN,
        "round half up": decimal.ROUND_HALF_UP,
        "round half down": decimal.ROUND_HALF_DOWN,
    }
    for name, rounding in ways.items():
        assert evaluate(f"{name}(v, s)", {"v": value, "s": scale}) == value.quantize(
            Decimal(1).scaleb(-scale), rounding, decimal.Context(prec=60)
        )


@given(TRUTHS, TRUTHS, TRUTHS)
def test_truth_of_three_values_keeps_the_laws_of_logic(a, b, c):
    scope = {"a": a, "b": b, "c": c}
    same = [
        ("not(a and b)", "not(a) or not(b)"),
        ("not(a or b)", "not(a) and not(b)"),
        ("a and b", "b and a"),
        ("a or b", "b or a"),
        ("a and (b or c)", "a and b or a and c"),
        ("a or b and c", "(a or b) and (a or c)"),
        ("(a and b) and c", "a and (b and c)"),
        ("not(not(a))", "a"),
        ("a and a", "a or a"),
        ("all([a, b, c])", "a and b and c"),
        ("any([a, b, c])", "a or b or c"),
        ("every x in [a, b, c] satisfies x", "all([a, b, c])"),
        ("some x in [a, b, c] satisfies x", "any([a, b, c])"),
    ]
    for one, other in same:
        assert evaluate(one, scope) is evaluate(other, scope), (one, other)


SPANS = st.tuples(st.integers(0, 6), st.integers(1, 5), st.booleans(), st.booleans()).map(
    lambda drawn: Range(Decimal(drawn[0]), Decimal(drawn[0] + drawn[1]), drawn[2], drawn[3])
)


def points(span):
    """The range's points on a grid of quarters, fine enough to tell open from closed."""
    quarters = range(int(span.start) * 4, int(span.end) * 4 + 1)
    return {
        q
        for q in quarters
        if (q > span.start * 4 or span.start_included) and (q < span.end * 4 or span.end_included)
    }


@given(SPANS, SPANS)
def test_relations_of_ranges_are_those_of_their_points(one, other):
    a, b = points(one), points(other)
    scope = {"a": one, "b": other}
    expected = {
        "before": max(a) < min(b),
        "after": min(a) > max(b),
        "meets": max(a) == min(b),
        "met by": min(a) == max(b),
        "overlaps": bool(a & b),
        "overlaps before": min(a) < min(b) and bool(a & b) and max(a) <= max(b),
        "overlaps after": min(b) < min(a) and bool(a & b) and max(b) <= max(a),
        "finishes": max(a) == max(b) and a <= b,
        "finished by": max(a) == max(b) and b <= a,
        "starts": min(a) == min(b) and a <= b,
        "started by": min(a) == min(b) and b <= a,
        "includes": b <= a,
        "during": a <= b,
        "coincides": a == b,
    }
    assert {name: evaluate(f"{name}(a, b)", scope) for name in expected} == expected


@given(SPANS, st.integers(0, 48))
def test_a_point_lies_to_a_range_as_to_its_points(span, quarter):
    inside = points(span)
    scope = {"r": span, "p": Decimal(quarter) / 4}

    assert evaluate("p in r", scope) is (quarter in inside)
    assert evaluate("includes(r, p)", scope) is (quarter in inside)
    assert evaluate("during(p, r)", scope) is (quarter in inside)
    assert evaluate("before(p, r)", scope) is (quarter < min(inside))
    assert evaluate("after(p, r)", scope) is (quarter > max(inside))
    assert evaluate("starts(p, r)", scope) is (quarter == min(inside) and span.start_included)
    assert evaluate("finishes(p, r)", scope) is (quarter == max(inside) and span.end_included)


@given(DATES, st.integers(-900, 900))
def test_months_are_added_as_in_the_calendar(day, months):
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]

    assert evaluate('d + n * @"P1M"', {"d": day, "n": months}) == date(year, month + 1, min(day.day, last))


@given(DATES, DATES)
def test_the_parts_and_the_distance_of_days_are_those_of_the_calendar(one, other):
    scope = {"a": one, "b": other}

    assert evaluate('(a - b) / @"P1D"', scope) == (one - other).days
    assert evaluate("day of year(a)", scope) == one.timetuple().tm_yday
    assert evaluate("day of week(a)", scope) == calendar.day_name[one.weekday()]
    assert evaluate("month of year(a)", scope) == calendar.month_name[one.month]
    assert evaluate("week of year(a)", scope) == one.isocalendar().week
    assert evaluate("a < b", scope) is (one < other)
    assert evaluate("date(a.year, a.month, a.day) = a and date(string(a)) = a", scope) is True


MOMENTS = st.datetimes(min_value=datetime(1600, 1, 1), max_value=datetime(8000, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.timedeltas(min_value=timedelta(days=-90_000), max_value=timedelta(days=90_000)))
def test_moments_move_as_python_s_do(moment, length):
    scope = {"m": moment, "l": DaysTime.of(length)}

    assert evaluate("m + l", scope) == moment + length
    assert evaluate("m - l", scope) == moment - length
    assert evaluate("(m + l) - m = l", scope) is True


@given(st.text(max_size=60))
def test_a_string_is_cut_by_characters_and_put_together_again(text):
    scope = {"t": text}

    assert evaluate("string length(t)", scope) == len(text)
    pieces = "for i in 1..string length(t) return substring(t, i, 1)"
    assert evaluate(f"string join({pieces})", scope) == text
    assert evaluate(to_literal(text)) == "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


@given(st.lists(st.integers(-5, 5) | st.none() | st.sampled_from(["a", "b"]), max_size=8))
def test_functions_of_lists_agree_with_one_another(values):
    scope = {"l": values}

    assert evaluate("reverse(reverse(l)) = l", scope) is True
    assert evaluate("flatten([l, [l]]) = concatenate(l, l)", scope) is True
    assert evaluate("union(l, l) = distinct values(l)", scope) is True
    assert evaluate("every x in l satisfies list contains(l, x) and count(index of(l, x)) > 0", scope) is True
    assert evaluate("l[true] = l and count(l[false]) = 0", scope) is True
