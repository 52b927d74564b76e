"""Every setting, typed and read once from the environment; a missing or wrong one stops the start."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shlex
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.outside import Outside, WrongSetting

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Outside", "Settings", "WrongSetting"]

KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """The provider of a sign-in beside passwords, and who we are to it."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the installation was told: see the README's table for each."""

    data_dir: Path
    database_url: str
    demo: bool
    bind: str
    secret_key: str
    data_key: bytes
    web_workers: int = 2
    secure_cookies: bool = False
    idle_minutes: int = 30
    session_hours: int = 12
    upload_megabytes: int = 10
    scan_command: tuple[str, ...] = ()
    clamd: str = ""
    password_cost: str = "standard"  # noqa: S105 (how hard hashing works, not a password)
    outside: Outside = field(default_factory=Outside)
    officer_totp: str = "offered"
    oidc: Oidc | None = None
    log_folder: Path | None = None
    testing: bool = False
    seal_key: bytes = field(default=b"", repr=False)
    seal_key_file: Path | None = None
    seal_algorithm: str = "ed25519"
    seal_folder: Path | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read ``XIANGSHEN_*``; raises WrongSetting."""
        env = os.environ if environ is None else environ
        data_dir = Path(env.get("XIANGSHEN_DATA_DIR", "var")).resolve()
        data_dir.mkdir(parents=True, exist_ok=True)
        url = env.get("XIANGSHEN_DATABASE_URL") or f"sqlite:///{data_dir / 'xiangshen.db'}"
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise WrongSetting("XIANGSHEN_DATABASE_URL 应以 sqlite:/// 或 postgresql:// 开头。")
        return cls(
            data_dir=data_dir,
            database_url=url,
            demo=_flag(env, "XIANGSHEN_DEMO"),
            bind=_bind(env.get("XIANGSHEN_BIND", "127.0.0.1:8000")),
            secret_key=env.get("XIANGSHEN_SECRET_KEY") or _kept(data_dir / "secret.key").hex(),
            data_key=_key(env, "XIANGSHEN_DATA_KEY_FILE", data_dir / "data.key"),
            seal_key=_key(env, "XIANGSHEN_SEAL_KEY_FILE", data_dir / "seal.key"),
            seal_key_file=Path(env.get("XIANGSHEN_SEAL_KEY_FILE") or data_dir / "seal.key"),
            seal_algorithm=_algorithm(env.get("XIANGSHEN_SEAL_ALGORITHM", "ed25519")),
            seal_folder=Path(env.get("XIANGSHEN_SEAL_FOLDER") or data_dir / "seals").resolve(),
            web_workers=_number(env, "XIANGSHEN_WEB_WORKERS", 2, 1, 64),
            secure_cookies=_flag(env, "XIANGSHEN_SECURE_COOKIES"),
            idle_minutes=_number(env, "XIANGSHEN_IDLE_MINUTES", 30, 1, 24 * 60),
            session_hours=_number(env, "XIANGSHEN_SESSION_HOURS", 12, 1, 24 * 7),
            upload_megabytes=_number(env, "XIANGSHEN_UPLOAD_MEGABYTES", 10, 1, 200),
            outside=Outside.from_environment(env),
            scan_command=_program(env, "XIANGSHEN_SCAN_COMMAND"),
            clamd=_clamd(env.get("XIANGSHEN_CLAMD", "")),
            oidc=_oidc(env),
            log_folder=Path(env.get("XIANGSHEN_LOG_FOLDER") or data_dir / "logs").resolve(),
            officer_totp=_one_of(env, "XIANGSHEN_OFFICER_TOTP", _usual_totp(env), ("required", "offered")),
        )


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "0")
    if value not in ("0", "1"):
        raise WrongSetting(f"{name} 只能是 0 或 1，现在是“{value}”。")
    return value == "1"


def _one_of(env: Mapping[str, str], name: str, default: str, known: tuple[str, ...]) -> str:
    value = env.get(name) or default
    if value not in known:
        raise WrongSetting(f"{name} 只能是 {' 或 '.join(known)}，现在是“{value}”。")
    return value


def _oidc(env: Mapping[str, str]) -> Oidc | None:
    """All three settings, or none."""
    names = ("XIANGSHEN_OIDC_ISSUER", "XIANGSHEN_OIDC_CLIENT_ID", "XIANGSHEN_OIDC_CLIENT_SECRET_FILE")
    issuer, client_id, file = (env.get(name, "").strip() for name in names)
    if not (issuer or client_id or file):
        return None
    if not (issuer and client_id and file):
        raise WrongSetting(f"{'、'.join(names)} 须同时设置。")
    local = issuer.startswith(("http://127.0.0.1:", "http://localhost:"))
    if not (issuer.startswith("https://") or local):
        raise WrongSetting("XIANGSHEN_OIDC_ISSUER 应以 https:// 开头。")
    try:
        secret = Path(file).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSetting("XIANGSHEN_OIDC_CLIENT_SECRET_FILE 指定的文件读不到。") from error
    if not secret:
        raise WrongSetting("XIANGSHEN_OIDC_CLIENT_SECRET_FILE 指定的文件是空的。")
    return Oidc(issuer=issuer, client_id=client_id, secret=secret)


def _usual_totp(env: Mapping[str, str]) -> str:
    """The accounts of a demonstration are everybody's: no phone belongs to them."""
    return "offered" if env.get("XIANGSHEN_DEMO") == "1" else "required"


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    value = env.get(name, str(default))
    if not value.isdigit() or not least <= int(value) <= most:
        raise WrongSetting(f"{name} 应为 {least} 到 {most} 之间的整数，现在是“{value}”。")
    return int(value)


