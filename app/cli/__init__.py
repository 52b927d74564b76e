"""The ``xiangshen`` command. Exit 0: fine; 1: problems found; 2: wrong usage. A refusal is one Chinese sentence."""

from __future__ import annotations

import sys

import click

from app.cli import audit, demo, installation, procedures, rules, users
from app.settings import WrongSetting
from workflows.errors import Invalid, Refusal


@click.group()
def xiangshen() -> None:
    """乡审: run, prove and record approval procedures."""


for module in (installation, procedures, rules, audit, demo, users):
    for command in module.COMMANDS:
        xiangshen.add_command(command)


def main() -> None:
    """Run the command line; never a traceback for what a rule or a setting refuses."""
    try:
        # Without its own exit, click gives back the code a command left with.
        code = xiangshen.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(1)
    except WrongSetting as wrong:
        click.echo(f"设置有误：{wrong}", err=True)
        sys.exit(2)
    except Refusal as refusal:
        click.echo(str(refusal), err=True)
        for path, sentence in getattr(refusal, "errors", {}).items() if isinstance(refusal, Invalid) else ():
            click.echo(f"  {path}：{sentence}", err=True)
        sys.exit(1)
