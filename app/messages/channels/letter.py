"""What leaves the house, and how long handing it over may take."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER_SECONDS = 10.0
"""How long the other side may be silent."""

WHOLE_SECONDS = 40.0
"""How long an attempt may last altogether: who sends a byte now and then is cut off too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message for one person by one channel; it names nobody but where it goes."""

    key: str
    """The same for every attempt, so that a repeated letter can be recognised."""
    to: str = field(repr=False)
    """The address, in the channel's own terms."""
    text: str
    link: str
    case_number: str | None = None
    promised_at: datetime


@contextlib.contextmanager
def dialled(host: str, port: int, seconds: float = WHOLE_SECONDS) -> Iterator[socket.socket]:
    """A connection that is shut after ``seconds``, whatever is being waited for, and closed in the end."""
    line = socket.create_connection((host, port), ANSWER_SECONDS)
    # A second handle on the same connection: TLS takes the first one over.
    watch = line.dup()
    timer = threading.Timer(seconds, _shut, [watch])
    timer.daemon = True
    timer.start()
    try:
        yield line
    finally:
        timer.cancel()
        _shut(watch)
        watch.close()
        line.close()


def _shut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
