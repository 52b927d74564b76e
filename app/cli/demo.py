"""Commands of a demonstration: its people, and cases of varied course."""

from __future__ import annotations

import click

from app.settings import Settings


@click.group()
def demo() -> None:
    """演示数据：人人可见密码的账号和办件，只用于演示和测试。"""


@demo.command()
@click.option("--cases", "count", type=click.IntRange(0, 10_000_000), default=0, help="再造出这么多个办件。")
def seed(count: int) -> None:
    """载入区划、单位和演示账号；再次运行不改变什么。"""
    from app.plugs import executor
    from app.security import demo as people
    from app.security import passwords
    from workflows.commands import CONSOLE

    office = executor(Settings.from_environment())
    new = office.execute(people.SeedPeople(password_hash=passwords.hashed(people.PASSWORD)), by=CONSOLE)
    click.echo(f"演示账号新增 {new} 个。" if new else "演示账号已齐全。")
    if count:
        # Only here: whoever starts a demonstration without cases need not load what makes them.
        from app.demo import cases

        cases.seed(office, count, say=click.echo)


@demo.command()
def accounts() -> None:
    """列出演示账号。"""
    click.echo(table(Settings.from_environment()))


def table(settings: Settings) -> str:
    """The accounts with their unit and roles, as `serve` prints them in demo mode."""
    from app.plugs import executor
    from app.security import demo as people

    with executor(settings).database.reading() as session:
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
