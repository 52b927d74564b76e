"""Which cases have to be counted."""

from __future__ import annotations

from app.following import Follower
from app.supervision.models import WatchedCase, WatchProgress

COUNTS = Follower("counts", WatchProgress, WatchedCase)
