"""Text files are plain: no tab, no blank at a line's end, one line break at the end."""

from pathlib import Path

from tests.guards.sources import texts

TABS_BELONG = {"Makefile"}

# The source documents are kept as they were received, to the byte: diagrams quote them.
AS_RECEIVED = Path("bpmn/sources")


def plain_texts() -> dict[Path, str]:
    return {path: text for path, text in texts().items() if AS_RECEIVED not in path.parents}


def test_no_text_file_has_a_tab():
    found = [
        str(path) for path, text in plain_texts().items() if "\t" in text and path.name not in TABS_BELONG
    ]

    assert not found, "\n".join(found)


def test_no_line_ends_in_a_blank():
    found = [
        f"{path}:{number}"
        for path, text in plain_texts().items()
        for number, line in enumerate(text.split("\n"), start=1)
        if line != line.rstrip(" \t\r")
    ]

    assert not found, "\n".join(found)


def test_every_text_file_ends_with_one_line_break():
    found = [
        str(path)
        for path, text in plain_texts().items()
        if text and (text[-1] != "\n" or text.endswith("\n\n"))
    ]

    assert not found, "\n".join(found)


def test_no_text_file_begins_with_a_byte_order_mark():
    assert [str(path) for path, text in plain_texts().items() if text.startswith("\ufeff")] == []
