"""Keeping an installation: backups of its database and files, and restoring them."""
