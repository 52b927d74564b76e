"""How the application is served: cookies, headers, static files, compression, template helpers."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app, g, request, session, url_for
from werkzeug.routing import IntegerConverter
from whitenoise import WhiteNoise

from app import door, filters, noting
from app.extensions import compress, csrf, login
from app.lamps import lamp_of
from app.organisation.roles import role_name
from app.pages import MOST_ROW_NUMBER

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask, Response
    from werkzeug.routing import Map

    from app.settings import Settings

STATIC = Path(__file__).parent / "static"

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self' data:; "
    "img-src 'self' data: blob:; manifest-src 'self'; worker-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere."""

CSP_DIAGRAM = CSP.replace("style-src 'self'", "style-src 'self'; style-src-attr 'unsafe-inline'")
"""The diagram viewer and charts write style attributes; only their pages allow that."""

CSP_TABLES = CSP_DIAGRAM.replace("style-src-attr", "style-src-elem 'self' 'unsafe-inline'; style-src-attr")
"""The editor of decision tables adds style elements of its own; only its page allows that."""

CSP_FRAMED = f"{CSP}; frame-src 'self'"
"""A PDF is shown in a frame; only the page around one allows that."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def flask_config(settings: Settings) -> dict[str, Any]:
    """Flask's own settings from ours."""
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": settings.upload_megabytes * 1024 * 1024 + 512 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 3000,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=settings.session_hours),
        "WTF_CSRF_TIME_LIMIT": settings.session_hours * 3600,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 4,
        "COMPRESS_MIMETYPES": [
            "text/html",
            "application/json",
            "application/problem+json",
            "application/xml",
            "image/svg+xml",
        ],
        "TESTING": settings.testing,
        "PROPAGATE_EXCEPTIONS": settings.testing,
    }


def bind(app: Flask, settings: Settings) -> None:
    """Bind the extensions and everything that happens around a request."""
    app.url_map.converters["int"] = RowNumber
    # Templates know `actor`; the name flask-login lends them asks the database even when it is away.
    login.init_app(app, add_context_processor=False)
    csrf.init_app(app)
    compress.init_app(app)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(STATIC / "dist"),
        prefix="static/dist/",
        max_age=31536000,
        autorefresh=settings.testing,
    )
    # Errors come in the order of the page, not of the alphabet.
    app.json.sort_keys = app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(filters.FILTERS, role_name=role_name, lamp_of=_lamp_of)
    app.jinja_env.globals["asset"] = asset
    app.context_processor(_around)
    app.after_request(_harden)
    app.after_request(noting.note)


class RowNumber(IntegerConverter):
    """A row's number in an address: what no table could hold is simply not found."""

    def __init__(self, map: Map, **limits: Any) -> None:  # noqa: A002 (werkzeug's own name)
        super().__init__(map, **{"max": MOST_ROW_NUMBER, **limits})


@cache
def _manifest() -> dict[str, str]:
    path = STATIC / "dist" / "manifest.json"
    found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return found


def asset(name: str) -> str:
    """The address of a built file, by the name it has in the sources."""
    return url_for("static", filename=f"dist/{_manifest().get(name, name)}")


class Shown:
    """The signed-in person as the layout shows them."""

    def __init__(self, actor: Any) -> None:
        self.name = actor.name
        self.account_id = actor.account_id
        self.unit = actor.grants[0].unit_name if actor.grants else ""
        self.roles = "、".join(dict.fromkeys(role_name(g.role) for g in actor.grants))


def _around() -> dict[str, Any]:
    """What every template may use."""
    actor = door.current_actor()
    demo = current_app.extensions["settings"].demo
    if actor.kind != "person":
        return {"actor": None, "counts": {}, "demo": demo}
    return {"actor": Shown(actor), "counts": Counts(), "now": door.now(), "demo": demo}


def _lamp_of(due_at: datetime | None, now: datetime, paused: bool = False) -> dict[str, str] | None:  # noqa: FBT001, FBT002 (as in lamps.py)
    """The lamp of a limit by this installation's working days."""
    return lamp_of(due_at, now, paused, calendar=door.calendar())


class Counts:
    """Counts for the menu, asked only when a page shows them, once per request."""

    def get(self, name: str, default: int = 0) -> int:
        """How many things of that name wait for the person; ``default`` for a name nobody counts."""
        ask = current_app.extensions["counts"].get(name)
        if ask is None:
            return default
        kept = g.setdefault("counts", {})
        if name not in kept:
            kept[name] = ask(door.reading(), door.current_actor())
        return int(kept[name])

    __getitem__ = get


def _csp() -> str:
    """What the page that was made may load and run."""
    if g.get("shows_tables"):
        return CSP_TABLES
    if g.get("shows_diagram") or g.get("shows_chart"):
        return CSP_DIAGRAM
    return CSP_FRAMED if g.get("shows_pdf") else CSP


def _harden(response: Response) -> Response:
    """Strict headers on everything; nothing personal in shared caches."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _csp())
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store" if session.get("_user_id") else "no-cache")
    if session.get("_user_id") and not session.permanent:
        session.permanent = True
    return response
