"""The ``xiangshen`` command. Exit 0: fine; 1: problems found; 2: wrong usage, in one Chinese sentence."""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.cli import audit, demo, installation, procedures, rules, usage, users
from app.settings import WrongSetting
from workflows.errors import Invalid, Refusal


@click.group(help="乡审：运行、证明、记录审批事项。")
def xiangshen() -> None:
    """Everything the machine's keeper may do."""


for module in (installation, procedures, rules, audit, demo, users):
    for command in module.COMMANDS:
        xiangshen.add_command(command)


def main() -> None:
    """Run the command line; never a traceback for what a rule, a setting or the database refuses."""
    try:
        # Without its own exit, click gives back the code a command left with.
        code = xiangshen.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as wrong:
        _leave(2, usage.sentence(wrong))
    except click.Abort:
        _leave(1, "已中止。")
    except WrongSetting as wrong:
        _leave(2, f"设置有误：{wrong}")
    except Invalid as refusal:
        _leave(1, str(refusal), *(f"  {path}：{sentence}" for path, sentence in refusal.errors.items()))
    except Refusal as refusal:
        _leave(1, str(refusal))
    except (OperationalError, ProgrammingError):
        _leave(
            1, "数据库用不了，或还没有建表：请检查 XIANGSHEN_DATABASE_URL，并先运行 xiangshen db upgrade。"
        )
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stderr.close()
        sys.exit(1)


def _leave(code: int, *lines: str) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    sys.exit(code)
