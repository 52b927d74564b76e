"""Numbers that carry their own proof: identity, credit code, phone, bank account, money."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 "
    "61 62 63 64 65 71 81 82 83".split()
)
_CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(0\d{2,3})-?(\d{7,8})(?:-(\d{1,6}))?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Wrong(ValueError):
    """An answer that will not do; its text tells the person what to do about it."""


def tidy(text: str) -> str:
    """The text in half-width letters and without spaces, as codes and numbers are compared."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def clean(text: str) -> str:
    """The text with plain line ends and no blanks around it; control characters are refused."""
    if _CONTROL.search(text):
        raise Wrong("含有不可见的控制字符，请删去后重新填写。")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def printable(text: str) -> str:
    """The text with whatever no page or answer can carry made visible."""
    return _CONTROL.sub("\ufffd", text)


def identity_check_digit(first17: str) -> str:
    """The eighteenth character that GB 11643 puts behind seventeen digits."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def identity(text: str, today: str = "") -> str:
    """A citizen identity number by GB 11643-1999, in its canonical spelling."""
    number = tidy(text).upper()
    if len(number) != 18:
        raise Wrong(f"身份证号码应为18位，现为{len(number)}位，请对照证件核对。")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise Wrong("身份证号码前17位应为数字，末位为数字或X，请对照证件核对。")
    if number[:2] not in _PROVINCES or number[2:6] == "0000":
        raise Wrong("身份证号码前6位不是有效的地区代码，请对照证件核对。")
    born = _day(number[6:14])
    if born is None or born < "1880-01-01":
        raise Wrong("身份证号码第7至14位不是真实的出生日期，请对照证件核对。")
    if today and born > today:
        raise Wrong("身份证号码中的出生日期晚于今天，请对照证件核对。")
    if number[-1] != identity_check_digit(number[:17]):
        raise Wrong("身份证号码的校验位不符，可能有一位写错，请对照证件逐位核对。")
    return number


def old_identity(text: str) -> str:
    """A fifteen-digit number of the first generation."""
    number = tidy(text)
    if not re.fullmatch(r"[0-9]{15}", number) or _day("19" + number[6:12]) is None:
        raise Wrong("15位旧证号码应为15位数字，第7至12位为出生年月日，请对照证件核对。")
    return number


def _day(digits: str) -> str | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).isoformat()
    except ValueError:
        return None


def credit_check_digit(first17: str) -> str:
    """The eighteenth character that GB 32100 puts behind seventeen."""
    total = sum(_CREDIT_LETTERS.index(letter) * pow(3, place, 31) for place, letter in enumerate(first17))
    return _CREDIT_LETTERS[-total % 31]


def credit_code(text: str) -> str:
    """A unified social credit code by GB 32100-2015, in its canonical spelling."""
    code = tidy(text).upper()
    if len(code) != 18:
        raise Wrong(f"统一社会信用代码应为18位，现为{len(code)}位，请对照证照核对。")
    if not set(code) <= set(_CREDIT_LETTERS):
        raise Wrong("统一社会信用代码只用数字和大写字母（不用 I、O、S、V、Z），请对照证照核对。")
    if code[-1] != credit_check_digit(code[:17]):
        raise Wrong("统一社会信用代码的校验位不符，可能有一位写错，请对照证照逐位核对。")
    return code


def phone(text: str) -> str:
    """A mainland mobile number, or a landline as area code, dash, number."""
    number = re.sub(r"^(\+|00)86-?", "", tidy(text).replace("—", "-").replace("–", "-"))
    mobile = number.replace("-", "")
    if _MOBILE.fullmatch(mobile) and number.isascii():
        return mobile
    landline = _LANDLINE.fullmatch(number)
    if landline and number.isascii():
        return "-".join(part for part in landline.groups() if part)
    raise Wrong("电话应为11位手机号码，或带区号的固定电话（如0477-8581234），请核对。")


def bank_account(text: str) -> str:
    """A bank account or card number: digits only."""
    number = tidy(text).replace("-", "")
    if not re.fullmatch(r"[0-9]{8,30}", number):
        raise Wrong("银行账号应为8至30位数字，请对照银行卡或存折核对。")
    return number


_CODES = {"credit_code": credit_code, "phone": phone, "bank_account": bank_account}


def code(kind: str, text: str, today: str = "") -> str:
    """The canonical spelling of a number of this kind, or `Wrong`."""
    return identity(text, today) if kind == "identity" else _CODES[kind](text)


def number(text: str) -> Decimal:
    """A number as people write it: full-width digits and thousands separators included."""
    plain = tidy(text).replace(",", "").removesuffix("元")
    if len(plain) > 40:
        raise Wrong("数字最多15位，请核对。")
    try:
        if not re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", plain):
            raise InvalidOperation
        return exact(Decimal(plain))
    except InvalidOperation:
        raise Wrong("应填写数字，如 12 或 12.5。") from None


def exact(value: Decimal) -> Decimal:
    """The number, if it survives a journey through JSON unchanged."""
    if not value.is_finite():
        raise Wrong("应填写数字，如 12 或 12.5。")
    significant = "".join(map(str, value.as_tuple().digits)).strip("0")
    if significant and (len(significant) > 15 or not -15 <= value.adjusted() < 15):
        raise Wrong("数字最多15位，请核对。")
    return value


def places(value: Decimal) -> int:
    """How many decimals the number really has."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def json_number(value: Decimal) -> int | float:
    """The same number as JSON writes it."""
    return int(value) if value == value.to_integral_value() else float(value)


def masked(kind: str, plain: str) -> str:
    """The number with its middle hidden: what a screen may show of it."""
    if kind == "identity" and len(plain) >= 15:
        return plain[:6] + "*" * (len(plain) - 10) + plain[-4:]
    if kind == "phone" and len(plain) >= 7:
        return plain[:3] + "*" * (len(plain) - 7) + plain[-4:]
    return "*" * max(0, len(plain) - 4) + plain[-4:] if len(plain) > 4 else "*" * len(plain)
