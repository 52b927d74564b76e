"""Commands about procedures: import what an installation starts with, export, list, lint, simulate."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.office import opened

ROOT = Path(__file__).resolve().parents[2]


@click.group(help="事项及其版本。")
def procedures() -> None:
    """事项 and their versions."""


@procedures.command("import", help="发布文件夹下的全部事项；有误的逐一指出，其余照常载入。")
@click.option(
    "--folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=ROOT / "bpmn"
)
@click.option(
    "--forms",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=ROOT / "forms" / "definitions",
)
def import_(folder: Path, forms: Path) -> None:
    """Publish every procedure below a folder; a broken one is named and the rest still load."""
    from workflows.commands import CONSOLE
    from workflows.designing import folders
    from workflows.designing.publish import KeptByOffice, PublishVersion, Unpublishable
    from workflows.errors import Refusal

    office, broken = opened(), 0
    for key in folders.keys(folder):
        try:
            bundle = folders.read(folder, forms, key)
            sources = folders.sources(folder, key)
            number = office.execute(PublishVersion(bundle=bundle, sources=sources), by=CONSOLE)
            click.echo(f"{key}  {bundle.meta['name']}  第 {number} 版在用")
        except KeptByOffice as kept:
            click.echo(f"{key}  {kept}")
        except Unpublishable as refusal:
            broken += 1
            _tell(key, [f"{where}：{what}" for where, what in refusal.errors.items()])
        except Refusal as refusal:
            broken += 1
            _tell(key, [str(refusal)])
    if broken:
        raise click.exceptions.Exit(1)


def _tell(key: str, sentences: list[str]) -> None:
    click.echo(f"{key}  未载入：", err=True)
    for sentence in sentences:
        click.echo(f"  {sentence}", err=True)


@procedures.command("list", help="列出在用的事项和版本。")
def list_() -> None:
    """Every procedure with the version in force."""
    from workflows import catalogue

    with opened().database.reading() as session:
        for release in catalogue.in_force(session):
            head = f"{release.key}  {release.meta['locality']}  第 {release.number} 版"
            click.echo(f"{head}  {release.name}  {release.digest[:12]}")


@procedures.command("export", help="把在用版本写成文件，任何 BPMN、DMN、表单编辑器都能打开。")
@click.argument("key")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(key: str, folder: Path) -> None:
    """Write the version in force as files that any BPMN, DMN and form editor opens."""
    from workflows import catalogue

    with opened().database.reading() as session:
        release = catalogue.current(session, key)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {
        **release.diagrams,
        **{f"forms/{form}.json": text for form, text in release.forms.items()},
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        click.echo(str(path))


COMMANDS = (procedures,)
