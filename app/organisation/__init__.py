"""Divisions, units, people, posts and roles: who acts where."""

from app.organisation.views import bp

__all__ = ["bp"]
