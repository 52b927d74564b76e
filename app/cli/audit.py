"""Commands about the audit chain."""

from __future__ import annotations

import time
from pathlib import Path

import click

from app.cli.office import opened
from app.settings import Settings


@click.group(help="只增不改的审计记录。")
def audit() -> None:
    """The append-only record."""


@audit.command(help="重算每条散列链，指出各链第一处异常。")
@click.option("--case", "number", help="只核验一个办件，写其编号。")
def verify(number: str | None) -> None:
    """Recompute every chain and compare the record with it; names the first wrong entry of each stream."""
    from workflows import proving, seal_proofs

    office = opened()
    with office.database.reading() as session:
        began = time.perf_counter()
        found = proving.verify(session, number, sealer=office.host.sealer)
        seconds = max(time.perf_counter() - began, 1e-9)
        erased = proving.erasures(session, number)
        gaps = seal_proofs.gaps(session, office.host.sealer)
    for each in found.breaks:
        click.echo(f"{_called(each.stream, each.seq)}：{each.sentence}", err=True)
    for case, seq in erased:
        click.echo(f"case:{case} 的个人信息已依法删除（见该链第 {seq} 条），其余记录仍可核验。")
    for gap in gaps:
        click.echo(gap.sentence())
    state = "完好" if found.sound else f"有 {len(found.breaks)} 处异常"
    speed = f"每秒 {found.entries / seconds:,.0f} 条"
    click.echo(f"已核验 {found.streams} 条链、{found.entries} 条记录，{state}（{speed}）。")
    if not found.sound:
        raise click.exceptions.Exit(1)


def _called(stream: str, seq: int) -> str:
    """A wrong entry by its stream and place; a seal by its number."""
    from workflows.seal_proofs import LABEL

    return f"第 {seq} 次封存" if stream == LABEL else f"{stream} 第 {seq} 条"


@audit.command(help="立即封存：为各链末尾签名，写入数据库和外存文件夹。")
def seal() -> None:
    """Make a seal now, beside the one of the night."""
    from workflows import seals
    from workflows.commands import CONSOLE

    office = opened()
    made = seals.seal(office, by=CONSOLE)
    if made is not None and office.host.sealer is not None:
        click.echo(
            f"已完成第 {made.number} 次封存：{made.leaves} 条链有变动，散列值 {made.hash}，"
            f"文件在 {office.host.sealer.folder}。"
        )


@audit.command(help="把一个办件的证据写成一个 ZIP，内有可离线核验的 verify.html。")
@click.argument("number")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False))
def bundle(number: str, output: Path) -> None:
    """Write the evidence of a case to a file."""
    from app.attachments.content import digest
    from app.evidence import bundle as evidence
    from app.evidence.commands import TakeBundle
    from workflows.cases import by_number
    from workflows.commands import CONSOLE

    settings = Settings.from_environment()
    office = opened(settings)
    with office.database.reading() as session:
        case = by_number(session, number)
        content = evidence.made(session, case, settings.data_dir, office.host.sealer)
    office.execute(TakeBundle(number=number, sha256=digest(content)), by=CONSOLE)
    output.write_bytes(content)
    click.echo(f"已写出 {output}，SHA-256 {digest(content)}。")


@audit.command(help="由记录重演办件，与现存状态比对；指出不符之处，退出码 1。")
@click.option("--case", "number", help="只重演一个办件，写其编号。")
def rebuild(number: str | None) -> None:
    """Rebuild every case, or one, and say where it stands otherwise than its record leads to."""
    from sqlalchemy import select

    from app.evidence import nightly
    from workflows.cases import Case, by_number
    from workflows.commands import CONSOLE

    office = opened()
    with office.database.reading() as session:
        query = select(Case.id).order_by(Case.id)
        ids = [by_number(session, number).id] if number else list(session.scalars(query))
        found = nightly.differing(session, ids)
    nightly.note(office, len(ids), found, by=CONSOLE)
    for each in found:
        click.echo(f"case:{each.number} 第 {each.seq} 条：{each.sentence}", err=True)
    click.echo(f"已重演 {len(ids)} 个办件，{f'有 {len(found)} 处不符' if found else '全部相符'}。")
    if found:
        raise click.exceptions.Exit(1)


