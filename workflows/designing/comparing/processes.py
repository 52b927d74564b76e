"""Processes and their lanes compared: names, documentation, clause; who has a lane of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.designing.comparing.changes import ADDED, CHANGED, REMOVED, STEPS, Change
from workflows.spiff import markup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml import etree

    from workflows.designing.comparing.wording import Words

_SIDES = {"name": "名称", "documentation": "说明", "basis": "依据", "origin": "依据来源"}
_LANE = {"name": "名称", "role": "角色", "level": "层级"}


def changes(old: Mapping[str, str], new: Mapping[str, str], words: tuple[Words, Words]) -> Iterator[Change]:
    """Every change of a process or of a lane, by file."""
    for file in sorted(old.keys() | new.keys()):
        if file not in new:
            yield Change(part=STEPS, kind=REMOVED, subject=file, where=f"流程图“{file}”")
        elif file not in old:
            yield Change(part=STEPS, kind=ADDED, subject=file, where=f"流程图“{file}”")
        else:
            roots = [markup.document(file, text.encode()) for text in (old[file], new[file])]
            yield from _sides("流程", _SIDES, *(_processes(root) for root in roots))
            yield from _lanes(*(_lanes_of(root, word) for root, word in zip(roots, words, strict=True)))


def _lanes(old: Mapping[str, dict[str, str]], new: Mapping[str, dict[str, str]]) -> Iterator[Change]:
    for key in old.keys() - new.keys():
        yield Change(part=STEPS, kind=REMOVED, subject=key, where=_called("泳道", key, old[key]))
    for key in new.keys() - old.keys():
        yield Change(part=STEPS, kind=ADDED, subject=key, where=_called("泳道", key, new[key]))
    yield from _sides("泳道", _LANE, old, new)


def _called(word: str, key: str, said: Mapping[str, str]) -> str:
    return f"{word}“{said['name']}”（{key}）" if said["name"] else f"{word}（{key}）"


def _sides(
    word: str, sides: Mapping[str, str], old: Mapping[str, dict[str, str]], new: Mapping[str, dict[str, str]]
) -> Iterator[Change]:
    for key in old:
        for side, what in sides.items() if key in new else ():
            before, after = old[key].get(side, ""), new[key].get(side, "")
            if before != after:
                yield Change(
                    part=STEPS, kind=CHANGED, subject=key, where=_called(word, key, old[key]), what=what,
                    old=before, new=after, text=side in {"documentation", "basis"},
                )  # fmt: skip


def _processes(root: etree._Element) -> dict[str, dict[str, str]]:
    return {
        str(each.get("id")): {
            **markup.properties(each),
            "name": str(each.get("name") or ""),
            "documentation": markup.text(markup.child(each, "documentation")) or "",
        }
        for each in markup.children(root, "process")
    }


def _lanes_of(root: etree._Element, words: Words) -> dict[str, dict[str, str]]:
    found = {}
    for each in root.iter(markup.bpmn("lane")):
        said = markup.properties(each)
        found[str(each.get("id"))] = {
            "name": str(each.get("name") or ""),
            "role": words.role(said.get("role", "")),
            "level": words.level(said.get("level", "")),
        }
    return found
