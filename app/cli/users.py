"""Commands about accounts, for whoever runs the machine: list, add, set a password, stop, grant."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import click

from app.cli.office import opened

if TYPE_CHECKING:
    from app.organisation.models import Account
    from workflows.commands import Executor


@click.group(help="账号：查看、开设、重置密码、停用、授予角色。")
def users() -> None:
    """Accounts."""


@users.command("list", help="列出账号、单位和角色。")
@click.option("--unit", help="只看单位名称含此文字的。")
def list_(unit: str | None) -> None:
    """Print every account."""
    from sqlalchemy import select

    from app.organisation import queries
    from app.organisation.models import Account

    with opened().database.reading() as session:
        names = list(session.scalars(select(Account.username)))
        found = queries.accounts_named(session, names)
    for one in found:
        if not unit or any(unit in grant.unit_name for grant in one.grants):
            click.echo(f"{one.username}  {one.name}  {one.unit}  {one.roles}".rstrip())


@users.command(help="登记人员并开设账号；打印一次性密码，首次登录须更改。")
@click.argument("username")
@click.argument("name")
@click.option("--kind", default="casework", help="casework、household，或三员之一。")
@click.option("--division", help="所在单位的 12 位区划代码；与 --role 一起给出即授予角色。")
@click.option("--role", help="角色编号，如 township_gov。")
def add(username: str, name: str, kind: str, division: str | None, role: str | None) -> None:
    """Enter a person and their account."""
    from app.organisation.commands import CreateAccount, CreatePerson
    from app.security import passwords
    from workflows.commands import CONSOLE

    office, password = opened(), _password()
    if bool(division) != bool(role):
        raise click.UsageError("--division 与 --role 须一起给出。")
    unit_id = _unit(office, division, role) if division and role else None
    person = office.execute(CreatePerson(name=name), by=CONSOLE)
    command = CreateAccount(
        person_id=person, username=username, kind=kind, password_hash=passwords.hashed(password)
    )
    office.execute(command, by=CONSOLE)
    if unit_id is not None and role:
        _grant(office, person, unit_id, role)
    click.echo(f"{username}  {name}  首次密码 {password}")


@users.command(help="重置密码；打印一次性密码，原有登录和令牌全部失效。")
@click.argument("username")
def passwd(username: str) -> None:
    """Set a first password."""
    from app.security import passwords
    from app.security.commands import ResetPassword
    from workflows.commands import CONSOLE

    office, password = opened(), _password()
    command = ResetPassword(
        account_id=account_called(office, username).id,
        password_hash=passwords.hashed(password),
        reason="控制台重置密码",
    )
    office.execute(command, by=CONSOLE)
    click.echo(f"{username}  新密码 {password}")


@users.command(help="停用账号，登录和令牌立即失效。")
@click.argument("username")
@click.option("--undo", is_flag=True, help="重新启用。")
def lock(username: str, undo: bool) -> None:  # noqa: FBT001 (a flag of the command line)
    """Stop an account, or let it be used again."""
    from app.organisation.commands import SetAccountActive
    from workflows.commands import CONSOLE

    office = opened()
    account = account_called(office, username)
    office.execute(SetAccountActive(account_id=account.id, active=undo, reason="控制台操作"), by=CONSOLE)
    click.echo(f"{username} 已{'启用' if undo else '停用'}。")


@users.command("remove-totp", help="取消账号的动态口令（手机遗失时），登录和令牌立即失效。")
@click.argument("username")
def remove_totp(username: str) -> None:
    """Take a second factor away."""
    from app.security.factors import RemoveFactor
    from workflows.commands import CONSOLE

    office = opened()
    office.execute(RemoveFactor(account_id=account_called(office, username).id), by=CONSOLE)
    click.echo(f"{username} 的动态口令已取消，下次登录须重新设置。")


@users.command(help="授予角色：账号在该区划承担此角色的单位办理业务。")
@click.argument("username")
@click.argument("role")
@click.argument("division")
def grant(username: str, role: str, division: str) -> None:
    """Grant a role."""
    office = opened()
    account = account_called(office, username)
    _grant(office, account.person_id, _unit(office, division, role), role)
    click.echo(f"{username} 已在 {division} 承担 {role}。")


def _grant(office: Executor, person_id: int, unit_id: int, role: str) -> None:
    from app.organisation.commands import GrantRole
    from workflows.commands import CONSOLE

    office.execute(GrantRole(person_id=person_id, unit_id=unit_id, role=role), by=CONSOLE)


def _password() -> str:
    """A password nobody knows yet, with letters and digits."""
    return f"{secrets.token_urlsafe(9)}7x"


def account_called(office: Executor, username: str) -> Account:
    """The account of that user name, in use or stopped; raises UnknownAccount."""
    from sqlalchemy import select

    from app.organisation.models import Account
    from app.organisation.queries import UnknownAccount

    with office.database.reading() as session:
        found = session.scalars(select(Account).where(Account.username == username)).one_or_none()
    if found is None:
        raise UnknownAccount
    return found


def _unit(office: Executor, division: str, role: str) -> int:
    from app.organisation.commands import NoSuchUnit
    from app.organisation.directory import Directory
    from app.organisation.roles import ROLES
    from workflows.errors import Conflict, Invalid

    known = ROLES.get(role)
    if known is None:
        raise Invalid({"role": f"没有“{role}”这一角色。"})
    if len(division) != 12 or not division.isdigit():
        raise Invalid({"division": "应为 12 位区划代码。"})
    with office.database.reading() as session:
        try:
            return Directory().unit_for(session, role, known.level, division).id
        except Conflict as none:
            raise NoSuchUnit from none


COMMANDS = (users,)
