"""Commands about the audit chain."""

from __future__ import annotations

import time

import click

from app.cli.office import opened


@click.group(help="只增不改的审计记录。")
def audit() -> None:
    """The append-only record."""


@audit.command(help="重算每条散列链，指出各链第一处异常。")
@click.option("--case", "number", help="只核验一个办件，写其编号。")
def verify(number: str | None) -> None:
    """Recompute every chain and compare the record with it; names the first wrong entry of each stream."""
    from workflows import proving

    with opened().database.reading() as session:
        began = time.perf_counter()
        found = proving.verify(session, number)
        seconds = max(time.perf_counter() - began, 1e-9)
    for each in found.breaks:
        click.echo(f"{each.stream} 第 {each.seq} 条：{each.sentence}", err=True)
    state = "完好" if found.sound else f"有 {len(found.breaks)} 处异常"
    speed = f"每秒 {found.entries / seconds:,.0f} 条"
    click.echo(f"已核验 {found.streams} 条链、{found.entries} 条记录，{state}（{speed}）。")
    if not found.sound:
        raise click.exceptions.Exit(1)


COMMANDS = (audit,)
