"""The repository belongs to no machine: no path of one, no registry's address."""

import re

from tests.guards.sources import texts

# Written so that this file does not find itself.
FOLDERS = "work|farm|root|tmp|home"
PATHS = re.compile(rf"(?<![\w.$}}])/(?:{FOLDERS})/[a-z.]")
HOSTS = re.compile(
    "|".join(name.replace(" ", r"\.") for name in ["pypi org", "pythonhosted org", "npmjs org", "debian org"])
)


def test_no_file_names_a_path_of_a_machine():
    found = [f"{path}: {match.group()}" for path, text in texts().items() for match in PATHS.finditer(text)]

    assert not found, "\n".join(found)


def test_no_file_names_a_package_registry():
    found = [f"{path}: {match.group()}" for path, text in texts().items() for match in HOSTS.finditer(text)]

    assert not found, "\n".join(found)
