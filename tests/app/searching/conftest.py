"""Small worlds of cases to look through, written straight into the tables, and taken in by the index."""

import pytest

from tests.app.searching.world import World


@pytest.fixture
def world(office):
    """An office of two counties in which cases come and change without their engine."""
    return World(office)


@pytest.fixture
def one_world(one_office):
    """The same on SQLite alone."""
    return World(one_office)
