"""Commands that back an installation up and put it back."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.office import opened

KEYS_APART = (
    "密钥没有放进备份（data.key、seal.key 等，见“设置”）：没有密钥，加密的个人信息打不开。请另行分开保管。"
)
KEYS_INSIDE = "备份里有密钥：拿到它的人能读出全部个人信息，请加密存放。"


@click.command(help="备份数据库、附件和封存到一个新文件夹；可在服务运行时进行。")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--with-keys", is_flag=True, help="把密钥也放进备份；默认不放。")
def backup(folder: Path, with_keys: bool) -> None:  # noqa: FBT001 (a flag of the command line)
    """Back up."""
    from app.keeping.backups import back_up
    from app.keeping.commands import RecordBackup
    from app.settings import Settings
    from workflows.commands import CONSOLE

    office = opened()
    made = back_up(Settings.from_environment(), office.database, folder, office.clock.now(), keys=with_keys)
    command = RecordBackup(
        digest=made.digest, files=made.files, missing=len(made.missing), with_keys=with_keys
    )
    office.execute(command, by=CONSOLE)
    click.echo(f"已备份到 {folder}：{made.files} 个文件，{made.size:,} 字节；清单散列值 {made.digest}。")
    click.echo(KEYS_INSIDE if with_keys else KEYS_APART)
    _tell_missing(made.missing)


@click.command(help="从备份恢复；先逐个核对散列值，恢复后核验每条审计链。")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--replace", is_flag=True, help="现有数据全部由备份替换。")
@click.pass_context
def restore(context: click.Context, folder: Path, replace: bool) -> None:  # noqa: FBT001 (a flag of the command line)
    """Restore."""
    from app.cli.audit import verify
    from app.cli.installation import migrate
    from app.keeping import restoring
    from app.keeping.commands import RecordRestore
    from app.settings import Settings
    from workflows.commands import CONSOLE

    settings = Settings.from_environment()
    done = restoring.restore(settings, folder, replace=replace)
    migrate(settings.database_url)
    office = opened()
    office.execute(RecordRestore(made_at=done.made_at, files=done.files), by=CONSOLE)
    click.echo(f"已恢复 {done.made_at} 的备份，{done.files} 个文件。")
    context.invoke(verify, number=None)
    _tell_missing(done.missing)


def _tell_missing(missing: tuple[str, ...]) -> None:
    for sha256 in missing:
        click.echo(f"附件 {sha256} 不见了或已损坏，没有进备份。", err=True)
    if missing:
        raise click.exceptions.Exit(1)


COMMANDS = (backup, restore)
