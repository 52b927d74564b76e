"""Pages of the security officer: roles, locks, sessions, and the rules of signing in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from flask import current_app, request

from app import door, policy
from app.errors import status_of
from app.officers import queries
from app.officers.commands import (
    EndSession,
    LinkSubject,
    LockAccount,
    NoSuchAccount,
    SetSignInRules,
    UnlockAccount,
)
from app.officers.views import STATES, behind, bp, words
from app.organisation import queries as organisation
from app.organisation.commands import GrantIsOver, GrantRole, RevokeRole
from app.organisation.roles import ROLES
from app.pages import PAGE_ROWS, go, page, paged
from app.security import rules, sessions
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from app.settings import Settings
    from workflows.commands import Command


def _roles() -> list[tuple[str, str]]:
    return [(role.id, role.name) for role in ROLES.values()]


@bp.get("/security/grants")
@policy.allow(policy.secures)
def grants() -> ResponseReturnValue:
    """授权: who acts where."""
    args = request.args
    found = queries.grants(
        door.reading(), words=words(), role=args.get("role", ""), after=behind(), limit=PAGE_ROWS + 1
    )
    return page(
        "officers/grants.html",
        listed=paged(found, PAGE_ROWS, lambda row: (row.id,)),
        roles=_roles(),
        onward=behind() is not None,
    )


@bp.get("/security/grants/new")
@policy.allow(policy.secures)
def ask_grant() -> ResponseReturnValue:
    """The form of a new role."""
    return _ask_grant({})


def _ask_grant(errors: dict[str, str], status: int = 200, problem: str | None = None) -> ResponseReturnValue:
    return page(
        "officers/grant_new.html",
        status,
        given=request.form or request.args,
        errors=errors,
        problem=problem,
        roles=_roles(),
        units=queries.units_to_choose(door.reading()),
    )


@bp.post("/security/grants/new")
@policy.allow(policy.secures)
def grant() -> ResponseReturnValue:
    """授予."""
    form = request.form
    found = organisation.account_named(door.reading(), form.get("username", "").strip())
    unit = form.get("unit", "")
    errors = {}
    if found is None:
        errors["username"] = "没有这个用户名，或账号已停用、锁定。"
    if not unit.isdecimal():
        errors["unit"] = "请选择单位。"
    if errors or found is None:
        return _ask_grant(errors, 422)
    command = GrantRole(person_id=found.person_id, unit_id=int(unit), role=form.get("role", ""))
    try:
        door.perform(command)
    except Invalid as refusal:
        return _ask_grant(refusal.errors, 422)
    except Refusal as refusal:
        return _ask_grant({}, status_of(refusal), str(refusal))
    return go("officers.grants", f"已授予，{found.name}现在就可以办理。", q=found.username)


@bp.get("/security/grants/<int:grant_id>/revoke")
@policy.allow(policy.secures)
def ask_revoke(grant_id: int) -> ResponseReturnValue:
    """The question before 收回."""
    return _ask_revoke(grant_id, {})


def _ask_revoke(grant_id: int, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    found = queries.grant(door.reading(), grant_id)
    if found is None:
        raise GrantIsOver
    return page("officers/revoke.html", status, grant=found, given=request.form, errors=errors)


@bp.post("/security/grants/<int:grant_id>/revoke")
@policy.allow(policy.secures)
def revoke(grant_id: int) -> ResponseReturnValue:
    """收回."""
    try:
        door.perform(RevokeRole(grant_id=grant_id, reason=request.form.get("reason", "")))
    except Invalid as refusal:
        return _ask_revoke(grant_id, refusal.errors, 422)
    return go("officers.grants", "已收回，立即生效。")


@bp.get("/security/accounts")
@policy.allow(policy.secures)
def locks() -> ResponseReturnValue:
    """账号锁定: every account, with how it stands."""
    found = queries.accounts(
        door.reading(),
        words=words(),
        state=request.args.get("state", ""),
        now=door.now(),
        after=behind(),
        limit=PAGE_ROWS + 1,
    )
    return page(
        "officers/locks.html",
        listed=paged(found, PAGE_ROWS, lambda row: (row.id,)),
        states=STATES,
        onward=behind() is not None,
    )


@bp.get("/security/accounts/<int:account_id>")
@policy.allow(policy.secures)
def lock(account_id: int) -> ResponseReturnValue:
    """One account: its lock, its roles, its open sessions."""
    return _lock(account_id)


def _lock(account_id: int, status: int = 200, **shown: Any) -> ResponseReturnValue:
    session, machine = door.reading(), sessions.machine_now()
    found = queries.account(session, account_id)
    if found is None:
        raise NoSuchAccount
    longest = timedelta(hours=sessions.rules_now().session_hours)
    return page(
        "officers/lock.html",
        status,
        account=found,
        grants=queries.grants(session, account_id=account_id, limit=50),
        sessions=queries.sessions(session, now=machine, longest=longest, account_id=account_id),
        tokens=queries.tokens(session, account_id, machine),
        me=door.current_actor().account_id,
        oidc=current_app.extensions["settings"].oidc,
        given=request.form,
        **{"errors": {}, "problem": None, **shown},
    )


@bp.post("/security/accounts/<int:account_id>/lock")
@policy.allow(policy.secures)
def lock_account(account_id: int) -> ResponseReturnValue:
    """锁定."""
    command = LockAccount(account_id=account_id, reason=request.form.get("reason", ""))
    return _on_account(account_id, command, "已锁定，登录和令牌立即失效。")


@bp.post("/security/accounts/<int:account_id>/unlock")
@policy.allow(policy.secures)
def unlock_account(account_id: int) -> ResponseReturnValue:
    """解锁."""
    command = UnlockAccount(account_id=account_id, reason=request.form.get("reason", ""))
    return _on_account(account_id, command, "已解锁。")


def _on_account(account_id: int, command: Command[Any], said: str) -> ResponseReturnValue:
    try:
        door.perform(command)
    except Invalid as refusal:
        return _lock(account_id, 422, errors=refusal.errors)
    except Refusal as refusal:
        return _lock(account_id, status_of(refusal), problem=str(refusal))
    return go("officers.lock", said, account_id=account_id)


@bp.post("/security/accounts/<int:account_id>/subject")
@policy.allow(policy.secures)
def link_subject(account_id: int) -> ResponseReturnValue:
    """关联 an account with the provider's subject."""
    settings = cast("Settings", current_app.extensions["settings"])
    if settings.oidc is None:
        return _lock(account_id, 409, problem="本系统没有开通统一身份认证。")
    command = LinkSubject(
        account_id=account_id,
        issuer=settings.oidc.issuer,
        subject=request.form.get("subject", ""),
        reason=request.form.get("why", ""),
    )
    try:
        door.perform(command)
    except Invalid as refusal:
        errors = {"why" if name == "reason" else name: said for name, said in refusal.errors.items()}
        return _lock(account_id, 422, errors=errors)
    except Refusal as refusal:
        return _lock(account_id, status_of(refusal), problem=str(refusal))
    return go("officers.lock", "已更新关联。", account_id=account_id)


