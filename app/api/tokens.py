"""Getting a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app

from app import door, policy
from app.api import asking
from app.api.answering import said
from app.api.calls import Call
from app.api.shapes import instant
from app.security import passwords, sessions
from app.security.commands import IssueToken, SignInRefused

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.settings import Settings


@Call(
    "POST",
    "/tokens",
    policy.public,
    summary="以用户名和密码取得令牌，随后每次请求带上 Authorization: Bearer",
    body="SignIn",
    gives="Token",
    refusals=(SignInRefused,),
    keyed=False,
)
def token() -> ResponseReturnValue:
    """A bearer token; never kept in plain, so a repeated request gets another."""
    given = asking.body("SignIn")
    settings = cast("Settings", current_app.extensions["settings"])
    proof = passwords.prove(door.reading(), given["username"], given["password"], settings.password_cost)
    command = IssueToken(
        proof=proof,
        issued_at=sessions.machine_now(),
        code=given.get("code") or "",
        factor_needed=settings.officer_totp == "required",
    )
    issued = door.perform(command)
    if issued is None:
        return sessions.unauthorised(SignInRefused.code, SignInRefused.sentence)
    return said({"token": issued.token, "expires_at": instant(issued.expires_at)})
