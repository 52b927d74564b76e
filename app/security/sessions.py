"""Who a request comes from: the signed session cookie of a page, or the bearer token of a program.

Sessions and tokens run on the machine's time, not on the application clock: turning the clock of a
demonstration must not sign anyone out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from flask import current_app, g, redirect, request, session, url_for
from flask_login import UserMixin, current_user, login_user

from app import door, errors
from app.extensions import login
from app.organisation import queries as organisation
from app.security import queries, rules
from app.security.commands import NeedsCode, TryPage
from workflows.clock import SystemClock
from workflows.commands import Actor

if TYPE_CHECKING:
    from datetime import datetime

    from flask.blueprints import BlueprintSetupState
    from flask.typing import ResponseReturnValue

    from app.organisation.queries import AccountView
    from app.policy import Policy
    from app.security.commands import SignedIn
    from app.settings import Settings
    from workflows.clock import Clock

API = "/api/"

SEEN_EVERY = 60
"""Seconds between two notes of being seen, so that not every answer rewrites the session."""


class SignedInUser(UserMixin):
    """The account of a page's session, as flask-login carries it."""

    def __init__(self, view: AccountView, of: int) -> None:
        self.view = view
        self.session_id = of
        self.id = session_id(view.account_id, view.epoch, of)

    @property
    def actor(self) -> Actor:
        """The person as a command sees them."""
        return self.view.actor(door.device())


def session_id(account_id: int, epoch: int, of: int) -> str:
    """What the cookie says: an account, the epoch in which it was opened, and which session this is."""
    return f"{account_id}.{epoch}.{of}"


def machine_now() -> datetime:
    """The machine's time, or what a test put in its place."""
    clock = cast("Clock", current_app.extensions.setdefault("session_clock", SystemClock()))
    return clock.now()


def bind(state: BlueprintSetupState) -> None:
    """Teach the application's login manager our accounts; run when the blueprint is registered."""
    del state
    login.user_loader(load)
    login.unauthorized_handler(ask_to_sign_in)


def load(identity: str) -> SignedInUser | None:
    """The user of a session cookie; None when it was ended, voided, idle too long or too old."""
    parts = identity.split(".")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    account_id, epoch, of = map(int, parts)
    standing = queries.session_standing(door.reading(), of, account_id)
    if standing is None or not _is_live(rules.of(standing.said, initial_rules())):
        return None
    view = organisation.account(door.reading(), account_id)
    if view is None or view.epoch != epoch:
        return None
    return SignedInUser(view, of)


def initial_rules() -> rules.Rules:
    """The rules an installation begins with: what its settings say of idling and of the longest session."""
    settings = cast("Settings", current_app.extensions["settings"])
    return rules.Rules(idle_minutes=settings.idle_minutes, session_hours=settings.session_hours)


def rules_now() -> rules.Rules:
    """The rules in force in this request."""
    return rules.current(door.reading(), initial_rules())


def _is_live(in_force: rules.Rules) -> bool:
    now = int(machine_now().timestamp())
    began, seen = session.get("began"), session.get("seen")
    if not isinstance(began, int) or not isinstance(seen, int):
        return False
    if now - began >= in_force.session_hours * 3600 or now - seen >= in_force.idle_minutes * 60:
        return False
    if now - seen >= SEEN_EVERY:
        session["seen"] = now
    return True


def enter(signed_in: SignedIn) -> AccountView | None:
    """Start a fresh session for an account that was just opened."""
    # The reading session may still see the account as it was before.
    door.close_reading()
    view = organisation.account(door.reading(), signed_in.account_id)
    if view is None:
        return None
    # A new session for a new person: nothing planted before signing in lives on.
    session.clear()
    session["began"] = session["seen"] = int(machine_now().timestamp())
    login_user(SignedInUser(view, signed_in.session_id))
    return view


CODE_SECONDS = 300
"""So long after the password a code may still be typed."""


