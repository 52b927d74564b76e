from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import validators
from forms.validators import Wrong

TODAY = "2026-11-22"
REGIONS = st.sampled_from(["150602", "150623", "150724", "141123", "150822", "110105"])
BIRTHS = st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 11, 22))


@st.composite
def identity_numbers(draw):
    first = f"{draw(REGIONS)}{draw(BIRTHS):%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first + validators.identity_check_digit(first)


@st.composite
def credit_codes(draw):
    first = draw(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
    return first + validators.credit_check_digit(first)


@given(identity_numbers())
def test_every_number_made_by_the_standard_is_accepted(number):
    assert validators.identity(number, TODAY) == number


@given(identity_numbers(), st.integers(0, 17), st.integers(1, 9))
def test_a_number_with_one_wrong_digit_is_refused(number, place, by):
    digits = "0123456789X" if place == 17 else "0123456789"
    wrong = digits[(digits.index(number[place]) + by) % len(digits)]

    with pytest.raises(Wrong):
        validators.identity(number[:place] + wrong + number[place + 1 :], TODAY)


@given(identity_numbers(), st.integers(0, 16))
def test_two_neighbouring_digits_changed_over_are_refused(number, place):
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    if swapped != number:
        with pytest.raises(Wrong):
            validators.identity(swapped, TODAY)


def test_the_standards_own_example_is_accepted_however_it_is_typed():
    assert validators.identity(" １１０１０５ 19491231 002x ", TODAY) == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "about"),
    [
        ("1101051949123100", "现为16位"),
        ("11010519491231002XX", "现为19位"),
        ("", "现为0位"),
        ("1101051949123100A2", "末位为数字或X"),
        ("99010519491231002X", "地区代码"),
        ("110000194912310020", "地区代码"),
        ("110105194902300021", "出生日期"),
        ("110105209912310021", "晚于今天"),
        ("110105194912310021", "校验位"),
    ],
)
def test_what_is_wrong_with_an_identity_number_is_said(number, about):
    with pytest.raises(Wrong, match=about):
        validators.identity(number, TODAY)


def test_a_fifteen_digit_number_needs_a_real_birth_date():
    assert validators.old_identity("110105491231002") == "110105491231002"

    with pytest.raises(Wrong, match="15位旧证"):
        validators.old_identity("110105491331002")


@given(credit_codes())
def test_every_credit_code_made_by_the_standard_is_accepted(code):
    assert validators.credit_code(code.lower()) == code


@given(credit_codes(), st.integers(0, 17), st.integers(1, 30))
def test_a_credit_code_with_one_wrong_letter_is_refused(code, place, by):
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    wrong = letters[(letters.index(code[place]) + by) % 31]

    with pytest.raises(Wrong, match="校验位"):
        validators.credit_code(code[:place] + wrong + code[place + 1 :])


def test_a_real_credit_code_is_accepted_and_letters_the_standard_avoids_are_refused():
    assert validators.credit_code("91350100M000100Y43") == "91350100M000100Y43"

    with pytest.raises(Wrong, match="不用"):
        validators.credit_code("91350100I000100Y43")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("138 0013 8000", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("+86 13800138000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("04778581234", "0477-8581234"),
        ("0477—8581234", "0477-8581234"),
        ("010-12345678-801", "010-12345678-801"),
    ],
)
def test_a_phone_number_is_understood_as_people_write_it(typed, stored):
    assert validators.phone(typed) == stored


@pytest.mark.parametrize("typed", ["1380013800", "12800138000", "8581234", "1380013800a", "无", "9" * 40])
def test_what_is_no_phone_number_is_refused(typed):
    with pytest.raises(Wrong, match="11位手机号码"):
        validators.phone(typed)


def test_a_bank_account_is_digits_in_any_grouping():
    assert validators.bank_account("6228 4800 1234 5678 901") == "6228480012345678901"

    with pytest.raises(Wrong, match="8至30位"):
        validators.bank_account("622848001234567890A")


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1,234.50", "1234.5"), ("１２．５", "12.5"), ("-3", "-3"), (".5", "0.5"), ("12元", "12")],
)
def test_a_number_is_understood_as_people_write_it(typed, value):
    assert validators.number(typed) == Decimal(value)


@pytest.mark.parametrize("typed", ["", "十二", "1e3", "NaN", "Infinity", "1.2.3", "--1", "0x10", "1_000"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(Wrong, match="应填写数字"):
        validators.number(typed)


@pytest.mark.parametrize(
    "typed", ["1" * 16, "1" * 50, "0.1234567890123456", "1." + "0" * 30 + "1", "1" + "0" * 15]
)
def test_a_number_that_json_would_bend_is_refused(typed):
    with pytest.raises(Wrong, match="最多15位"):
        validators.number(typed)


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=4))
def test_a_number_survives_the_journey_through_json(value):
    assert Decimal(repr(validators.json_number(validators.exact(value)))) == value


def test_masks_keep_what_a_clerk_needs_to_recognise():
    assert validators.masked("identity", "11010519491231002X") == "110105********002X"
    assert validators.masked("phone", "13800138000") == "138****8000"
    assert validators.masked("bank_account", "6228480012345678901") == "***************8901"
    assert validators.masked("identity", "123") == "***"
