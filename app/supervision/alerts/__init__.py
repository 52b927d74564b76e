"""Alerts: patterns of abuse, found by rules beside the counting; they are looked at, and change no case."""
