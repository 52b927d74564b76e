"""The command line, run in this process: exit code, what it says, what it complains of."""

import io
import sys
from dataclasses import dataclass

import pytest
import structlog

from app import cli


@dataclass
class Ended:
    code: int
    said: str
    complained: str


@pytest.fixture
def xiangshen(monkeypatch, capsys):
    """`xiangshen("feel", "1 + 1")`; `given=` is what stands on its input."""

    def run(*words, given=""):
        content = given.encode() if isinstance(given, str) else given
        monkeypatch.setattr(sys, "argv", ["xiangshen", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        structlog.reset_defaults()
        said = capsys.readouterr()
        return Ended(ended.value.code or 0, said.out, said.err)

    return run


@pytest.fixture
def installed(monkeypatch, tmp_path, database_url):
    """The environment of an installation whose tables stand already."""
    monkeypatch.setenv("XIANGSHEN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("XIANGSHEN_DATABASE_URL", database_url)
    monkeypatch.setenv("XIANGSHEN_DEMO", "1")
    return tmp_path
