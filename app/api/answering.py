"""What a program gets back: JSON, pages of a list, the very same bytes for a repeated idempotency key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from flask import Response

from app import door
from app.api import asking
from workflows.errors import Conflict
from workflows.once import Once, Replayed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.pages import Page
    from workflows.commands import Command, Context

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is sent and, under an idempotency key, kept."""

    status: int
    body: str
    location: str | None = None

    def response(self, *, replayed: bool = False) -> Response:
        """The HTTP response; ``replayed`` says that nothing was done this time."""
        found = Response(self.body, self.status, content_type="application/json")
        if self.location:
            found.headers["Location"] = self.location
        if replayed:
            found.headers["Idempotent-Replayed"] = "true"
        return found

    def kept(self) -> str:
        """The text that is kept."""
        return orjson.dumps([self.status, self.body, self.location]).decode()

    @classmethod
    def of(cls, content: object, status: int = 200, location: str | None = None) -> Answer:
        """An answer that carries ``content`` as JSON."""
        return cls(status, text(content), location)


Wording = Callable[["Session", T], Answer]
"""Words a command's result, looking around in the session it is given."""


def text(content: object) -> str:
    """JSON text; numbers that are no floats keep their digits as text."""
    return orjson.dumps(content, default=str).decode()


def said(content: object, status: int = 200) -> Response:
    """A JSON answer."""
    return Answer.of(content, status).response()


def listed(page: Page[T], shape: Callable[[T], object]) -> Response:
    """A stretch of a list with the cursor of the next one."""
    return said({"items": [shape(row) for row in page.rows], "next": page.next})


def performed(command: Command[T], word: Wording[T], content: bytes | None = None) -> Response:
    """Run a command and answer; under an idempotency key the answer is kept with the change itself."""
    key = asking.idempotency_key()
    if key is None:
        result = door.perform(command)
        # What was read before the change may be a picture of the world before it.
        door.close_reading()
        return word(door.reading(), result).response()
    once = Once(key, asking.fingerprint(content), str)
    worded = _wording(command, word)
    try:
        try:
            kept = door.perform(worded, once=once)
        except Conflict:
            # What stood in the way may be this very request, sent twice at once: its answer is kept by now.
            kept = door.perform(worded, once=once)
    except Replayed as replay:
        return _restored(replay.answer).response(replayed=True)
    return _restored(kept).response()


def _restored(kept: str) -> Answer:
    return Answer(*orjson.loads(kept))


def _wording(command: Command[T], word: Wording[T]) -> Command[str]:
    """The same command by the same name, which also words its answer before its transaction ends."""
    kind = type(command)

    def run(self: Any, ctx: Context) -> str:
        result = kind.run(self, ctx)
        ctx.session.flush()
        return word(ctx.session, result).kept()

    worded: Any = type(kind.__name__, (kind,), {"run": run, "__slots__": ()})
    return worded(**{one.name: getattr(command, one.name) for one in fields(command)})
