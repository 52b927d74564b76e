"""Papers, pictures and signatures: a list of numbers of files that were uploaded before."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import Any

from forms.fields import WRONG_TYPE, AnswerField
from forms.lookups import AttachmentInfo
from forms.validators import Wrong

_KINDS = {"image": "照片", "signature": "签名"}
_TYPES = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class FilesField(AnswerField):
    """Uploaded files, each checked against what the definition accepts."""

    shape = "files"

    def empty(self) -> Any:
        return []

    def from_json(self, value: Any) -> list[int]:
        good = isinstance(value, list) and all(
            isinstance(item, int) and not isinstance(item, bool) and 0 < item < 2**53 for item in value
        )
        if not good:
            raise Wrong("应为已上传文件编号的列表。" if isinstance(value, list) else WRONG_TYPE["list"])
        return list(dict.fromkeys(value))

    def from_text(self, texts: list[str]) -> list[int]:
        return list(dict.fromkeys(int(text) for text in texts if _is_number(text)))

    def refuse_blank(self) -> None:
        if self.needed:
            raise Wrong(f"请{'签署' if self.spec.kind == 'signature' else '上传'}{self.spec.label}。")

    def judge(self) -> None:
        limits = self.spec.limits
        if len(self.data) > limits.max_files:
            raise Wrong(f"最多上传{limits.max_files}个文件，现有{len(self.data)}个，请删去多余的。")
        for number in self.data:
            info = self.form.surroundings.lookups.attachment(number)
            if info is None:
                raise Wrong(f"找不到编号为{number}的文件，请重新上传。")
            self._judge_file(info)

    def _judge_file(self, info: AttachmentInfo) -> None:
        limits = self.spec.limits
        if limits.accept and not any(accepts(pattern, info) for pattern in limits.accept):
            what = _KINDS.get(self.spec.kind, "所要求类型的文件")
            raise Wrong(f"“{info.name}”不是{what}，请换一个文件。")
        if info.size > limits.max_bytes:
            raise Wrong(f"“{info.name}”超过{limits.max_bytes / 1024 / 1024:g}MB，请压缩后重新上传。")

    @property
    def uploaded(self) -> list[tuple[int, AttachmentInfo]]:
        """The files that are there already, for the page to show again."""
        lookup = self.form.surroundings.lookups.attachment
        numbers = [int(text) for text in self.typed if _is_number(text)]
        return [(number, info) for number in dict.fromkeys(numbers) if (info := lookup(number))]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16 and int(text) > 0


def accepts(pattern: str, info: AttachmentInfo) -> bool:
    """Whether a file is of a type as `accept` writes it: image/*, application/pdf, .pdf."""
    if pattern.startswith("."):
        return info.name.lower().endswith(pattern) or _TYPES.get(pattern) == info.type.lower()
    return fnmatch(info.type.lower(), pattern)
