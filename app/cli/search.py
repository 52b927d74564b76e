"""Commands about the index by which cases are found."""

from __future__ import annotations

import click

from app.cli.office import opened


@click.group(help="办件全文索引。")
def search() -> None:
    """The index of what cases say."""


@search.command(help="按办件记录重建全文索引；可随时运行，其间照常办理，按文字可能暂时查不全。")
def rebuild() -> None:
    """Throw the index away and make it anew from the record."""
    from app.searching.keeping import make_anew

    total = make_anew(opened(), lambda count: click.echo(f"已收录 {count} 个办件。"))
    click.echo(f"全文索引已重建，共 {total} 个办件。")


COMMANDS = (search,)
