"""Login, CSRF and compression: created bare here, bound in create_app."""

from __future__ import annotations

from flask_compress import Compress
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect

login = LoginManager()
csrf = CSRFProtect()
compress = Compress()
