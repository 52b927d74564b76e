"""Databases with people, as every office of these tests has."""

from tests.peopled import postgresql_template, sqlite_template

__all__ = ["postgresql_template", "sqlite_template"]
