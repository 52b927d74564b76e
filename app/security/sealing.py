"""Sealing of personal data: encrypted at rest, found again by a keyed hash, shown as a mask.

The keys are derived from the installation's data key, given once at start by ``configure``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KEY_BYTES, NONCE_BYTES = 32, 12

KINDS = ("identity", "phone", "bank_account", "email")
"""Kinds of values that are never stored plain."""


class NotConfigured(RuntimeError):
    """Personal data was touched before the data key was given."""


class Unsealable(ValueError):
    """A sealed value was changed, or belongs to another key."""


class Sealer:
    """Seals and unseals under keys derived from one data key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"the data key needs {KEY_BYTES} bytes, not {len(key)}")
        self._cipher = AESGCM(_derived(key, b"xiangshen seal 1"))
        self._hash_key = _derived(key, b"xiangshen keyed hash 1")

    def seal(self, kind: str, plain: str) -> dict[str, str]:
        """The stored form of ``plain``: sealed text, mask and keyed hash."""
        text = normal(kind, plain)
        nonce = os.urandom(NONCE_BYTES)
        # The kind is authenticated too, so a sealed phone cannot pass for a sealed identity number.
        box = nonce + self._cipher.encrypt(nonce, text.encode(), kind.encode())
        return {
            "kind": kind,
            "sealed": base64.b64encode(box).decode(),
            "mask": mask(kind, text),
            "hash": self.keyed_hash(kind, text),
        }

    def unseal(self, value: Mapping[str, Any]) -> str:
        """The plain text of a stored value; raises Unsealable."""
        try:
            box = base64.b64decode(value["sealed"], validate=True)
            plain = self._cipher.decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], value["kind"].encode())
        except (InvalidTag, KeyError, ValueError, TypeError) as error:
            raise Unsealable("sealed value cannot be opened with this key") from error
        return plain.decode()

    def keyed_hash(self, kind: str, plain: str) -> str:
        """The same for the same value, useless without the key."""
        message = f"{kind}:{normal(kind, plain)}".encode()
        return hmac.new(self._hash_key, message, hashlib.sha256).hexdigest()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return hmac.new(key, purpose, hashlib.sha256).digest()


_sealers: dict[str, Sealer] = {}


def configure(key: bytes) -> None:
    """Use ``key`` (32 bytes) from now on in this process."""
    _sealers["current"] = Sealer(key)


def _current() -> Sealer:
    try:
        return _sealers["current"]
    except KeyError:
        raise NotConfigured("app.security.sealing.configure(key) was not called") from None


def seal(kind: str, plain: str) -> dict[str, str]:
    """``{"kind", "sealed", "mask", "hash"}`` of ``plain``; ``kind`` is one of KINDS."""
    return _current().seal(kind, plain)


def unseal(value: Mapping[str, Any]) -> str:
    """The plain text of a sealed value; raises Unsealable when it was tampered with."""
    return _current().unseal(value)


def keyed_hash(kind: str, plain: str) -> str:
    """What a sealed value of the same text carries under ``hash``: how it is searched for."""
    return _current().keyed_hash(kind, plain)


def is_sealed(value: object) -> bool:
    """Whether ``value`` is the stored form of personal data."""
    return isinstance(value, dict) and "sealed" in value and "mask" in value


def normal(kind: str, plain: str) -> str:
    """One spelling per value, so that the hash finds it however it was typed."""
    text = "".join(plain.split())
    if kind == "identity":
        return text.upper()
    if kind in {"phone", "bank_account"}:
        return text.replace("-", "")
    if kind == "email":
        # Before the sign capitals may count, after it they never do.
        name, sign, domain = text.rpartition("@")
        return f"{name}{sign}{domain.lower()}"
    return text


def mask(kind: str, plain: str) -> str:
    """What may be shown of ``plain``: enough to recognise, not enough to use."""
    return _MASKS.get(kind, _hide_all)(normal(kind, plain))


def name_mask(name: str) -> str:
    """Surname and 某, as notices show a name where the parameter says so; compound surnames stay whole."""
    text = name.strip()
    if not text:
        return ""
    surname = text[:2] if text[:2] in _COMPOUND_SURNAMES and len(text) > 2 else text[:1]
    return surname + "某"


_COMPOUND_SURNAMES = {
    "欧阳", "司马", "诸葛", "上官", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容",
    "令狐", "宇文", "长孙", "夏侯", "端木", "南宫", "呼延",
}  # fmt: skip


def _keep(head: int, tail: int, least: int) -> Callable[[str], str]:
    """Show ``head`` and ``tail`` characters, everything hidden when shorter than ``least``."""

    def show(text: str) -> str:
        if len(text) < least:
            return _hide_all(text)
        return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]

    return show


def _hide_all(text: str) -> str:
    return "*" * len(text)


def _keep_domain(address: str) -> str:
    name, sign, domain = address.rpartition("@")
    return f"{name[:1] if len(name) > 2 else ''}***{sign}{domain}"


_MASKS: dict[str, Callable[[str], str]] = {
    "identity": _keep(6, 4, 15),
    "phone": _keep(3, 4, 11),
    "bank_account": _keep(0, 4, 8),
    "email": _keep_domain,
}
