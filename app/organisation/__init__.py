"""Divisions, units, people, posts and roles: who acts where."""
