"""The table of procedures names what is there, all of it, and every clause stands in its source."""

import re

import pytest

from tests.bpmn import artefacts
from tests.bpmn.artefacts import FORMS, KEYS, PROCEDURES

README = (PROCEDURES / "README.md").read_text(encoding="utf-8")
ROWS = [line.split("|") for line in README.splitlines() if re.match(r"\| [A-Z]{2}-\d{2}", line)]
NAMED = [(row[1].strip(), name) for row in ROWS for name in re.findall(r"`(\w+)`", row[2])]

QUOTED = re.compile(r"""0\d\d_[0-9a-f]{16}\.txt｜[^"'<\\\n]+""")


@pytest.mark.parametrize(("named", "folder"), NAMED)
def test_a_line_names_a_folder_that_is_there(named, folder):
    assert folder in KEYS


@pytest.mark.parametrize("key", KEYS)
def test_a_folder_has_a_line(key):
    assert key in {folder for _, folder in NAMED}


def texts():
    files = [path for key in KEYS for path in sorted((PROCEDURES / key).iterdir())]
    return [*files, *sorted(FORMS.glob("*.json"))]


@pytest.mark.parametrize("path", texts(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_clause_a_file_names_stands_in_its_source(path):
    found = QUOTED.findall(path.read_text(encoding="utf-8"))

    assert [problem for quoted in found if (problem := artefacts.quotation_problem(quoted))] == []
