"""Merkle trees as RFC 6962 builds them: one digest over any number of leaves, a short proof for each."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEAF, NODE = b"\x00", b"\x01"
"""Leaves and nodes are hashed under signs of their own, so that none can pass for the other."""

NOTHING = hashlib.sha256(b"").hexdigest()
"""The root over no leaf at all."""


def leaf(stream: str, length: int, head: str) -> bytes:
    """The digest of where a stream ends."""
    return hashlib.sha256(LEAF + orjson.dumps([stream, length, head])).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The digest over two."""
    return hashlib.sha256(NODE + left + right).digest()


class Root:
    """The root over leaves given one by one; keeps no more than one digest a level."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []
        self.leaves = 0

    def add(self, digest: bytes) -> None:
        """Take in the next leaf."""
        height = 0
        while self._peaks and self._peaks[-1][0] == height:
            digest = node(self._peaks.pop()[1], digest)
            height += 1
        self._peaks.append((height, digest))
        self.leaves += 1

    def hex(self) -> str:
        """The root over what was given so far."""
        if not self._peaks:
            return NOTHING
        found = self._peaks[-1][1]
        for _, digest in reversed(self._peaks[:-1]):
            found = node(digest, found)
        return found.hex()


def proof(leaves: Iterable[bytes], place: int) -> list[list[str]]:
    """What leads from the leaf at ``place`` to the root: each step's side, and the digest standing there."""
    level: Sequence[bytes] = list(leaves)
    found: list[list[str]] = []
    while len(level) > 1:
        other = place ^ 1
        if other < len(level):
            found.append(["left" if other < place else "right", level[other].hex()])
        pairs = [node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = [*pairs, level[-1]] if len(level) % 2 else pairs
        place //= 2
    return found


def led_to(digest: bytes, steps: Iterable[Sequence[str]]) -> str:
    """The root that a proof leads to from a leaf."""
    for side, other in steps:
        beside = bytes.fromhex(other)
        digest = node(beside, digest) if side == "left" else node(digest, beside)
    return digest.hex()
