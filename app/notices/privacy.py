"""What a notice must not say: whatever is sealed in its case, long numbers, and illnesses.

The Personal Information Protection Law (个人信息保护法第25、28条) keeps these out of public sight.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from app.security import sealing
from workflows.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){13,}[Xx]?")
"""Identity numbers and bank accounts; no telephone number has as many digits."""

_ILLNESS = re.compile(
    r"癌|肿瘤|白血病|糖尿病|高血压|尿毒症|血液透析|肝炎|肝硬化|结核|艾滋|梅毒|脑梗|脑出血|中风|偏瘫|瘫痪|心脏病|冠心病|"
    r"肾病|精神病|精神障碍|精神分裂|抑郁症|癫痫|因病|大病(?!保险|救助)|慢性病|重病|患病|患有"
)

_LEAST_LENGTH = 4
"""A sealed value shorter than this cannot be told from ordinary words."""


class TellsTooMuch(Invalid):
    """The text of a notice carries what must not be published."""

    code = "notice.personal"
    sentence = "公示内容含有不得公开的个人信息，请修改后再发布。"


def check(texts: Mapping[str, str], variables: Mapping[str, Any], *, hidden_name: str = "") -> None:
    """Refuse when a text (by the key of its field) says something personal; raises TellsTooMuch."""
    secrets = [_plain(value) for value in sealed_values(variables)]
    found = {key: sentence for key, text in texts.items() if (sentence := _fault(text, secrets, hidden_name))}
    if found:
        raise TellsTooMuch(found)


def sealed_values(value: object) -> Iterator[str]:
    """Every sealed value in a case's variables, opened."""
    if sealing.is_sealed(value):
        yield sealing.unseal(value)  # type: ignore[arg-type]
    elif isinstance(value, dict):
        for inner in value.values():
            yield from sealed_values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from sealed_values(inner)


def tells_of_illness(text: str) -> bool:
    """Whether a text names an illness or says that somebody has one."""
    return _ILLNESS.search(_plain(text)) is not None


def _fault(text: str, secrets: list[str], hidden_name: str) -> str | None:
    plain = _plain(text)
    if any(len(secret) >= _LEAST_LENGTH and secret in plain for secret in secrets):
        return "含有申请材料中的身份证号、电话或账号，不得公示，请删去。"
    if _LONG_NUMBER.search(unicodedata.normalize("NFKC", text)):
        return "含有长串数字，疑为身份证号或账号，不得公示，请删去。"
    illness = _ILLNESS.search(plain)
    if illness:
        return f"含有病情信息（“{illness[0]}”），不得公示，请改写。"
    if hidden_name and hidden_name in text:
        return "本事项的公示须隐去名字，内容中却写有户主全名，请删去。"
    return None


def _plain(text: str) -> str:
    """Half-width, upper case, without the blanks and dashes a number may be written with."""
    return re.sub(r"[\s\-—–]", "", unicodedata.normalize("NFKC", text)).upper()
