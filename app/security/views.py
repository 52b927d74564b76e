"""Routes: signing in and out, one's own account, uncovering nothing; reading the audit."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, current_app, redirect, request, session, url_for
from flask_login import current_user, logout_user

from app import policy
from app.door import perform, reading
from app.pages import decode_cursor, encode_cursor, go, page
from app.policy import allow
from app.scope import provable
from app.security import passwords, queries, sessions, trail
from app.security.commands import ChangePassword, NeedsCode, SignIn, SignInRefused, SignOut
from app.security.deeds import deed
from workflows.cases import UnknownCase

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.organisation.queries import AccountView
    from app.settings import Settings

bp = Blueprint("security", __name__, template_folder="templates")
bp.record_once(sessions.bind)
bp.before_app_request(sessions.admit)

FIRST_PAGES = {
    "audit_officer": "security.audit",
    "security_officer": "officers.grants",
    "system_officer": "officers.accounts",
}
"""Where an officer arrives; everybody else at their work."""


def _cost() -> str:
    return cast("Settings", current_app.extensions["settings"]).password_cost


@bp.get("/sign-in")
@allow(policy.public)
def sign_in() -> ResponseReturnValue:
    """The sign-in page; who is signed in already goes on."""
    if current_user.is_authenticated:
        return arrive(current_user.view)
    return sign_in_page(next=sessions.local_path(request.args.get("next")), left="left" in request.args)


def sign_in_page(status: int = 200, **shown: Any) -> ResponseReturnValue:
    """The form, with the other way in where there is one."""
    return page("security/sign_in.html", status, oidc=current_app.extensions["settings"].oidc, **shown)


@bp.post("/sign-in")
@allow(policy.public)
def open_session() -> ResponseReturnValue:
    """Check the password and begin a session."""
    username, password = request.form.get("username", "").strip(), request.form.get("password", "")
    proof = passwords.prove(reading(), username, password, _cost())
    signed_in = perform(SignIn(proof=proof, at=sessions.machine_now()))
    if isinstance(signed_in, NeedsCode):
        return sessions.await_code(signed_in, sessions.local_path(request.form.get("next")))
    view = sessions.enter(signed_in) if signed_in else None
    if view is None:
        back = sessions.local_path(request.form.get("next"))
        return sign_in_page(403, next=back, username=username, refused=SignInRefused.sentence)
    return arrive(view)


def arrive(view: AccountView, wanted: str | None = None) -> ResponseReturnValue:
    """Lead whoever was let in to the page they wanted, or to their first."""
    wanted = wanted or sessions.local_path(request.values.get("next"))
    if view.must_change:
        return redirect(url_for("security.me"), code=303)
    return redirect(wanted or url_for(FIRST_PAGES.get(view.kind, "inbox.index")), code=303)


@bp.post("/sign-out")
@allow(policy.signed_in)
def sign_out() -> ResponseReturnValue:
    """End this session."""
    perform(SignOut(session_id=current_user.session_id, at=sessions.machine_now()))
    return _leave("已退出登录。")


@bp.post("/sign-out/everywhere")
@allow(policy.signed_in)
def sign_out_everywhere() -> ResponseReturnValue:
    """End every session and token of the account."""
    perform(SignOut(everywhere=True))
    return _leave("已在所有设备上退出登录，接口令牌也已失效。")


def _leave(said: str) -> ResponseReturnValue:
    left = "yes" if session.get("by") == "oidc" else None
    logout_user()
    session.clear()
    return go("security.sign_in", said, left=left)


@bp.get("/me")
@allow(policy.signed_in)
def me() -> ResponseReturnValue:
    """One's own account: name, units and roles, password."""
    return _me(current_user.view, {})


def _me(account: AccountView, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    return page(
        "security/me.html",
        status,
        account=account,
        errors=errors,
        rules=sessions.rules_now(),
        handles_work=policy.handles_work.admits(current_user.actor),
    )


@bp.post("/me/password")
@allow(policy.signed_in)
def change_password() -> ResponseReturnValue:
    """Change one's own password; this session goes on, all others end."""
    account: AccountView = current_user.view
    form = request.form
    proof = passwords.prove(reading(), account.username, form.get("present", ""), _cost())
    new = form.get("new", "")
    in_force = sessions.rules_now()
    errors = passwords.faults(new, account.username, form.get("repeated", ""), in_force)
    if "new" not in errors and passwords.used_before(
        reading(), account.account_id, new, in_force.password_history
    ):
        errors["new"] = "这个密码最近用过，请换一个。"
    if not proof.matched:
        errors["present"] = "当前密码不正确。"
    if errors:
        return _me(account, errors, 422)
    command = ChangePassword(
        proof=proof, password_hash=passwords.hashed(new, _cost()), at=sessions.machine_now()
    )
    sessions.enter(perform(command))
    return go("security.me", "密码已更改，其他设备上的登录已退出。")


@bp.get("/audit")
@allow(policy.audits)
def audit() -> ResponseReturnValue:
    """The audit, newest first, as far as the reader may see it."""
    wanted = trail.wanted(request.args)
    after = _after(request.args.get("after"))
    entries = queries.audit_entries(reading(), current_user.actor, wanted, after=after)
    shown = entries[: queries.PAGE_ROWS]
    more = len(entries) > len(shown)
    return page(
        "security/audit.html",
        fragment="security/audit.html",
        rows=shown,
        deed=deed,
        next_url=_older(shown[-1]) if more else None,
        first_url=url_for("security.audit", **_asked()) if after else None,
        fields=trail.fields(reading()),
        asked=_asked(),
        proven=_proven(wanted.case),
    )


def _proven(number: str | None) -> str | None:
    """The number of the case the list is narrowed to, if the reader may take its evidence."""
    try:
        return provable(reading(), current_user.actor, number).number if number else None
    except UnknownCase:
        return None


def _asked() -> dict[str, Any]:
    return trail.asked(request.args)


def _older(entry: queries.EntryView) -> str:
    at, stream, seq = queries.cursor_of(entry)
    return url_for("security.audit", after=encode_cursor(at.isoformat(), stream, seq), **_asked())


def _after(cursor: str | None) -> queries.Cursor | None:
    match decode_cursor(cursor):
        case [str(at), str(stream), int(seq)]:
            try:
                return datetime.fromisoformat(at), stream, seq
            except ValueError:
                return None
        case _:
            return None
