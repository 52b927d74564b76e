"""Supervision (督查): what is watched by those who see everything in their scope and change nothing."""

from app.supervision.views import bp as bp
