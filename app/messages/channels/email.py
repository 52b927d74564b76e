"""E-mail by SMTP: one connection a letter, encrypted before anything is said of it."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import TYPE_CHECKING

from app.messages.channels.letter import ANSWER_SECONDS, WHOLE_SECONDS, Letter, dialled
from workflows.ports import Unsent

if TYPE_CHECKING:
    from app.outside import Mail
    from workflows.clock import Clock

TLS, STARTTLS = "tls", "starttls"

PERMANENT = 500
"""Answers from here on say no for good; below they say not now."""

_ENDING = "（此信由系统发出，请勿回复。接收方式可在“我的账户”的“消息提醒”中更改。）"


class MailServer:
    """The office's mail server."""

    def __init__(self, mail: Mail, clock: Clock, *, whole: float = WHOLE_SECONDS) -> None:
        self._mail = mail
        self._clock = clock
        self._whole = whole

    def send(self, letter: Letter) -> None:
        """Hand it to the server; raises Unsent."""
        message = self._message(letter)
        try:
            self._hand_over(message, letter.to)
        except smtplib.SMTPException as refused:
            raise Unsent(_refusal(refused), final=_for_good(refused)) from refused
        except OSError as away:
            raise Unsent(_absence(away)) from away

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = self._mail.sender
        message["To"] = letter.to
        message["Subject"] = f"乡审：{letter.text}"
        message["Date"] = format_datetime(self._clock.now())
        domain = parseaddr(self._mail.sender)[1].rpartition("@")[2]
        message["Message-ID"] = f"<{letter.key}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(f"{letter.text}。\n查看：{letter.link}\n\n{_ENDING}\n")
        return message

    def _hand_over(self, message: EmailMessage, to: str) -> None:
        mail = self._mail
        with dialled(mail.host, mail.port, self._whole) as line:
            server = _Server(line, mail)
            try:
                _converse(server, mail, message, to)
            finally:
                server.close()


def _converse(server: smtplib.SMTP, mail: Mail, message: EmailMessage, to: str) -> None:
    if mail.tls == STARTTLS:
        server.starttls(context=ssl.create_default_context())
    if mail.user:
        server.login(mail.user, mail.password)
    server.send_message(message, parseaddr(mail.sender)[1], [to])
    # It is theirs now: how they take the goodbye changes nothing.
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()


class _Server(smtplib.SMTP):
    """A conversation over a connection that is there already: it can be cut off from its first word on."""

    def __init__(self, line: socket.socket, mail: Mail) -> None:
        self._line, self._tls = line, mail.tls
        name = parseaddr(mail.sender)[1].rpartition("@")[2]
        super().__init__(mail.host, mail.port, local_hostname=name, timeout=ANSWER_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        if self._tls == TLS:
            return ssl.create_default_context().wrap_socket(self._line, server_hostname=host)
        return self._line


def _for_good(refused: smtplib.SMTPException) -> bool:
    """Whether this letter is refused for good (RFC 5321, 4.2.1: 5yz), whatever the office's settings are."""
    match refused:
        case smtplib.SMTPRecipientsRefused():
            return all(code >= PERMANENT for code, _ in refused.recipients.values())
        case smtplib.SMTPDataError():
            return refused.smtp_code >= PERMANENT
        case _:
            return False


def _refusal(refused: smtplib.SMTPException) -> str:
    """What the server answered, without its words: they repeat addresses."""
    match refused:
        case smtplib.SMTPServerDisconnected():
            return "邮件服务器中途断开，或太久没有应答。"
        case smtplib.SMTPNotSupportedError():
            return "邮件服务器不支持所设的加密（STARTTLS）或登录方式，请核对 XIANGSHEN_SMTP_URL。"
        case smtplib.SMTPAuthenticationError():
            return f"邮件服务器不接受登录的用户名或密码（{refused.smtp_code}），请核对设置。"
        case smtplib.SMTPRecipientsRefused():
            code = next(iter(refused.recipients.values()))[0]
            return f"邮件服务器不接受收件人的地址（{code}），请收件人核对其邮箱。"
        case smtplib.SMTPSenderRefused():
            return f"邮件服务器不接受发件地址（{refused.smtp_code}），请核对 XIANGSHEN_SMTP_SENDER。"
        case smtplib.SMTPResponseException():
            return f"邮件服务器没有收下（{refused.smtp_code}）。"
        case _:
            return "与邮件服务器的对话没有成功。"


def _absence(away: OSError) -> str:
    match away:
        case ssl.SSLCertVerificationError():
            return "邮件服务器的证书不可信，未发送；请核对服务器地址或把其证书颁发者加入系统。"
        case ssl.SSLError():
            return "与邮件服务器的加密连接没有建成，请核对 XIANGSHEN_SMTP_URL 的端口和加密方式。"
        case socket.gaierror():
            return "找不到邮件服务器的地址，请核对 XIANGSHEN_SMTP_URL。"
        case TimeoutError():
            return "邮件服务器没有及时应答。"
        case _:
            return "连不上邮件服务器。"
