"""What is wrong with a command line, in one Chinese sentence."""

from __future__ import annotations

import click

ADVICE = "运行 xiangshen --help 查看用法。"


def sentence(wrong: click.ClickException) -> str:
    """The sentence for what the command line's reader refused; our own sentences stay as they are."""
    match wrong:
        case click.exceptions.NoArgsIsHelpError():
            return wrong.message
        case click.NoSuchOption():
            return f"没有“{wrong.option_name}”这个选项；{ADVICE}"
        case click.MissingParameter():
            return f"缺少{_named(wrong)}；{ADVICE}"
        case click.BadParameter():
            return f"{_named(wrong)}的值不对：{_why(wrong)}"
        case _:
            return wrong.message if _is_ours(wrong.message) else _plain(wrong.message)


def _plain(message: str) -> str:
    if message.startswith("No such command"):
        name = message.rpartition(" ")[2].strip("'.")
        return f"没有“{name}”这个命令；{ADVICE}"
    if message.startswith("Got unexpected extra argument"):
        return f"多余的参数 {message.partition('(')[2].rstrip(')')}；{ADVICE}"
    if message.startswith("Missing command"):
        return f"缺少子命令；{ADVICE}"
    return f"用法不对（{message.rstrip('.')}）；{ADVICE}"


def _is_ours(message: str) -> bool:
    return any(sign > "\u2e7f" for sign in message)


def _named(wrong: click.BadParameter) -> str:
    if wrong.param is None:
        return "参数"
    if wrong.param.param_type_name == "option":
        return f"选项 {'、'.join(wrong.param.opts)} "
    return f"参数 {(wrong.param.name or '').upper()} "


def _why(wrong: click.BadParameter) -> str:
    kind = getattr(wrong.param, "type", None)
    if isinstance(kind, click.Path):
        return "没有这个文件，或类型不符。"
    if isinstance(kind, click.IntRange):
        return f"应为 {kind.min} 到 {kind.max} 的整数。"
    if isinstance(kind, click.DateTime):
        return "应为日期，如 2026-03-20。"
    return wrong.message if _is_ours(wrong.message) else "不是所需的类型。"
