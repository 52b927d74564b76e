"""Pages obey the content security policy: script and style live in files."""

import re

from tests.guards.sources import texts

FORBIDDEN = {
    "script in the page": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*\btype=\"application/json\")[^>]*>", re.IGNORECASE
    ),
    "style in the page": re.compile(r"<style\b", re.IGNORECASE),
    "style on an element": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "script on an element": re.compile(r"<[^>]*\s(?:hx-)?on[a-z:-]+\s*=", re.IGNORECASE),
    "script in an address": re.compile(r"javascript:", re.IGNORECASE),
    "something from elsewhere": re.compile(
        r"(?:src|href)\s*=\s*[\"'](?:https?:)?//(?!www\.w3\.org)", re.IGNORECASE
    ),
}


def templates() -> dict[str, str]:
    return {
        str(path): text
        for path, text in texts().items()
        if path.suffix == ".html" and "templates" in path.parts
    }


def test_no_template_carries_script_or_style_or_reaches_outside():
    found = [
        f"{path}:{text[: match.start()].count(chr(10)) + 1} {what}"
        for path, text in templates().items()
        for what, pattern in FORBIDDEN.items()
        for match in pattern.finditer(text)
    ]

    assert not found, "\n".join(found)
