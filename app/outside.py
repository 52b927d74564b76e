"""Where messages may leave the house: read from the environment with the other settings."""

from __future__ import annotations

import base64
import binascii
import os
import re
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAST_SECRET = 16

SCHEMES = {"smtps": ("tls", 465), "smtp": ("starttls", 587), "smtp+plain": ("none", 25)}
"""How the line to the mail server is encrypted, and its usual port."""

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)


class WrongSetting(Exception):
    """A setting is missing or cannot be used; the text says which, and what to do."""


def is_address(text: str) -> bool:
    """Whether mail can be sent to ``text``."""
    return len(text) <= 254 and ADDRESS.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The mail server and in whose name it is used."""

    host: str
    port: int
    tls: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """The platform that is told of messages by HTTP, and the secret they are signed with."""

    url: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The ways out of this installation; without settings there is none."""

    public_url: str = ""
    mail: Mail | None = None
    hook: Hook | None = None
    sms_folder: Path | None = None

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> Outside:
        """Read the settings of every channel; raises WrongSetting."""
        found = cls(
            public_url=_public_url(env.get("XIANGSHEN_PUBLIC_URL", "")),
            mail=_mail(env),
            hook=_hook(env),
            sms_folder=_sms_folder(env.get("XIANGSHEN_SMS_FOLDER", "")),
        )
        if (found.mail or found.hook or found.sms_folder) and not found.public_url:
            raise WrongSetting("开通了对外消息，还须用 XIANGSHEN_PUBLIC_URL 写明用户打开本系统的网址。")
        return found


def _split(name: str, url: str, schemes: tuple[str, ...]) -> SplitResult:
    """The parts of a URL; raises WrongSetting, without repeating what may hold a password."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if not fits or any(sign.isspace() for sign in url):
        raise WrongSetting(f"{name} 应写成 {' 或 '.join(f'{scheme}://' for scheme in schemes)} 开头的网址。")
    return parts


def _public_url(url: str) -> str:
    if url:
        parts = _split("XIANGSHEN_PUBLIC_URL", url, ("https", "http"))
        if parts.username or parts.query or parts.fragment:
            raise WrongSetting(
                "XIANGSHEN_PUBLIC_URL 只写到主机名（和路径）为止，如 https://shenpi.example.cn。"
            )
    return url.rstrip("/")


def _mail(env: Mapping[str, str]) -> Mail | None:
    url, sender = env.get("XIANGSHEN_SMTP_URL", ""), env.get("XIANGSHEN_SMTP_SENDER", "")
    if not url:
        return None
    parts = _split("XIANGSHEN_SMTP_URL", url, tuple(SCHEMES))
    tls, port = SCHEMES[parts.scheme]
    if not is_address(parseaddr(sender)[1]):
        raise WrongSetting("XIANGSHEN_SMTP_SENDER 应为发件人，如 乡审 <shenpi@example.cn>。")
    if parts.password:
        raise WrongSetting("XIANGSHEN_SMTP_URL 里不写密码，请写进 XIANGSHEN_SMTP_PASSWORD_FILE 指定的文件。")
    password = _secret(env, "XIANGSHEN_SMTP_PASSWORD_FILE", needed=bool(parts.username))
    if not password.isascii():
        raise WrongSetting("XIANGSHEN_SMTP_PASSWORD_FILE 的密码只能用英文字母、数字和符号。")
    if parts.username and tls == "none":
        raise WrongSetting("XIANGSHEN_SMTP_URL 要登录就须加密，请改用 smtp:// 或 smtps://。")
    return Mail(
        host=parts.hostname or "",
        port=parts.port or port,
        tls=tls,
        sender=sender,
        user=unquote(parts.username or ""),
        password=password.decode(),
    )


def _hook(env: Mapping[str, str]) -> Hook | None:
    url = env.get("XIANGSHEN_WEBHOOK_URL", "")
    if not url:
        return None
    if _split("XIANGSHEN_WEBHOOK_URL", url, ("https", "http")).username:
        raise WrongSetting("XIANGSHEN_WEBHOOK_URL 里不写用户名和密码，请求以签名证明来源。")
    secret = _secret(env, "XIANGSHEN_WEBHOOK_SECRET_FILE", needed=True)
    if secret.startswith(b"whsec_"):
        try:
            secret = base64.b64decode(secret.removeprefix(b"whsec_"), validate=True)
        except binascii.Error:
            raise WrongSetting("XIANGSHEN_WEBHOOK_SECRET_FILE 的 whsec_ 之后应为 Base64。") from None
    if len(secret) < LEAST_SECRET:
        raise WrongSetting(f"XIANGSHEN_WEBHOOK_SECRET_FILE 的密钥至少 {LEAST_SECRET} 字节。")
    return Hook(url=url, secret=secret)


def _secret(env: Mapping[str, str], name: str, *, needed: bool) -> bytes:
    """What the named file holds, without the line break at its end."""
    named = env.get(name, "")
    if not named and not needed:
        return b""
    if not named:
        raise WrongSetting(f"缺少 {name}，请写明密钥或密码所在的文件。")
    try:
        secret = Path(named).read_bytes().strip()
    except OSError as error:
        raise WrongSetting(f"{name} 指定的文件读不到：{error.strerror}。") from error
    if not secret:
        raise WrongSetting(f"{name} 指定的文件是空的。")
    return secret


def _sms_folder(named: str) -> Path | None:
    if not named:
        return None
    folder = Path(named).resolve()
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise WrongSetting("XIANGSHEN_SMS_FOLDER 应为已有且可写的目录，短信网关从中取文件。")
    return folder