def await_code(asked: NeedsCode, wanted: str | None) -> ResponseReturnValue:
    """Remember in the signed cookie whose password was right, and ask for the code."""
    session.clear()
    session["code_for"] = [asked.account_id, asked.epoch, int(machine_now().timestamp())]
    return redirect(url_for("security.ask_code", next=wanted), code=303)


def code_awaited() -> NeedsCode | None:
    """Whose code is awaited in this browser; None when nobody's, or too long ago."""
    match session.get("code_for"):
        case [int(account_id), int(epoch), int(since)]:
            if int(machine_now().timestamp()) - since <= CODE_SECONDS:
                return NeedsCode(account_id, epoch)
    return None


def admit() -> ResponseReturnValue | None:
    """Before every request: know who asks, and show the page only to those its policy admits."""
    if request.path.startswith(API):
        refused = _take_bearer()
        if refused is not None:
            return refused
    policy = cast(
        "Policy | None",
        getattr(current_app.view_functions.get(request.endpoint or ""), "policy", None),
    )
    if policy is None:
        return None
    if policy.admits(door.current_actor()):
        return _must_change_first()
    if door.current_actor().kind == "public":
        return ask_to_sign_in()
    return door.perform(TryPage(endpoint=request.endpoint or ""))


def _take_bearer() -> ResponseReturnValue | None:
    """Programs speak through tokens alone: a cookie never counts there, so it needs no CSRF mark."""
    g.actor = Actor(kind="public", name="公众", device=door.device())
    header = request.headers.get("Authorization", "")
    if not header:
        return None
    scheme, _, token = header.partition(" ")
    actor = None
    if scheme.lower() == "bearer":
        actor = queries.actor_of_token(door.reading(), token.strip(), machine_now(), door.device())
    if actor is None:
        return unauthorised("token.invalid", "令牌无效或已过期，请重新获取。")
    g.actor = actor
    return None


def unauthorised(code: str, sentence: str) -> ResponseReturnValue:
    """401 as a problem document, naming the scheme that would help."""
    response = errors.problem(401, code, sentence)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def ask_to_sign_in() -> ResponseReturnValue:
    """Send a person to the sign-in page and back, a program its 401."""
    if errors.wants_json():
        return unauthorised("sign_in.required", "请先获取令牌并随请求提交。")
    if request.method != "GET":
        back = local_path(urlsplit(request.referrer or "").path)
    else:
        back = local_path(request.full_path.rstrip("?"))
    address = url_for("security.sign_in", next=back if back not in {None, "/"} else None)
    if request.headers.get("HX-Request"):
        # htmx follows redirects within the fragment; this header moves the whole page.
        return "", 401, {"HX-Redirect": address}
    return redirect(address, code=303)


OPEN_TO_NEWCOMERS = {
    "static",
    *("security.me", "security.change_password", "security.sign_in", "security.sign_out"),
    *("security.sign_out_everywhere", "security.factor", "security.begin_factor", "security.confirm_factor"),
}
"""What somebody may open who has yet to choose a password or to set up a second factor."""


def _must_change_first() -> ResponseReturnValue | None:
    """A password someone else chose, or a missing second factor, opens only where that is mended."""
    view = getattr(current_user, "view", None)
    if view is None or request.path.startswith(API) or request.endpoint in OPEN_TO_NEWCOMERS:
        return None
    if view.must_change:
        return redirect(url_for("security.me"), code=303)
    if view.officer and not view.factor and factor_needed():
        return redirect(url_for("security.factor"), code=303)
    return None


def factor_needed() -> bool:
    """Whether officers cannot do without a second factor here."""
    return cast("Settings", current_app.extensions["settings"]).officer_totp == "required"


def local_path(target: str | None) -> str | None:
    """``target`` if it is a path of this site, else None: nobody is led elsewhere after signing in."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(sign) < 0x20 or sign == "\\" for sign in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target
