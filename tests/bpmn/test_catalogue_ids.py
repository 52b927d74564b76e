"""The table of procedures names what is there, all of it, and every clause stands in its source."""

import re

import pytest

from tests.bpmn import artefacts
from tests.bpmn.artefacts import FORMS, KEYS, PROCEDURES

README = (PROCEDURES / "README.md").read_text(encoding="utf-8")
ROWS = [line.split("|") for line in README.splitlines() if re.match(r"\| [A-Z]{2}-\d{2}", line)]
NAMED = [(row[1].strip(), name) for row in ROWS for name in re.findall(r"`(\w+)`", row[2])]

WANTED = [
    *(f"FP-{number:02}" for number in range(1, 15)),
    *(f"PJ-{number:02}" for number in range(1, 4)),
    *(f"PF-{number:02}" for number in range(1, 5)),
    "FD-02",
    *(f"AS-{number:02}" for number in range(1, 10)),
    "VG-01",
    "DB-01",
    "DB-02",
    "PT-01",
]
"""Every procedure of the catalogue that this installation draws."""

QUOTED = re.compile(r"""0\d\d_[0-9a-f]{16}\.txt｜[^"'<\\\n]+""")


@pytest.mark.parametrize("wanted", WANTED)
def test_a_procedure_of_the_catalogue_has_its_line(wanted):
    assert wanted in {named for named, _ in NAMED}


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