@bp.get("/security/sessions")
@policy.allow(policy.secures)
def open_sessions() -> ResponseReturnValue:
    """登录会话."""
    in_force = sessions.rules_now()
    found = queries.sessions(
        door.reading(),
        now=sessions.machine_now(),
        longest=timedelta(hours=in_force.session_hours),
        words=words(),
        after=behind(),
        limit=PAGE_ROWS + 1,
    )
    return page(
        "officers/sessions.html",
        listed=paged(found, PAGE_ROWS, lambda row: (row.id,)),
        rules=in_force,
        onward=behind() is not None,
    )


@bp.post("/security/sessions/<int:session_id>/end")
@policy.allow(policy.secures)
def end_session(session_id: int) -> ResponseReturnValue:
    """结束 one."""
    door.perform(EndSession(session_id=session_id, at=sessions.machine_now()))
    return go("officers.open_sessions", "已结束，对方再操作时须重新登录。")


@bp.post("/security/tokens/<int:token_id>/end")
@policy.allow(policy.secures)
def end_token(token_id: int) -> ResponseReturnValue:
    """Void a program's token."""
    account_id = door.perform(EndSession(session_id=token_id, token=True, at=sessions.machine_now()))
    return go("officers.lock", "令牌已作废。", account_id=account_id)


@bp.get("/security/rules")
@policy.allow(policy.secures)
def ask_rules() -> ResponseReturnValue:
    """登录规则."""
    return _ask_rules({})


def _ask_rules(errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    return page(
        "officers/rules.html",
        status,
        bounds=rules.BOUNDS,
        given={**sessions.rules_now().said(), **request.form},
        earlier=queries.rules_set(door.reading()),
        errors=errors,
    )


@bp.post("/security/rules")
@policy.allow(policy.secures)
def set_rules() -> ResponseReturnValue:
    """Put them in force."""
    said = {name: _number(request.form.get(name, "")) for name in rules.BOUNDS}
    try:
        door.perform(SetSignInRules(said=said, reason=request.form.get("reason", "")))
    except Invalid as refusal:
        return _ask_rules(refusal.errors, 422)
    return go("officers.ask_rules", "已生效。")


def _number(typed: str) -> int:
    """What was typed as a number; what is none stays out of every bound."""
    text = typed.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1
