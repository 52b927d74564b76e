"""Draw diagrams whose meaning was written by hand, or say what is wrong with how they are drawn."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(help="给流程图排版：重写图形信息（BPMN DI），其余内容一字不动。")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--check", is_flag=True, help="不改文件，只说出交叉、重叠等毛病；有毛病的退出码为 1。")
def layout(files: tuple[Path, ...], check: bool) -> None:  # noqa: FBT001 (a flag of the command line)
    """Lay out diagrams."""
    from workflows.designing.layout import laid_out, shortcomings

    found = False
    for file in files:
        content = file.read_bytes()
        if not check:
            content = laid_out(content)
            if content != file.read_bytes():
                file.write_bytes(content)
        for sentence in shortcomings(content):
            found = True
            click.echo(f"{file}：{sentence}")
    if check and found:
        raise click.exceptions.Exit(1)
    if not found:
        click.echo(f"{len(files)} 张图没有交叉和重叠。")


COMMANDS = (layout,)
