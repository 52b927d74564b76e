"""Contents by hash in the data folder: what a file really is, writing it whole, thumbnails."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from workflows.errors import Invalid, NotFound

PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
OFFICE = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
}
BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError)
"""What reading a picture that is none, or only half of one, may raise."""

MOST_PIXELS = 60_000_000
THUMB = (208, 168)


class WrongFile(Invalid):
    """The upload is empty, too large, or not what it claims to be."""

    code = "attachment.wrong_file"
    sentence = "文件“{name}”不能上传：{why}"


class NoPicture(NotFound):
    """The file cannot be shown small: it is damaged, or only half of it arrived."""

    code = "attachment.no_picture"
    sentence = "这张照片已损坏或没有传完整，请重新上传。"


@dataclass(frozen=True, slots=True)
class Content:
    """A checked upload: its bytes, their SHA-256, and the type its content shows."""

    data: bytes
    sha256: str
    name: str
    type: str

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.data)


def check(data: bytes, name: str, most_bytes: int) -> Content:
    """Look into the bytes instead of trusting the name; raises WrongFile."""
    shown = _safe_name(name)
    if not data:
        raise WrongFile({"file": "文件是空的，请重新选择。"}, name=shown, why="文件是空的")
    if len(data) > most_bytes:
        limit = most_bytes // 1024 // 1024
        raise WrongFile({"file": f"文件超过 {limit} MB，请压缩后再传。"}, name=shown, why=f"超过 {limit} MB")
    return Content(data, digest(data), shown, _type_of(data, shown))


def _safe_name(name: str) -> str:
    base = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in base if c.isprintable() and c not in '<>:"|?*').strip()
    return kept[-120:] or "未命名"


def _type_of(data: bytes, name: str) -> str:
    for magic, found in MAGIC:
        if data.startswith(magic):
            return found if found == "application/pdf" else _office(name)
    return _picture(data, name)


def _office(name: str) -> str:
    for ending, found in OFFICE.items():
        if name.lower().endswith(ending):
            return found
    raise _unknown(name)


def _picture(data: bytes, name: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(data), formats=list(PICTURES)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise WrongFile({"file": "照片尺寸过大，请压缩后再传。"}, name=name, why="照片尺寸过大")
                picture.verify()
                return PICTURES[str(picture.format)]
    except (*BROKEN, Image.DecompressionBombError, Warning) as error:
        raise _unknown(name) from error


def _unknown(name: str) -> WrongFile:
    why = "只接受照片（JPG、PNG、WEBP）、PDF 和 Word、Excel 文件，且内容须与类型相符"
    return WrongFile({"file": f"{why}。"}, name=name, why=why)


def path_of(folder: Path, sha256: str) -> Path:
    """Where the content of that hash lies."""
    return folder / "attachments" / sha256[:2] / sha256


def digest(data: bytes) -> str:
    """SHA-256 of a content."""
    return hashlib.sha256(data).hexdigest()


def read(folder: Path, sha256: str) -> bytes | None:
    """What lies under that hash now; None where nothing can be read."""
    try:
        return path_of(folder, sha256).read_bytes()
    except OSError:
        return None


def size_words(size: int) -> str:
    """A size as people say it."""
    if size < 1024:
        return f"{size} 字节"
    return f"{size / 1024:.1f} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def keep(folder: Path, content: Content) -> None:
    """Write the content whole or not at all; the same content twice is one file."""
    target = path_of(folder, content.sha256)
    if target.exists():
        return
    _write(target, content.data)


def _write(target: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, waiting = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(waiting).replace(target)


def on_white(picture: Image.Image) -> Image.Image:
    """What is transparent, such as the paper of a signature, becomes white: JPEG knows only that."""
    drawn = picture.convert("RGBA")
    paper = Image.new("RGB", drawn.size, "white")
    paper.paste(drawn, mask=drawn.getchannel("A"))
    return paper


def thumbnail(folder: Path, sha256: str) -> bytes:
    """A small JPEG of a picture, made on first use; raises NoPicture."""
    target = folder / "thumbs" / f"{sha256}.jpg"
    if target.exists():
        return target.read_bytes()
    data = read(folder, sha256)
    if data is None or digest(data) != sha256:
        raise NoPicture
    made = _small(data)
    _write(target, made)
    return made


def _small(data: bytes) -> bytes:
    made = io.BytesIO()
    try:
        with Image.open(io.BytesIO(data), formats=list(PICTURES)) as picture:
            # A JPEG is read at a fraction of its size, so that a large photo does not fill the memory.
            picture.draft("RGB", THUMB)
            small = on_white(picture)
            small.thumbnail(THUMB)
            small.save(made, "JPEG", quality=80)
    except BROKEN as error:
        raise NoPicture from error
    return made.getvalue()
