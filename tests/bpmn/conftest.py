"""Procedures at work are played in an office that already has its people."""

from tests.peopled import postgresql_template, sqlite_template

__all__ = ["postgresql_template", "sqlite_template"]
