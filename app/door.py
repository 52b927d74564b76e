"""A view's only ways in: ``perform`` a command, or look through ``reading``."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from flask import current_app, g, has_request_context, request
from flask_login import current_user

from workflows import calendars
from workflows.commands import Actor, Command, Executor
from workflows.errors import Refusal, Unavailable
from workflows.once import Once

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.clock import WorkingDays

T = TypeVar("T")


def executor() -> Executor:
    """The application's executor."""
    return cast("Executor", current_app.extensions["executor"])


def perform(command: Command[T], *, once: Once | None = None, by: Actor | None = None) -> T:
    """Run a command for whoever is asking, after checking that the view said who may."""
    if has_request_context() and not getattr(
        current_app.view_functions.get(request.endpoint or ""), "policy", None
    ):
        raise AssertionError(f"no policy on {request.endpoint}")
    if "reading" in g:
        # What is read after the change must see it; the session stays the request's and begins anew.
        g.reading.close()
    try:
        done = executor().execute(command, by=by or current_actor(), once=once)
    except Unavailable:
        raise
    except Refusal:
        # The executor took it down.
        g.told = True
        raise
    if command.recorded:
        g.told = True
    return done


def reading() -> Session:
    """A session for this request that the database refuses to let write."""
    if "reading" not in g:
        g.reading = executor().database.reading()
    return cast("Session", g.reading)


def close_reading(_error: BaseException | None = None) -> None:
    """End the request's reading session."""
    session = g.pop("reading", None)
    if session is not None:
        session.close()


def now() -> datetime:
    """The application clock's instant, the same for the whole request."""
    if "now" not in g:
        g.now = executor().clock.now()
    return cast("datetime", g.now)


def calendar() -> WorkingDays:
    """The working days of this installation, as they stand in this request."""
    if "calendar" not in g:
        g.calendar = calendars.of(reading())
    return cast("WorkingDays", g.calendar)


def current_actor() -> Actor:
    """Who asks: the signed-in person with their grants and whom they stand in for now, or the public."""
    actor = g.actor if "actor" in g else getattr(current_user, "actor", None)
    if actor is None:
        return Actor(kind="public", name="公众", device=device())
    found = cast("Actor", actor)
    return found.at(now()) if found.standing_for else found


def device() -> str:
    """Where the request came from, as it enters the audit: address and a short browser name."""
    browser = request.user_agent.string[:80]
    return f"{request.remote_addr or '-'} {browser}"
