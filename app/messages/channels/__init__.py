"""The ways out of the system, all alike from inside: a letter goes in, or Unsent comes back.

Each attempt ends by itself within a minute, whatever the other side does; a lease is longer than that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from app.messages.channels.email import MailServer
from app.messages.channels.file_drop import FileDrop
from app.messages.channels.letter import Letter
from app.messages.channels.webhook import Webhook
from workflows.clock import SystemClock

if TYPE_CHECKING:
    from app.outside import Outside

EMAIL, WEBHOOK, SMS = "email", "webhook", "sms"

NAMES = {EMAIL: "电子邮件", WEBHOOK: "消息平台", SMS: "短信"}
"""Every channel there could be, as people know it."""


class Channel(Protocol):
    """One way out."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over; raises Unsent when it could not be handed over now.

        The same letter may come again, under the same key, when whoever sent it died before noting so.
        """
        ...


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels this installation has, and where the links of their letters lead."""

    public_url: str = ""
    open: dict[str, Channel] = field(default_factory=dict)


def opened(outside: Outside) -> Channels:
    """The channels that the settings ask for."""
    # Whoever receives a letter compares its time with the real one, whatever a demonstration's clock says.
    clock = SystemClock()
    found: dict[str, Channel] = {}
    if outside.mail:
        found[EMAIL] = MailServer(outside.mail, clock)
    if outside.hook:
        found[WEBHOOK] = Webhook(outside.hook, clock)
    if outside.sms_folder:
        found[SMS] = FileDrop(outside.sms_folder)
    return Channels(outside.public_url, found)


__all__ = ["EMAIL", "NAMES", "SMS", "WEBHOOK", "Channel", "Channels", "Letter", "opened"]
