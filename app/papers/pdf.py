"""A paper as PDF: the sheet as it was issued, set on A4 after GB/T 9704, the same bytes each time."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import ImageFile

from app.attachments import content
from workflows.errors import Conflict

if TYPE_CHECKING:
    from types import ModuleType

STYLE = Path(__file__).with_name("paper.css")


class NotSettable(Conflict):
    """The machine lacks the libraries or fonts that set a page."""

    code = "document.no_pdf"
    sentence = "本机缺少排版组件（Pango），暂不能生成 PDF；可以先用浏览器打印，并请系统管理员安装后再试。"


class Changed(Conflict):
    """The stored PDF is not the one that was made from the paper."""

    code = "document.pdf_changed"
    sentence = "此文书的 PDF 与登记的摘要不一致，可能被改动，请勿使用，并立即告知管理员。"


@cache
def _setter() -> ModuleType:
    # Loaded on first use: it takes seconds, and most processes never set a page.
    try:
        setter = import_module("weasyprint")
    except OSError as error:
        raise NotSettable from error
    # Loading it makes half a picture pass for a whole one in all of this process; attachments must not.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return setter


def made(html: str, title: str, sha256: str) -> bytes:
    """The PDF of a sheet; ``sha256`` of the sheet is its identifier. Raises NotSettable."""
    setter = _setter()
    page = f'<!DOCTYPE html><html lang="zh-CN"><head><title></title></head><body>{html}</body></html>'
    # A paper refers to nothing outside itself, neither on this machine nor elsewhere; signatures are in it.
    nowhere = setter.urls.URLFetcher(allowed_protocols=("data",))
    style = setter.CSS(string=STYLE.read_text(encoding="utf-8"), url_fetcher=nowhere)
    document = setter.HTML(string=page, url_fetcher=nowhere).render(stylesheets=[style])
    document.metadata.title = title
    return bytes(document.write_pdf(pdf_identifier=sha256.encode()))


def with_digest(html: str) -> str:
    """A sheet with its own SHA-256 below it, so that paper and record can be compared by anybody."""
    digest = hashlib.sha256(html.encode()).hexdigest()
    return f'{html}<p class="official-digest">内容摘要（SHA-256）：{digest}</p>'


def keep(folder: Path, pdf: bytes) -> str:
    """Write a PDF into the data folder whole or not at all; gives its SHA-256."""
    digest = hashlib.sha256(pdf).hexdigest()
    content.keep(folder, content.Content(pdf, digest, "", "application/pdf"))
    return digest


def kept(folder: Path, sha256: str) -> bytes | None:
    """The stored PDF, None where the file is gone; raises Changed where it is another."""
    try:
        pdf = content.path_of(folder, sha256).read_bytes()
    except FileNotFoundError:
        return None
    if hashlib.sha256(pdf).hexdigest() != sha256:
        raise Changed
    return pdf
