"""保管期限 in a description: which of the three classes, on what grounds, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows.designing.findings import Finding, error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE, TABLE = "procedure.toml", "retention"

FOREVER = "永久"
YEARS = {"30年": 30, "10年": 10}
CLASSES = (FOREVER, *YEARS)
"""The three classes of 国家档案局令第8号."""

ORIGINS = {"default": "本地设定", "source": "文件规定"}
SIDES = ("class", "origin", "why", "basis")


def retention_findings(meta: Mapping[str, Any]) -> Iterator[Finding]:
    """A class is one of the three and says where it comes from."""
    said = meta.get(TABLE)
    if not said or "class" not in said:
        sentence = "没有写明保管期限（[retention] 的 class）。"
        yield error(FILE, TABLE, "retention.missing", sentence)
        return
    for side, sentence in faults({name: str(said.get(name, "")).strip() for name in SIDES}).items():
        rule = "retention.unknown" if side == "class" else "retention.reason"
        yield error(FILE, TABLE, rule, sentence)


def faults(said: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a class as it is said, a sentence by side; empty where nothing is."""
    if said["class"] not in CLASSES:
        sentence = f"保管期限“{said['class']}”不认识，应为{'、'.join(CLASSES)}之一。"
        return {"class": sentence if said["class"] else "请选择保管期限。"}
    if said["origin"] not in ORIGINS:
        return {"origin": "请说明保管期限来自文件还是本地设定。"}
    if said["origin"] == "source" and not said["basis"]:
        return {"basis": "保管期限来自文件的，请写明文件名和原文。"}
    if said["origin"] == "default" and not said["why"]:
        return {"why": "保管期限由本地设定的，请写明理由。"}
    return {}


def worded(said: Mapping[str, Any]) -> str:
    """The class with its grounds, as comparing says it."""
    grounds = said.get("basis") or said.get("why") or ""
    origin = ORIGINS.get(str(said.get("origin")), str(said.get("origin", "")))
    told = "：".join(part for part in (origin, str(grounds)) if part)
    return f"{said.get('class', '')}（{told}）" if told else str(said.get("class", ""))
