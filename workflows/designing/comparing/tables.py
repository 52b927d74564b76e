"""Decisions compared: tables rule by rule and cell by cell, other expressions as texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.designing.comparing.changes import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    TABLES,
    Change,
    displaced,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workflows.catalogue import Release
    from workflows.decisions.model import Part
    from workflows.decisions.tables import Input, Output, Rule, Table

_POLICIES = {
    "UNIQUE": "只能命中一条",
    "FIRST": "取先命中的一条",
    "ANY": "命中的各条须相同",
    "PRIORITY": "取优先的一条",
    "RULE ORDER": "取命中的各条，按规则次序",
    "OUTPUT ORDER": "取命中的各条，按结果次序",
    "COLLECT": "取命中的各条",
    "COLLECT SUM": "命中的各条相加",
    "COLLECT MIN": "取最小",
    "COLLECT MAX": "取最大",
    "COLLECT COUNT": "数命中的条数",
}


def changes(old: Release, new: Release) -> Iterator[Change]:
    """Every change of a decision, by its id."""
    before, after = _decisions(old), _decisions(new)
    for key, part in before.items():
        if key not in after:
            yield Change(part=TABLES, kind=REMOVED, subject=key, where=_called(part))
    for key, part in after.items():
        if key not in before:
            yield Change(part=TABLES, kind=ADDED, subject=key, where=_called(part))
        else:
            yield from _decision(before[key], part)


def _decisions(release: Release) -> dict[str, Part]:
    return {key: model.parts[key] for key, model in release.models.items()}


def _called(part: Part) -> str:
    return f"决策“{part.title or part.name}”（{part.id}）"


def _decision(old: Part, new: Part) -> Iterator[Change]:
    where = _called(old)
    sides = [
        ("名称", old.title or old.name, new.title or new.name),
        ("所需内容", "、".join(old.needs), "、".join(new.needs)),
        ("表达式", old.written.source if old.written else "", new.written.source if new.written else ""),
        ("形式", "决策表" if old.table else "表达式", "决策表" if new.table else "表达式"),
    ]
    if old.table and new.table:
        sides += [
            ("命中方式", _policy(old.table), _policy(new.table)),
            ("依据", old.table.basis, new.table.basis),
        ]
    for what, before, after in sides:
        if before != after:
            yield Change(
                part=TABLES, kind=CHANGED, subject=old.id, where=where, what=what, old=before, new=after,
                text=what == "依据",
            )  # fmt: skip
    if old.table and new.table:
        yield from _columns(old.id, where, old.table, new.table)
        yield from _rules(old.id, where, old.table, new.table)


def _policy(table: Table) -> str:
    return _POLICIES.get(table.policy, table.policy)


def _heads(table: Table) -> list[tuple[str, str]]:
    """What each column asks or gives, inputs first."""
    inputs = zip(_unlike([column.label for column in table.inputs]), table.inputs, strict=True)
    outputs = zip(_unlike([_result(column) for column in table.outputs]), table.outputs, strict=True)
    return [(f"条件列“{name}”", _asked(column)) for name, column in inputs] + [
        (f"结果列“{name}”", column.name) for name, column in outputs
    ]


def _result(column: Output) -> str:
    return column.label or column.name or "结果"


def _unlike(names: list[str]) -> list[str]:
    """The names, each with its place where it would stand there twice."""
    return [name if names.count(name) == 1 else f"{name}（第 {n} 列）" for n, name in enumerate(names, 1)]


def _asked(column: Input) -> str:
    return f"{column.source}（可为 {column.allowed_text}）" if column.allowed_text else column.source


def _columns(subject: str, where: str, old: Table, new: Table) -> Iterator[Change]:
    before, after = dict(_heads(old)), dict(_heads(new))
    for name, asked in before.items():
        if name not in after:
            yield Change(
                part=TABLES, kind=REMOVED, subject=f"{subject}/{name}", where=f"{where}的{name}", old=asked
            )
    for name, asked in after.items():
        if name not in before:
            yield Change(
                part=TABLES, kind=ADDED, subject=f"{subject}/{name}", where=f"{where}的{name}", new=asked
            )
        elif before[name] != asked:
            yield Change(
                part=TABLES, kind=CHANGED, subject=f"{subject}/{name}", where=f"{where}的{name}",
                what="取值", old=before[name], new=asked,
            )  # fmt: skip
    for name in displaced(list(before), list(after)):
        places = [str(list(each).index(name) + 1) for each in (before, after)]
        yield Change(
            part=TABLES, kind=MOVED, subject=f"{subject}/{name}", where=f"{where}的{name}", what="次序",
            old=f"为第 {places[0]} 列", new=f"为第 {places[1]} 列",
        )  # fmt: skip


def _rules(subject: str, where: str, old: Table, new: Table) -> Iterator[Change]:
    before, after = _by_id(old), _by_id(new)
    for key, rule in before.items():
        if key not in after:
            yield Change(
                part=TABLES, kind=REMOVED, subject=f"{subject}/{key}", where=_row(where, rule),
                old=_whole(old, rule),
            )  # fmt: skip
    for key, rule in after.items():
        if key not in before:
            yield Change(
                part=TABLES, kind=ADDED, subject=f"{subject}/{key}", where=_row(where, rule),
                new=_whole(new, rule),
            )  # fmt: skip
            continue
        cells = _cells(old, before[key]), _cells(new, rule)
        for name in cells[0]:
            if name in cells[1] and cells[0][name] != cells[1][name]:
                yield Change(
                    part=TABLES, kind=CHANGED, subject=f"{subject}/{key}", where=_row(where, before[key]),
                    what=f"“{name}”", old=cells[0][name], new=cells[1][name],
                )  # fmt: skip
    for key in displaced(list(before), list(after)):
        yield Change(
            part=TABLES, kind=MOVED, subject=f"{subject}/{key}", where=_row(where, before[key]), what="次序",
            old=f"为第 {before[key].number} 条", new=f"为第 {after[key].number} 条",
        )  # fmt: skip


def _by_id(table: Table) -> dict[str, Rule]:
    return {rule.id or f"第 {rule.number} 条": rule for rule in table.rules}


def _row(where: str, rule: Rule) -> str:
    return f"{where}的第 {rule.number} 条规则{f'（{rule.id}）' if rule.id else ''}"


def _cells(table: Table, rule: Rule) -> dict[str, str]:
    heads = _unlike([column.label for column in table.inputs] + [_result(each) for each in table.outputs])
    cells = [cell.text or "不限" for cell in (*rule.tests, *rule.results)]
    return {
        **dict(zip(heads, cells, strict=False)),
        **{f"注：{name}": text for name, text in rule.annotations},
    }


def _whole(table: Table, rule: Rule) -> str:
    return "，".join(
        f"{name} {text}" for name, text in _cells(table, rule).items() if text not in {"-", "不限"}
    )
