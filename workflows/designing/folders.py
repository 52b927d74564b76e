"""A procedure's folder (``bpmn/<key>/``) read into a bundle: its own artefacts and those of what it calls."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from workflows.catalogue import Bundle
from workflows.errors import Refusal

if TYPE_CHECKING:
    from pathlib import Path

OWN_DIAGRAM = "process.bpmn"
MOST_BYTES = 2_000_000


class Unusable(Refusal):
    """A procedure's folder cannot be read as one."""

    code = "procedure.unusable"
    sentence = "{file}：{why}"


def keys(root: Path) -> list[str]:
    """The keys of all procedures below ``root``, called ones first."""
    found = sorted(path.parent.name for path in root.glob("*/procedure.toml"))
    return sorted(found, key=lambda key: (len(_calls(root, key)), key))


def _calls(root: Path, key: str) -> list[str]:
    try:
        return [str(called) for called in _meta(root, key).get("calls", ())]
    except Unusable:
        return []


def read(root: Path, forms: Path, key: str) -> Bundle:
    """The bundle of ``key``; raises Unusable naming the file and what is wrong with it."""
    meta = _meta(root, key)
    diagrams = {OWN_DIAGRAM: _text(root / key / OWN_DIAGRAM, root)}
    decisions = _decisions(root, key)
    wanted = _form_keys(diagrams[OWN_DIAGRAM])
    parameters = list(meta.get("parameters", ()))
    for called in _all_calls(root, key):
        diagrams[f"{called}/{OWN_DIAGRAM}"] = _text(root / called / OWN_DIAGRAM, root)
        decisions.update(_decisions(root, called))
        wanted |= _form_keys(diagrams[f"{called}/{OWN_DIAGRAM}"])
        known = {parameter["name"] for parameter in parameters}
        parameters += [p for p in _meta(root, called).get("parameters", ()) if p["name"] not in known]
    return Bundle(
        key=key,
        meta={**meta, "parameters": parameters},
        diagrams=diagrams,
        decisions=decisions,
        forms={name: _text(forms / f"{name}.json", root) for name in sorted(wanted)},
    )


def _all_calls(root: Path, key: str) -> list[str]:
    found: list[str] = []
    waiting = _calls(root, key)
    while waiting:
        called = waiting.pop(0)
        if called != key and called not in found:
            found.append(called)
            waiting += _calls(root, called)
    return found


def _meta(root: Path, key: str) -> dict[str, Any]:
    path = root / key / "procedure.toml"
    try:
        meta = tomllib.loads(_text(path, root))
    except tomllib.TOMLDecodeError as error:
        raise Unusable(file=f"{key}/procedure.toml", why=f"不是有效的 TOML：{error}") from error
    missing = [
        name for name in ("name", "locality", "division", "category", "start_roles") if not meta.get(name)
    ]
    if missing:
        raise Unusable(file=f"{key}/procedure.toml", why=f"缺少 {'、'.join(missing)}")
    return meta


def _decisions(root: Path, key: str) -> dict[str, str]:
    path = root / key / "decisions.dmn"
    return {f"{key}/decisions.dmn": _text(path, root)} if path.exists() else {}


def _text(path: Path, root: Path) -> str:
    shown = str(path.relative_to(root)) if path.is_relative_to(root) else path.name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Unusable(file=shown, why="文件不存在或读不到") from error
    if len(content) > MOST_BYTES:
        raise Unusable(file=shown, why="文件超过 2 MB")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise Unusable(file=shown, why="文件不是 UTF-8 编码") from error


def _form_keys(diagram: str) -> set[str]:
    """Every form a diagram asks for; read as text, since a broken diagram must still be reportable."""
    return set(re.findall(r'formId="([^"]+)"', diagram))
