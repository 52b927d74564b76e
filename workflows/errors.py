"""Every refusal of the system: a stable code for programs, one Chinese sentence for people."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """A request that a rule forbids. ``str()`` gives the sentence the person reads."""

    code: ClassVar[str] = "refused"
    sentence: ClassVar[str] = "此操作不能进行。"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.sentence.format(**facts))


class NotFound(Refusal):
    """What was asked for does not exist, or must look as if it did not."""

    code = "not_found"
    sentence = "没有找到所要的内容，可能已被移走或编号有误。"


class NotAllowed(Refusal):
    """The person may not do this to this object."""

    code = "not_allowed"
    sentence = "您没有办理此事的权限；如职责有变，请联系本单位管理员。"


class Conflict(Refusal):
    """The world has moved on since the person looked."""

    code = "conflict"
    sentence = "内容已被他人更新，请刷新后再试。"


class Invalid(Refusal):
    """What was filled in does not pass; ``errors`` maps a field path to its sentence."""

    code = "invalid"
    sentence = "填写的内容有误，请按提示修改。"

    def __init__(self, errors: dict[str, str] | None = None, **facts: object) -> None:
        super().__init__(**facts)
        self.errors: dict[str, str] = errors or {}


class TooMany(Refusal):
    """The same was asked too often in too short a time."""

    code = "too_many"
    sentence = "操作过于频繁，请稍后再试。"


class Unavailable(Refusal):
    """The database cannot be reached or stays locked; nothing was changed."""

    code = "database.unavailable"
    sentence = "数据库暂时无法使用，本次操作没有生效，填写的内容仍在页面上，请稍后重试。"


_CONSTRAINTS: dict[str, tuple[str, str]] = {}


def constraint(name: str, code: str, sentence: str) -> str:
    """Register what a person reads when the database refuses by constraint ``name``; gives ``name``."""
    _CONSTRAINTS[name] = (code, sentence)
    return name


def refusal_of_constraint(message: str) -> Refusal | None:
    """The refusal belonging to a database error text, when it names a registered constraint."""
    for name, (code, sentence) in _CONSTRAINTS.items():
        if name in message:
            kind = type("ConstraintConflict", (Conflict,), {"code": code, "sentence": sentence})
            refusal: Refusal = kind()
            return refusal
    return None
