"""Commands of a demonstration: its people, and cases of varied course."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli.office import opened
from app.settings import Settings

if TYPE_CHECKING:
    from workflows.commands import Executor


@click.group(help="演示数据：人人可见密码的账号和办件，只用于演示和测试。")
def demo() -> None:
    """What a demonstration needs."""


@demo.command(help="载入区划、单位和演示账号，再次运行不改变什么；--cases N 再造出 N 个办件。")
@click.option("--cases", "count", type=click.IntRange(0, 10_000_000), default=0, help="再造出这么多个办件。")
def seed(count: int) -> None:
    """Enter the people of a demonstration, and cases when asked."""
    from app.demo.commands import SeedRegisters
    from app.security import demo as people
    from app.security import passwords
    from workflows.commands import CONSOLE

    settings = Settings.from_environment()
    office = opened(settings)
    password_hash = passwords.hashed(people.PASSWORD, settings.password_cost)
    new = office.execute(people.SeedPeople(password_hash=password_hash), by=CONSOLE)
    click.echo(f"演示账号新增 {new} 个。" if new else "演示账号已齐全。")
    households = office.execute(SeedRegisters(), by=CONSOLE)
    click.echo(f"演示台账新增 {households} 户。" if households else "演示台账已齐全。")
    if count:
        _seed_cases(settings, office, count)


def _seed_cases(settings: Settings, office: Executor, count: int) -> None:
    # Only here: whoever starts a demonstration without cases need not load what makes them.
    from app.demo.cases import seed_cases
    from app.demo.orders import seed_orders

    def tell(done: int) -> None:
        click.echo(f"已造 {done} 个办件。", err=True)

    made = seed_cases(office, count, data_dir=settings.data_dir, tell=tell)
    click.echo("、".join(f"{course} {number} 个" for course, number in made.items()))
    orders = seed_orders(office)
    if orders:
        click.echo(f"督办单 {orders} 件。")


@demo.command(help="列出演示账号。")
def accounts() -> None:
    """Print the accounts."""
    click.echo(table(Settings.from_environment()))


def table(settings: Settings) -> str:
    """The accounts with their unit and roles, as `serve` prints them in demo mode."""
    from app.security import demo as people

    with opened(settings).database.reading() as session:
        found = people.accounts(session)
    if not found:
        return "还没有演示账号，请先运行 xiangshen demo seed。"
    lines = [(one.username, one.name, one.unit, one.roles) for one in found]
    widths = [max(_width(line[column]) for line in lines) for column in range(3)]
    shown = [
        "  ".join([*(_padded(line[column], widths[column]) for column in range(3)), line[3]])
        for line in lines
    ]
    return "\n".join([f"演示账号（密码都是 {people.PASSWORD}）：", *(f"  {line}" for line in shown)])


def _width(text: str) -> int:
    """How wide text stands on a terminal: Chinese signs take two places."""
    return sum(2 if sign > "\u2e7f" else 1 for sign in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


COMMANDS = (demo,)
