"""Every procedure can be tried by hand: each role it needs has a demonstration account in its county."""

import tomllib
from functools import cache

import pytest

from app.organisation.divisions import county_of
from app.security import demo
from tests.bpmn.artefacts import FORMS, KEYS, PROCEDURES
from workflows import catalogue
from workflows.designing import folders


@cache
def held():
    """County and role of every account; whoever acts for one department acts for departments."""
    found = set()
    for unit in tomllib.loads(demo.ROSTER.read_text(encoding="utf-8"))["unit"]:
        for person in unit["person"]:
            for role in person["roles"]:
                found |= {(county_of(unit["division"]), one) for one in (role, role.partition(":")[0])}
    return found


@pytest.mark.parametrize("key", KEYS)
def test_each_role_a_procedure_needs_has_an_account(key):
    release = catalogue.prepare(folders.read(PROCEDURES, FORMS, key))
    tasks = [each for each in release.specification.elements.values() if each.kind == "userTask"]
    reckoned = {each.id for each in tasks if any(group.startswith("=") for group in each.groups)}

    needed = {each.role for each in tasks if each.id not in reckoned} | set(release.starters)

    county = county_of(release.division)
    assert {role for role in needed if (county, role) not in held()} == set()
