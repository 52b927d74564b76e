"""Who signs the seals of the trail: Ed25519, or SM2 where the office must use the national algorithms."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

if TYPE_CHECKING:
    from pathlib import Path

    from app.settings import Settings
    from workflows.ports import Sealer, SealKey

SM2_USER = b"1234567812345678"
"""The identity that GB/T 35276 gives a signer who names none."""

HALF = 32
"""Bytes of each of the two numbers of an SM2 signature."""


@dataclass(frozen=True, slots=True)
class Ed25519Sealer:
    """Signs by RFC 8032; the key is its 32 secret bytes."""

    key: bytes = field(repr=False)
    folder: Path
    algorithm: str = "ed25519"

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.key)

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the public key."""
        return self._private.public_key().public_bytes_raw()

    def sign(self, body: bytes) -> bytes:
        """64 bytes."""
        return self._private.sign(body)

    def holds(self, body: bytes, signature: bytes, by: SealKey) -> bool:
        """Whether the signature is that key's."""
        return holds(body, signature, by)


@dataclass(frozen=True, slots=True)
class Sm2Sealer:
    """Signs by GB/T 32918 over SM3; needs the extra ``sm2``."""

    key: bytes = field(repr=False)
    folder: Path
    algorithm: str = "sm2"

    @property
    def public_key(self) -> bytes:
        """The point's 65 bytes, uncompressed."""
        from gmalg import SM2  # noqa: PLC0415 (an extra, there only where it was chosen)

        found: bytes = SM2().generate_pk(self.key)
        return found

    def sign(self, body: bytes) -> bytes:
        """Both numbers one after the other, 64 bytes."""
        from gmalg import SM2  # noqa: PLC0415

        first, second = SM2(self.key, SM2_USER, self.public_key).sign(body)
        return bytes(first + second)

    def holds(self, body: bytes, signature: bytes, by: SealKey) -> bool:
        """Whether the signature is that key's."""
        return holds(body, signature, by)


def holds(body: bytes, signature: bytes, by: SealKey) -> bool:
    """Whether the signature over ``body`` was made by the owner of that public key."""
    public = bytes.fromhex(by.public)
    if by.algorithm == "ed25519":
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, body)
        except InvalidSignature:
            return False
        return True
    if by.algorithm != "sm2" or len(signature) != 2 * HALF:
        return False
    from gmalg import SM2  # noqa: PLC0415

    return bool(SM2(uid=SM2_USER, pk=public).verify(body, signature[:HALF], signature[HALF:]))


def opened(settings: Settings) -> Sealer | None:
    """Who signs in this installation; None where no key was given."""
    return with_key(settings, settings.seal_key) if settings.seal_key else None


def with_key(settings: Settings, key: bytes) -> Sealer:
    """Who signs with that key."""
    folder = settings.seal_folder or settings.data_dir / "seals"
    made = Sm2Sealer if settings.seal_algorithm == "sm2" else Ed25519Sealer
    return made(key, folder)


def fingerprint(public_key: bytes) -> str:
    """What people compare by eye: the first bytes of the key's digest."""
    digest = hashlib.sha256(public_key).hexdigest()[:32]
    return ":".join(digest[at : at + 4] for at in range(0, len(digest), 4))
