"""Pages of the second factor: setting it up once, and the code that is asked for after the password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from flask import redirect, request, url_for
from flask_login import current_user

from app import policy
from app.door import perform, reading
from app.pages import go, page
from app.policy import allow
from app.security import factors, sessions
from app.security.commands import SignInByCode
from app.security.factors import BeginFactor, ConfirmFactor
from app.security.views import arrive, bp
from workflows.errors import Invalid

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

WRONG = "验证码不对、已用过，或账号已锁定（连续输错会暂时锁定）。请等手机换出新的数字再试。"


@bp.get("/me/second-factor")
@allow(policy.is_officer)
def factor() -> ResponseReturnValue:
    """动态口令: what stands, or what to do."""
    return _factor({})


def _factor(errors: dict[str, str], status: int = 200, words: tuple[str, ...] = ()) -> ResponseReturnValue:
    view = current_user.view
    secret = None if view.factor or words else factors.begun(reading(), view.account_id)
    return page(
        "security/factor.html",
        status,
        stands=view.factor,
        needed=sessions.factor_needed(),
        secret=secret,
        picture=_picture(factors.address(secret, view.username)) if secret else None,
        words=words,
        errors=errors,
    )


def _picture(address: str) -> str:
    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="white"))


@bp.post("/me/second-factor")
@allow(policy.is_officer)
def begin_factor() -> ResponseReturnValue:
    """Make a secret."""
    perform(BeginFactor())
    return go("security.factor")


@bp.post("/me/second-factor/confirm")
@allow(policy.is_officer)
def confirm_factor() -> ResponseReturnValue:
    """The phone has it: the recovery words are shown this once."""
    try:
        words = perform(ConfirmFactor(code=request.form.get("code", ""), at=sessions.machine_now()))
    except Invalid as refusal:
        return _factor(refusal.errors, 422)
    return _factor({}, words=words)


@bp.get("/sign-in/code")
@allow(policy.public)
def ask_code() -> ResponseReturnValue:
    """The second question of signing in."""
    if sessions.code_awaited() is None:
        return redirect(url_for("security.sign_in"), code=303)
    return page("security/code.html", next=sessions.local_path(request.args.get("next")))


@bp.post("/sign-in/code")
@allow(policy.public)
def give_code() -> ResponseReturnValue:
    """Check it and begin the session."""
    awaited = sessions.code_awaited()
    if awaited is None:
        return redirect(url_for("security.sign_in"), code=303)
    command = SignInByCode(
        account_id=awaited.account_id,
        epoch=awaited.epoch,
        code=request.form.get("code", "")[:40],
        at=sessions.machine_now(),
    )
    signed_in = perform(command)
    view = sessions.enter(signed_in) if signed_in else None
    if view is None:
        back = sessions.local_path(request.form.get("next"))
        return page("security/code.html", 403, next=back, refused=WRONG)
    return arrive(view)
