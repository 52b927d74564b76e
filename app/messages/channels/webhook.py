"""A platform of the office's own (企业微信, 钉钉, 浙政钉 …) behind one HTTP address.

The request is signed as Standard Webhooks has it: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
Whoever bridges to the platform knows people by their user name here; nothing else of them is told.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson

from app.messages.channels.letter import ANSWER_SECONDS, WHOLE_SECONDS, Letter, dialled
from workflows.ports import Unsent

if TYPE_CHECKING:
    from app.outside import Hook
    from workflows.clock import Clock

OK, REDIRECTS, ERRORS = 200, 300, 400


class Webhook:
    """The platform's address."""

    def __init__(self, hook: Hook, clock: Clock, *, whole: float = WHOLE_SECONDS) -> None:
        self._secret = hook.secret
        self._clock = clock
        self._whole = whole
        self._url = urlsplit(hook.url)

    def send(self, letter: Letter) -> None:
        """Post it; raises Unsent for every answer but a 2xx. A redirect is not followed."""
        body = orjson.dumps(
            {
                "type": "message",
                "timestamp": letter.promised_at.isoformat(),
                "data": {
                    "to": letter.to,
                    "text": letter.text,
                    "case": letter.case_number,
                    "link": letter.link,
                },
            }
        )
        try:
            status = self._post(body, self._signed(letter.key, body))
        except (OSError, http.client.HTTPException) as away:
            raise Unsent(_absence(away)) from away
        if REDIRECTS <= status < ERRORS:
            raise Unsent(
                f"消息平台要求转到别处（HTTP {status}），按规定不跟随；请核对 XIANGSHEN_WEBHOOK_URL。"
            )
        if not OK <= status < REDIRECTS:
            raise Unsent(f"消息平台没有收下（HTTP {status}）。")

    def _signed(self, key: str, body: bytes) -> dict[str, str]:
        at = str(int(self._clock.now().timestamp()))
        digest = hmac.new(self._secret, f"{key}.{at}.".encode() + body, hashlib.sha256).digest()
        return {
            "Content-Type": "application/json",
            "User-Agent": "xiangshen",
            "webhook-id": key,
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        secure = self._url.scheme == "https"
        host, port = self._url.hostname or "", self._url.port or (443 if secure else 80)
        with dialled(host, port, self._whole) as line:
            connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
            try:
                # The connection is there already, so that it can be cut off from its first byte.
                connection.sock = _wrapped(line, host) if secure else line
                target = self._url._replace(scheme="", netloc="", fragment="").geturl()
                connection.request("POST", target or "/", body, headers)
                return connection.getresponse().status
            finally:
                connection.close()


def _wrapped(line: socket.socket, host: str) -> socket.socket:
    return ssl.create_default_context().wrap_socket(line, server_hostname=host)


def _absence(away: Exception) -> str:
    match away:
        case ssl.SSLCertVerificationError():
            return "消息平台的证书不可信，未发送。"
        case socket.gaierror():
            return "找不到消息平台的地址，请核对 XIANGSHEN_WEBHOOK_URL。"
        case TimeoutError():
            return "消息平台没有及时应答。"
        case http.client.HTTPException():
            return "消息平台的应答读不懂，或中途断开。"
        case _:
            return "连不上消息平台。"