@audit.command(help="依法删除一个已办结办件中的个人信息（个人信息保护法第47条）；散列链和封存仍可核验。")
@click.argument("number")
@click.option("--officer", required=True, help="由哪位安全管理员决定，写其用户名。")
@click.option("--basis", required=True, help="法律依据，如：个人信息保护法第47条第1款第3项，撤回同意。")
@click.option("--reason", required=True, help="原因。")
def erase(number: str, officer: str, basis: str, reason: str) -> None:
    """Erase the personal data of a case that is over."""
    from app.attachments.content import path_of
    from app.cli.users import account_called
    from app.evidence.commands import EraseCase
    from app.organisation.queries import account_named

    settings = Settings.from_environment()
    office = opened(settings)
    account_called(office, officer)
    with office.database.reading() as session:
        account = account_named(session, officer)
    if account is None:
        raise click.BadParameter("账号已停用。", param_hint="--officer")
    gone = office.execute(EraseCase(number=number, basis=basis, reason=reason), by=account.actor())
    for sha256 in gone:
        path_of(settings.data_dir, sha256).unlink(missing_ok=True)
    click.echo(f"办件 {number} 的个人信息已删除，附件 {len(gone)} 个；审计链和封存仍可核验。")


@audit.command(
    help="显示核验封存用的公钥，可公开张贴、交他人保管；key rotate 更换密钥，由原密钥副署引入；"
    "key replace 用于原密钥已经遗失：以现在的密钥重新开始，核验时会指出密钥链从哪一次封存起中断。"
)
@click.argument("act", required=False, type=click.Choice(["rotate", "replace"]))
@click.option("--reason", help="key replace 的原因：密钥怎样遗失的。")
def key(act: str | None, reason: str | None) -> None:
    """Print the public key that checks the seals, and those of before; or put a new one in its place."""
    if (act == "replace") != (reason is not None):
        raise click.UsageError("--reason 与 key replace 一起使用，写明密钥怎样遗失的。")
    if act == "rotate":
        _rotate()
    elif reason is not None:
        _replace(reason)
    else:
        _show()


def _show() -> None:
    from app.security.signatures import fingerprint
    from workflows import seal_proofs

    office = opened()
    sealer = office.host.sealer
    if sealer is None:
        return
    click.echo(f"{sealer.algorithm}  {sealer.public_key.hex()}")
    click.echo(f"指纹  {fingerprint(sealer.public_key)}")
    with office.database.reading() as session:
        earlier = seal_proofs.earlier_keys(session, sealer)
        gaps = {gap.since: gap for gap in seal_proofs.gaps(session, sealer)}
    for each, last in earlier:
        lost = "，已遗失" if last + 1 in gaps else ""
        click.echo(f"此前（至第 {last} 次封存{lost}）  {each.algorithm}  {each.public}")


def _replace(reason: str) -> None:
    from app.security.signatures import fingerprint
    from workflows import seals
    from workflows.commands import CONSOLE

    office = opened()
    made = seals.begin_anew(office, reason, by=CONSOLE)
    sealer = office.host.sealer
    if made is not None and sealer is not None:
        click.echo(f"第 {made.number} 次封存已记明原密钥遗失，由现在的密钥签名；核验时会指出密钥链中断。")
        click.echo(f"公钥  {sealer.public_key.hex()}")
        click.echo(f"指纹  {fingerprint(sealer.public_key)}")
        click.echo("请重新启动服务，把公钥交保管人，另行备份密钥；原公钥请保管人继续保存，供核验此前的封存。")


def _rotate() -> None:
    from app.cli.keys import replaced
    from app.security.signatures import fingerprint

    public, made = replaced(Settings.from_environment())
    if made is not None:
        click.echo(f"已更换：第 {made.number} 次封存由新密钥签名、原密钥副署。")
    click.echo(f"新公钥  {public.hex()}")
    click.echo(f"指纹  {fingerprint(public)}")
    click.echo("请重新启动服务，把新公钥交保管人，另行备份新密钥；原密钥已从服务器去除。")


COMMANDS = (audit,)
