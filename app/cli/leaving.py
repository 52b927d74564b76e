"""Commands about people who are away or leave: appoint a deputy, hand everything over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.office import opened
from app.cli.users import account_called

if TYPE_CHECKING:
    from datetime import datetime

    from app.handover.plan import Plan
    from workflows.commands import Executor

DAY = click.DateTime(["%Y-%m-%d"])


@click.command(help="离岗委托：委托同一单位的一位同事代办；只给用户名则列出，--end 提前结束。")
@click.argument("username")
@click.argument("deputy", required=False)
@click.option("--from", "first", type=DAY, help="起始日（当日零时起），如 2026-03-20；缺省为今天。")
@click.option("--until", "last", type=DAY, help="截止日（到当日 24:00）。")
@click.option("--procedure", "procedures", multiple=True, help="只委托这个事项，可重复；缺省为全部。")
@click.option("--division", help="在不止一个单位任职的，所委托单位的 12 位区划代码。")
@click.option("--reason", default="", help="原因。")
@click.option("--end", "ending", type=int, help="提前结束这一编号的委托。")
def absence(
    username: str,
    deputy: str | None,
    first: datetime | None,
    last: datetime | None,
    procedures: tuple[str, ...],
    division: str | None,
    reason: str,
    ending: int | None,
) -> None:
    """Appoint, list or end."""
    from app.absences.commands import AppointDeputy, EndAbsence
    from workflows.clock import local_date
    from workflows.commands import CONSOLE

    office = opened()
    person = account_called(office, username).person_id
    if ending is not None:
        _require_own(office, person, ending)
        office.execute(EndAbsence(absence_id=ending, reason=reason or "控制台操作"), by=CONSOLE)
    elif deputy is not None:
        if last is None:
            raise click.UsageError("须以 --until 给出截止日。")
        command = AppointDeputy(
            person_id=person,
            deputy_id=account_called(office, deputy).person_id,
            unit_id=_unit_in(office, person, division) if division else None,
            first_day=first.date() if first else local_date(office.clock.now()),
            last_day=last.date(),
            procedures=procedures,
            reason=reason,
        )
        office.execute(command, by=CONSOLE)
    _list(office, person)


def _require_own(office: Executor, person: int, ending: int) -> None:
    from app.absences import queries

    with office.database.reading() as session:
        found = queries.absence(session, person, ending, office.clock.now())
    if found.person_id != person:
        raise queries.UnknownAbsence


def _unit_in(office: Executor, person: int, division: str) -> int:
    from app.absences import queries
    from app.organisation.commands import NoSuchUnit

    with office.database.reading() as session:
        found = [unit.id for unit in queries.units_of(session, person).values() if unit.division == division]
    if not found:
        raise NoSuchUnit
    return found[0]


def _list(office: Executor, person: int) -> None:
    from app.absences import queries

    with office.database.reading() as session:
        found = queries.of_person(session, person, office.clock.now())
    for one in found:
        what = "全部事项" if one.procedures is None else "、".join(key for key, _ in one.procedures)
        days = f"{one.first_day} 至 {one.last_day}"
        click.echo(f"{one.id}  {one.person} → {one.deputy}  {one.unit}  {days}  {what}  {one.words}")


@click.command("hand-over", help="离任交接：待办、草稿、角色、帮扶户一次交给接任人；--dry-run 只列出。")
@click.argument("leaver")
@click.argument("successor")
@click.option("--reason", default="", help="原因。")
@click.option("--role", "roles", multiple=True, help="角色=用户名：这一角色另由他人接任，可重复。")
@click.option("--dry-run", "dry", is_flag=True, help="只列出将交接的内容，不改动。")
def hand_over(leaver: str, successor: str, reason: str, roles: tuple[str, ...], dry: bool) -> None:  # noqa: FBT001 (a flag of the command line)
    """Show what would be moved, or move it."""
    from app.handover import queries
    from app.handover.commands import HandOver
    from workflows.commands import CONSOLE

    office = opened()
    who = account_called(office, leaver).person_id, account_called(office, successor).person_id
    others = _others(office, who, roles)
    if dry:
        with office.database.reading() as session:
            _print(queries.dry(session, *who, others, office.clock.now()))
        return
    command = HandOver(
        from_person_id=who[0], to_person_id=who[1], reason=reason, others=tuple(others.items())
    )
    done = office.execute(command, by=CONSOLE)
    with office.database.reading() as session:
        report = queries.handover(session, done).report
    moved, left = _split(report["items"])
    click.echo(f"交接 {done}：待办 {moved} 件，退还单位 {left} 件，角色 {len(report['roles'])} 项。")
    click.echo(f"帮扶户 {_split(report['duties'])[0]} 户，未能交接 {_split(report['duties'])[1]} 户。")


def _others(office: Executor, who: tuple[int, int], roles: tuple[str, ...]) -> dict[int, int]:
    """Grant → person, for the roles that go to somebody else."""
    from app.handover import queries

    wanted = {}
    for said in roles:
        role, _, username = said.partition("=")
        if not (role and username):
            raise click.UsageError("--role 须写成 角色=用户名，如 township_gov=zhangsan。")
        wanted[role] = account_called(office, username).person_id
    if not wanted:
        return {}
    with office.database.reading() as session:
        held = queries.dry(session, *who, {}, office.clock.now()).roles
    unknown = set(wanted) - {move.role for move in held}
    if unknown:
        raise click.UsageError(f"离任人没有承担：{'、'.join(sorted(unknown))}。")
    return {move.grant_id: wanted[move.role] for move in held if move.role in wanted}


def _split(rows: list[dict[str, str | None]]) -> tuple[int, int]:
    moved = sum(row["to"] is not None for row in rows)
    return moved, len(rows) - moved


def _print(plan: Plan) -> None:
    told = plan.as_json()
    for row in told["roles"]:
        click.echo(f"角色  {row['unit']}  {row['role']}  → {row['to']}{'（已有）' if row['held'] else ''}")
    for row in told["items"]:
        went = row["to"] or f"不能交接：{row['why']}"
        click.echo(f"待办  {row['number'] or '（不公开）'}  {row['procedure']}·{row['name']}  → {went}")
    for row in told["duties"]:
        went = row["to"] or f"不能交接：{row['why']}"
        click.echo(f"帮扶  {row['number']}  {row['division']}  → {went}")
    for words in told["absences"]:
        click.echo(f"委托  {words}  结束")


COMMANDS = (absence, hand_over)
"""Both hang on ``users``."""
