"""Which cases of a block have a term: a few places as a list, many as a bitmap; read as one large number.

A block is a stretch of case ids. Bit n of the number stands for the n-th case of the block, so that what
several terms have in common is one ``&``, newest first.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SPAN = 4096
"""So many case ids make a block."""

_BYTES = SPAN // 8


def place(case_id: int) -> tuple[int, int]:
    """The block of a case, and the number with its bit."""
    block, bit = divmod(case_id, SPAN)
    return block, 1 << bit


def packed(cases: int) -> bytes:
    """The shorter of the two forms; a bitmap is known by its length."""
    if cases.bit_count() * 2 >= _BYTES:
        return cases.to_bytes(_BYTES, "little")
    places = list(_bits(cases))
    return struct.pack(f"<{len(places)}H", *places)


def unpacked(stored: bytes) -> int:
    """The number again."""
    if len(stored) == _BYTES:
        return int.from_bytes(stored, "little")
    made = bytearray(_BYTES)
    for at in struct.unpack(f"<{len(stored) // 2}H", stored):
        made[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(made, "little")


def newest_first(block: int, cases: int) -> Iterator[int]:
    """The case ids, the highest first."""
    return (block * SPAN + bit for bit in _bits(cases))


def _bits(cases: int) -> Iterator[int]:
    while cases:
        top = cases.bit_length() - 1
        yield top
        cases ^= 1 << top
