"""The ``xiangshen`` command. Exit 0: fine; 1: problems found; 2: wrong usage, in one Chinese sentence."""

from __future__ import annotations

import sys

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.cli import (
    audit,
    demo,
    installation,
    keeping,
    layout,
    leaving,
    procedures,
    rules,
    search,
    supervision,
    usage,
    users,
)
from app.settings import WrongSetting
from workflows.errors import Invalid, Refusal, Unavailable

NO_DATABASE = "数据库用不了，或还没有建表：请检查 XIANGSHEN_DATABASE_URL，并先运行 xiangshen db upgrade。"


@click.group(help="乡审：运行、证明、记录审批事项。")
def xiangshen() -> None:
    """Everything the machine's keeper may do."""


for module in (installation, keeping, procedures, rules, layout, audit, search, supervision, demo, users):
    for command in module.COMMANDS:
        xiangshen.add_command(command)
for command in leaving.COMMANDS:
    users.users.add_command(command)


REFUSED = (
    click.ClickException,
    click.Abort,
    WrongSetting,
    Refusal,
    OperationalError,
    ProgrammingError,
    OSError,
)
"""What a person is told in a sentence; anything else is a fault of ours and shows where."""


def main() -> None:
    """Run the command line; never a traceback for what a rule, a setting or the machine refuses."""
    try:
        # Without its own exit, click gives back the code a command left with.
        code = xiangshen.main(standalone_mode=False)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stderr.close()
        sys.exit(1)
    except REFUSED as wrong:
        code, lines = _ending(wrong)
        for line in lines:
            click.echo(line, err=True)
    sys.exit(code if isinstance(code, int) else 0)


def _ending(wrong: BaseException) -> tuple[int, list[str]]:
    """The exit code, and what to say."""
    match wrong:
        case click.ClickException():
            return 2, [usage.sentence(wrong)]
        case click.Abort():
            return 1, ["已中止。"]
        case WrongSetting():
            return 2, [f"设置有误：{wrong}"]
        case OperationalError() | ProgrammingError() | Unavailable():
            return 1, [NO_DATABASE]
        case Invalid():
            return 1, [str(wrong), *(f"  {path}：{sentence}" for path, sentence in wrong.errors.items())]
        case OSError():
            return 1, [f"文件读写不成：{wrong.strerror or wrong}（{wrong.filename or '未知文件'}）。"]
        case _:
            return 1, [str(wrong)]
