"""The README tells what an operator may set."""

import re

from tests.guards.sources import ROOT, texts

README = ROOT / "README.md"


def settings() -> set[str]:
    """Every environment variable that the office reads."""
    return {
        name
        for path, text in texts().items()
        if path.suffix == ".py" and path.parts[0] == "app"
        for name in re.findall(r"\bXIANGSHEN_[A-Z_]*[A-Z]\b", text)
    }


def test_the_readme_names_every_setting():
    told = README.read_text() if README.exists() else ""

    assert sorted(name for name in settings() if name not in told) == []
