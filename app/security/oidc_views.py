"""The way to the provider of a sign-in beside passwords, and back."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, cast

import structlog
from flask import current_app, redirect, request, session, url_for

from app import policy
from app.door import perform
from app.policy import allow
from app.security import sessions
from app.security.commands import NeedsCode
from app.security.linking import SignInByOidc, linked
from app.security.oidc import Provider, ProviderAway, Untrusted
from app.security.views import arrive, bp, sign_in_page
from workflows.errors import NotFound

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.settings import Settings

log = structlog.get_logger("oidc")

ASKED_FOR = 600
"""So many seconds after setting out one may come back."""

REFUSED = (
    "统一身份认证没有成功：身份未关联本系统账号、账号已停用或锁定，或返回的内容不可信。"
    "请重新登录；仍不成功请联系安全管理员。"
)


class NoProvider(NotFound):
    """This installation has passwords only."""

    code = "oidc.none"
    sentence = "本系统没有开通统一身份认证，请用密码登录。"


def _provider() -> Provider:
    settings = cast("Settings", current_app.extensions["settings"]).oidc
    if settings is None:
        raise NoProvider
    found: Provider = current_app.extensions.setdefault("oidc", Provider(settings))
    return found


def _address(endpoint: str) -> str:
    """One of our addresses as the outside knows it."""
    base = cast("Settings", current_app.extensions["settings"]).outside.public_url
    return base.rstrip("/") + url_for(endpoint) if base else url_for(endpoint, _external=True)


@bp.get("/sign-in/oidc")
@allow(policy.public)
def ask_provider() -> ResponseReturnValue:
    """Set out; what has to come back stays in the signed cookie."""
    provider = _provider()
    try:
        asked = provider.ask(_address("security.from_provider"))
    except ProviderAway as away:
        return sign_in_page(503, refused=str(away))
    session["oidc"] = {
        "state": asked.state,
        "nonce": asked.nonce,
        "verifier": asked.verifier,
        "since": int(sessions.machine_now().timestamp()),
        "next": sessions.local_path(request.args.get("next")),
    }
    return redirect(asked.address, code=303)


@bp.get("/sign-in/oidc/back")
@allow(policy.public)
def from_provider() -> ResponseReturnValue:
    """Come back: check everything, open the session of the account that is linked."""
    provider = _provider()
    # Taken out whatever happens: an answer counts once.
    asked = session.pop("oidc", None) or {}
    subject, failure = "", ""
    try:
        subject = _subject(provider, asked)
    except Untrusted as wrong:
        failure = str(wrong)
        log.warning("sign-in not trusted", why=failure)
    except ProviderAway as away:
        return sign_in_page(503, refused=str(away))
    kept = linked(provider.settings.issuer, subject) if subject else ""
    signed_in = perform(SignInByOidc(subject=kept, failure=failure, at=sessions.machine_now()))
    if isinstance(signed_in, NeedsCode):
        return sessions.await_code(signed_in, asked.get("next"))
    view = sessions.enter(signed_in) if signed_in else None
    if view is None:
        return sign_in_page(403, refused=REFUSED)
    session["by"] = "oidc"
    return arrive(view, asked.get("next"))


def _subject(provider: Provider, asked: dict[str, str]) -> str:
    """Whom the provider vouches for; raises Untrusted."""
    args, state = request.args, str(asked.get("state") or "")
    late = int(sessions.machine_now().timestamp()) - int(asked.get("since") or 0) > ASKED_FOR
    if not state or late or not secrets.compare_digest(state, args.get("state", "")):
        raise Untrusted("state")
    if "error" in args or not args.get("code"):
        raise Untrusted(f"refused there: {args.get('error', '')[:60]}")
    back = _address("security.from_provider")
    return provider.subject(args["code"], back, str(asked["nonce"]), str(asked["verifier"]))


@bp.get("/sign-in/oidc/out")
@allow(policy.public)
def leave_provider() -> ResponseReturnValue:
    """Leave the provider too, where it offers that."""
    provider = _provider()
    home = _address("security.sign_in")
    try:
        return redirect(provider.leaving(home) or home, code=303)
    except ProviderAway:
        return redirect(home, code=303)
