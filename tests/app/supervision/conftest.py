"""A furnished town in which cases are played and counted, on either database."""

from tests.workflows.conftest import (
    furnished_postgresql,
    furnished_sqlite,
    town,
    town_on_postgresql,
    town_on_sqlite,
)

__all__ = ["furnished_postgresql", "furnished_sqlite", "town", "town_on_postgresql", "town_on_sqlite"]