def _program(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """A program with its own arguments, split as a shell would; it must be there and may be run."""
    try:
        words = tuple(shlex.split(env.get(name, "")))
    except ValueError as error:
        raise WrongSetting(f"{name} 的引号不成对。") from error
    if words and shutil.which(words[0]) is None:
        raise WrongSetting(f"{name} 指定的程序“{words[0]}”不存在或不可执行。")
    return words


def _clamd(value: str) -> str:
    host, _, port = value.rpartition(":")
    if value and not value.startswith("unix:/") and not (host and port.isdigit()):
        raise WrongSetting(
            f"XIANGSHEN_CLAMD 应写成 unix:/套接字路径 或 主机:端口，如 127.0.0.1:3310，现在是“{value}”。"
        )
    return value


def _bind(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit():
        raise WrongSetting(f"XIANGSHEN_BIND 应写成 地址:端口，如 127.0.0.1:8000，现在是“{value}”。")
    return value


def _algorithm(value: str) -> str:
    """How seals are signed; SM2 comes with a library of its own."""
    if value not in ("ed25519", "sm2"):
        raise WrongSetting(f"XIANGSHEN_SEAL_ALGORITHM 只能是 ed25519 或 sm2，现在是“{value}”。")
    if value == "sm2" and importlib.util.find_spec("gmalg") is None:
        raise WrongSetting(
            "XIANGSHEN_SEAL_ALGORITHM 设为 sm2，但没有安装 gmalg；请安装 xiangshen[sm2]，或改用 ed25519。"
        )
    return value


def _key(env: Mapping[str, str], setting: str, usual: Path) -> bytes:
    """A key of 32 bytes: from the file a setting names, or one made and kept in the data folder."""
    named = env.get(setting)
    if not named:
        return _kept(usual)
    try:
        key = Path(named).read_bytes()
    except OSError as error:
        raise WrongSetting(f"{setting} 指定的密钥文件读不到：{error.strerror}。") from error
    if len(key) != KEY_BYTES:
        raise WrongSetting(f"{setting} 的密钥应恰好 {KEY_BYTES} 字节，现在是 {len(key)} 字节。")
    return key


def _kept(path: Path) -> bytes:
    """The key in ``path``, made on first use; only the owner may read it."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise WrongSetting(f"密钥文件 {path.name} 已损坏，请从备份恢复。") from None
        return key
    key = secrets.token_bytes(KEY_BYTES)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
    return key
