"""Pages of the system officer: units, people with their accounts, and how the installation stands."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, current_app, request

from app import door, policy
from app.errors import status_of
from app.officers import queries, state
from app.officers.commands import EnterStaff, NoSuchAccount
from app.organisation.commands import CreateUnit, SetAccountActive
from app.organisation.models import CASEWORK
from app.organisation.roles import DEPARTMENT_ROLE, DEPARTMENTS, ROLES
from app.pages import PAGE_ROWS, after, go, page, paged, row_number
from app.relatives import queries as relatives
from app.security import passwords, sealing
from app.security.commands import ResetPassword
from forms.validators import Wrong, code
from workflows.errors import Invalid, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.typing import ResponseReturnValue

    from app.settings import Settings

bp = Blueprint("officers", __name__, template_folder="templates")

LEVELS = {"village": "村级", "township": "乡级", "county": "县级", "department": "县级部门", "farm": "农场"}
WORKING = [("casework", "工作人员"), ("household", "农牧户")]
STATES = [("locked", "已锁定"), ("stopped", "已停用")]


def behind() -> int | None:
    """After which row the list goes on."""
    found = after(request.args.get("cursor"), row_number)
    return found[0] if found else None


def words() -> str:
    """What is looked for."""
    return request.args.get("q", "").strip()[:60]


def first_password() -> str:
    """A password nobody knows yet, with letters and digits, long enough for every rule."""
    return f"{secrets.token_urlsafe(12)}-7x"


def _hashed(password: str) -> str:
    settings = cast("Settings", current_app.extensions["settings"])
    return passwords.hashed(password, settings.password_cost)


@bp.get("/system/accounts")
@policy.allow(policy.administers)
def accounts() -> ResponseReturnValue:
    """人员账号."""
    args = request.args
    found = queries.accounts(
        door.reading(),
        words=words(),
        kind=args.get("kind", ""),
        state=args.get("state", ""),
        now=door.now(),
        after=behind(),
        limit=PAGE_ROWS + 1,
    )
    return page(
        "officers/accounts.html",
        listed=paged(found, PAGE_ROWS, lambda row: (row.id,)),
        kinds=list(queries.KINDS.items()),
        states=STATES,
        onward=behind() is not None,
        declared=_declared(found),
    )


def _declared(rows: Iterable[queries.AccountRow]) -> dict[int, str]:
    """By account id, whether staff have declared their relatives, in a word; never what."""
    staff = {row.person_id: row.id for row in rows if row.kind == CASEWORK}
    states = relatives.states(door.reading(), staff)
    return {
        staff[person]: "未申报" if state == relatives.UNDECLARED else "已申报"
        for person, state in states.items()
    }


@bp.get("/system/accounts/new")
@policy.allow(policy.administers)
def ask_account() -> ResponseReturnValue:
    """The form of a new person with their account."""
    return _ask_account({})


def _ask_account(
    errors: dict[str, str], status: int = 200, problem: str | None = None
) -> ResponseReturnValue:
    return page(
        "officers/account_new.html",
        status,
        given=request.form,
        errors=errors,
        problem=problem,
        kinds=WORKING,
    )


@bp.post("/system/accounts/new")
@policy.allow(policy.administers)
def enter() -> ResponseReturnValue:
    """Enter both; the first password is shown this once."""
    form = request.form
    phone, errors = _sealed("phone")
    identity, more = _sealed("identity")
    if errors or more:
        return _ask_account({**errors, **more}, 422)
    password = first_password()
    command = EnterStaff(
        name=form.get("name", ""),
        username=form.get("username", ""),
        kind=form.get("kind", ""),
        password_hash=_hashed(password),
        phone=phone,
        identity=identity,
    )
    try:
        account_id = door.perform(command)
    except Invalid as refusal:
        return _ask_account(refusal.errors, 422)
    except Refusal as refusal:
        return _ask_account({}, status_of(refusal), str(refusal))
    return _account(account_id, password=password)


def _sealed(name: str) -> tuple[dict[str, str] | None, dict[str, str]]:
    """A number as it is kept, or why it cannot be."""
    plain = request.form.get(name, "").strip()
    if not plain:
        return None, {}
    try:
        return sealing.seal(name, code(name, plain)), {}
    except Wrong as wrong:
        return None, {name: str(wrong)}


@bp.get("/system/accounts/<int:account_id>")
@policy.allow(policy.administers)
def account(account_id: int) -> ResponseReturnValue:
    """One account, with what may be done with it."""
    return _account(account_id)


def _account(account_id: int, status: int = 200, **shown: Any) -> ResponseReturnValue:
    session = door.reading()
    found = queries.account(session, account_id)
    if found is None:
        raise NoSuchAccount
    return page(
        "officers/account.html",
        status,
        account=found,
        grants=queries.grants(session, account_id=account_id, limit=50),
        declared=_declared([found]).get(found.id),
        me=door.current_actor().account_id,
        given=request.form,
        **{"errors": {}, "problem": None, "password": None, **shown},
    )


@bp.post("/system/accounts/<int:account_id>/active")
@policy.allow(policy.administers)
def set_active(account_id: int) -> ResponseReturnValue:
    """停用 or 启用."""
    active = request.form.get("active") == "yes"
    command = SetAccountActive(account_id=account_id, active=active, reason=request.form.get("reason", ""))
    try:
        door.perform(command)
    except Invalid as refusal:
        return _account(account_id, 422, errors=refusal.errors)
    except Refusal as refusal:
        return _account(account_id, status_of(refusal), problem=str(refusal))
    said = "已启用。" if active else "已停用，登录和令牌立即失效。"
    return go("officers.account", said, account_id=account_id)


@bp.post("/system/accounts/<int:account_id>/password")
@policy.allow(policy.administers)
def reset(account_id: int) -> ResponseReturnValue:
    """重置密码; the new one is shown this once."""
    password = first_password()
    command = ResetPassword(
        account_id=account_id, password_hash=_hashed(password), reason=request.form.get("why", "")
    )
    try:
        door.perform(command)
    except Invalid as refusal:
        return _account(account_id, 422, errors={"why": refusal.errors["reason"]})
    except Refusal as refusal:
        return _account(account_id, status_of(refusal), problem=str(refusal))
    return _account(account_id, password=password)


@bp.get("/system/units")
@policy.allow(policy.administers)
def units() -> ResponseReturnValue:
    """单位."""
    found = queries.units(door.reading(), words=words(), after=behind(), limit=PAGE_ROWS + 1)
    return page(
        "officers/units.html",
        listed=paged(found, PAGE_ROWS, lambda row: (row.id,)),
        levels=LEVELS,
        onward=behind() is not None,
    )


@bp.get("/system/units/new")
@policy.allow(policy.administers)
def ask_unit() -> ResponseReturnValue:
    """The form of a new unit."""
    return _ask_unit({})


def _ask_unit(errors: dict[str, str], status: int = 200, problem: str | None = None) -> ResponseReturnValue:
    offices = {role.office: role.name for role in ROLES.values() if ":" not in role.id}
    offices |= {"village_committee": "村（嘎查）委员会", "rural_revitalisation": "乡村振兴局"}
    return page(
        "officers/unit_new.html",
        status,
        given=request.form,
        errors=errors,
        problem=problem,
        offices=[*offices.items(), ("farm_company", "国有农牧场公司")],
        levels=list(LEVELS.items()),
        departments=list(DEPARTMENTS.items()),
        department_office=DEPARTMENT_ROLE,
    )


@bp.post("/system/units/new")
@policy.allow(policy.administers)
def set_up() -> ResponseReturnValue:
    """Set it up."""
    given = {name: request.form.get(name, "").strip() for name in ("name", "office", "level", "division")}
    if given["level"] not in LEVELS:
        return _ask_unit({"level": "请选择单位级别。"}, 422)
    try:
        door.perform(CreateUnit(**given, department=request.form.get("department", "")))
    except Invalid as refusal:
        return _ask_unit(refusal.errors, 422)
    except Refusal as refusal:
        return _ask_unit({}, status_of(refusal), str(refusal))
    return go("officers.units", "单位已设立。", q=given["name"])


@bp.get("/system/state")
@policy.allow(policy.administers)
def show_state() -> ResponseReturnValue:
    """运行状态: how the installation stands, without a word of any case."""
    settings = cast("Settings", current_app.extensions["settings"])
    return page(
        "officers/state.html",
        tally=queries.tally(door.reading()),
        facts=state.facts(door.reading(), settings, door.now()),
        parameters=state.parameters(settings),
    )
