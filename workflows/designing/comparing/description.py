"""What ``procedure.toml`` says, compared: parameters, documents, who starts, who must be kept apart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from workflows.catalogue import worded
from workflows.designing import retention
from workflows.designing.comparing.changes import ADDED, CHANGED, DESCRIPTION, PARAMETERS, REMOVED, Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from workflows.catalogue import Release
    from workflows.designing.comparing.wording import Words

_SIDES = {
    "label": "名称",
    "default": "默认值",
    "min": "下限",
    "max": "上限",
    "options": "可选值",
    "type": "类型",
    "unit": "单位",
    "origin": "依据来源",
    "basis": "依据",
    "why": "说明",
}
_ORIGINS = {"source": "文件规定", "default": "本地设定"}
_LONG = frozenset({"basis", "why", "summary"})
_SAID = {
    "key": "编号",
    "name": "名称",
    "locality": "所属旗区",
    "division": "适用区划",
    "category": "类别",
    "summary": "简介",
    "start_roles": "发起角色",
    "calls": "调用的事项",
    "start": "发起环节",
    "subject": "办理对象",
    "case": "全程时限",
    "campaign": "定期开展",
    "retention": "保管期限",
    "terms": "用语",
    "roles": "角色的称呼",
}
_OWN = frozenset({"parameters", "documents", "apart"})


def changes(old: Release, new: Release, words: tuple[Words, Words]) -> Iterator[Change]:
    """Every change of the description."""
    yield from _parameters(old.meta.get("parameters", ()), new.meta.get("parameters", ()))
    for name in sorted((old.meta.keys() | new.meta.keys()) - _OWN, key=_rank):
        before, after = old.meta.get(name), new.meta.get(name)
        if before != after:
            said = [_said(name, value, word) for value, word in zip((before, after), words, strict=True)]
            yield Change(
                part=DESCRIPTION, kind=CHANGED, subject=name, where="事项说明",
                what=_SAID.get(name, f"“{name}”"), old=said[0], new=said[1], text=name in _LONG,
            )  # fmt: skip
    yield from _documents(old.meta.get("documents", ()), new.meta.get("documents", ()))
    yield from _apart(old, new, words)


def _rank(name: str) -> tuple[int, str]:
    names = list(_SAID)
    return (names.index(name) if name in names else len(names), name)


def _said(name: str, value: Any, words: Words) -> str:
    if value is None:
        return ""
    if name == "start_roles":
        return "、".join(words.role(each) for each in value)
    if name == "case":
        return words.feel(str(value.get("due", "")))
    if name == "retention":
        return retention.worded(value)
    if isinstance(value, dict):
        return "，".join(f"{key} {_text(each)}" for key, each in value.items())
    return _text(value)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else worded(value)


def _parameters(old: Any, new: Any) -> Iterator[Change]:
    before, after = ({said["name"]: said for said in each} for each in (old, new))
    for name, said in before.items():
        if name not in after:
            yield Change(
                part=PARAMETERS, kind=REMOVED, subject=name, where=_called(said), what="默认值",
                old=worded(said["default"]),
            )  # fmt: skip
    for name, said in after.items():
        if name not in before:
            yield Change(
                part=PARAMETERS, kind=ADDED, subject=name, where=_called(said), what="默认值",
                new=worded(said["default"]),
            )  # fmt: skip
        else:
            yield from _parameter(before[name], said)


def _called(said: Mapping[str, Any]) -> str:
    return f"参数“{said.get('label') or said['name']}”（{said['name']}）"


def _parameter(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for side in sorted(old.keys() | new.keys()):
        if old.get(side) != new.get(side):
            said = [_side(side, each.get(side)) for each in (old, new)]
            yield Change(
                part=PARAMETERS, kind=CHANGED, subject=old["name"], where=_called(old),
                what=_SIDES.get(side, f"“{side}”"), old=said[0], new=said[1], text=side in _LONG,
            )  # fmt: skip


def _side(side: str, value: Any) -> str:
    if value is None:
        return ""
    return _ORIGINS.get(str(value), str(value)) if side == "origin" else worded(value)


def _documents(old: Any, new: Any) -> Iterator[Change]:
    before, after = (
        {str(said.get("file") or said.get("title")): said for said in each} for each in (old, new)
    )
    for file, said in before.items():
        if file not in after:
            yield Change(part=DESCRIPTION, kind=REMOVED, subject=file, where=_document(said))
    for file, said in after.items():
        if file not in before:
            yield Change(part=DESCRIPTION, kind=ADDED, subject=file, where=_document(said))
            continue
        for side, what in (("title", "标题"), ("number", "文号"), ("clause", "条款")):
            one, other = (str(each.get(side) or "") for each in (before[file], said))
            if one != other:
                yield Change(
                    part=DESCRIPTION, kind=CHANGED, subject=file, where=_document(before[file]), what=what,
                    old=one, new=other, text=True,
                )  # fmt: skip


def _document(said: Mapping[str, Any]) -> str:
    return f"依据文件“{said.get('title') or said.get('file')}”（{said.get('file', '')}）"


def _apart(old: Release, new: Release, words: tuple[Words, Words]) -> Iterator[Change]:
    before, after = (list(dict.fromkeys(each.apart)) for each in (old, new))
    for group in before:
        if group not in after:
            yield Change(
                part=DESCRIPTION, kind=REMOVED, subject="apart", where="不得由同一人办理的规定",
                old=_steps(group, words[0]),
            )  # fmt: skip
    for group in after:
        if group not in before:
            yield Change(
                part=DESCRIPTION, kind=ADDED, subject="apart", where="不得由同一人办理的规定",
                new=_steps(group, words[1]),
            )  # fmt: skip


def _steps(group: frozenset[str], words: Words) -> str:
    return "、".join(f"“{words.step(step)}”" for step in sorted(group))
