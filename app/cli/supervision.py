"""Commands about what supervisors watch."""

from __future__ import annotations

import click

from app.cli.office import opened


@click.group(help="督查统计。")
def supervision() -> None:
    """The counts that supervisors read."""


@supervision.command(help="按办件记录重算督查统计；可随时运行，其间照常办理，统计页可能暂时数字不全。")
def rebuild() -> None:
    """Throw the counts away and make them anew from the record."""
    from app.supervision.keeping import count_anew

    total = count_anew(opened(), lambda count: click.echo(f"已统计 {count} 个办件。"))
    click.echo(f"督查统计已重算，共 {total} 个办件。")


COMMANDS = (supervision,)
