"""What the guards read: the files of this repository, not what was built or installed beside them."""

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", "var", "node_modules", "dist", "results", "__pycache__"}


@cache
def files() -> tuple[Path, ...]:
    """Every file of the repository, relative to its root."""
    found = []
    for folder, inner, names in os.walk(ROOT):
        inner[:] = sorted(name for name in inner if name not in NOT_OURS and _is_source(name))
        found += [(Path(folder) / name).relative_to(ROOT) for name in sorted(names) if name not in NOT_OURS]
    return tuple(found)


@cache
def texts() -> dict[Path, str]:
    """Every file that is text, with its text."""
    contents = {path: (ROOT / path).read_bytes() for path in files() if (ROOT / path).is_file()}
    return {
        path: content.decode()
        for path, content in contents.items()
        if b"\0" not in content[:8000] and _decodes(content)
    }


def sources(*folders: str) -> dict[Path, ast.Module]:
    """The Python files in these folders, parsed."""
    return {
        path: ast.parse(text)
        for path, text in texts().items()
        if path.suffix == ".py" and path.parts[0] in folders
    }


def calls(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Every `receiver.name(...)`: its line, the receiver's last word, the name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            receiver = node.func.value
            last = getattr(receiver, "attr", getattr(receiver, "id", ""))
            yield node.lineno, last, node.func.attr


def _is_source(folder: str) -> bool:
    return folder == ".ci" or (not folder.startswith(".") and not folder.endswith(".egg-info"))


def _decodes(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
