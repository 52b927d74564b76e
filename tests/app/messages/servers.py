"""Real servers on threads: a mail server, a platform behind HTTP, and a certificate for them."""

import base64
import datetime as dt
import http.server
import ipaddress
import json
import re
import socketserver
import ssl
import threading
from email import message_from_bytes
from email.policy import default

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"


class Serving:
    """A server on a free port, in a thread of its own; `letters` is what it took, in order."""

    kind: type

    def __init__(self, **ways):
        self.letters, self.talk, self.ways = [], [], ways
        self._server = _Threading((LOOPBACK, 0), self.kind)
        self._server.house = self
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_fault):
        self.close()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Threading(socketserver.ThreadingTCPServer):
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        """A client that goes away in the middle is what these tests are about."""


class _Post(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        house = self.server.house
        body = self.rfile.read(int(self.headers["Content-Length"]))
        house.letters.append((self.path, dict(self.headers.items()), json.loads(body), body))
        house.ways.get("on_letter", lambda: None)()
        self.send_response(house.ways.get("status", 200))
        if "location" in house.ways:
            self.send_header("Location", house.ways["location"])
        self.end_headers()

    def log_message(self, *_words):
        pass


class Platform(Serving):
    """`Platform(status=503)`; `on_letter` is called when a letter is there, before the answer."""

    kind = _Post

    @property
    def keys(self):
        return [headers["webhook-id"] for _, headers, _, _ in self.letters]


class _Talk(socketserver.StreamRequestHandler):
    """Enough of RFC 5321 for one letter at a time."""

    def handle(self):
        self.house = self.server.house
        self.ways = self.house.ways
        if self.ways.get("tls") == "tls" and not self._secure():
            return
        if "drip" in self.ways:
            self._drip()
            return
        self.say("220 letters")
        while line := self.rfile.readline():
            words = line.decode().strip()
            self.house.talk.append(words)
            answer = getattr(self, words.split()[0].lower(), None)
            if answer is None:
                self.say("500 what?")
            elif answer(words) is False:
                return

    def finish(self):
        super().finish()
        self.connection.close()

    def say(self, words):
        self.wfile.write(f"{words}\r\n".encode())

    def _secure(self):
        try:
            self.connection = self.ways["context"].wrap_socket(self.connection, server_side=True)
        except OSError:
            return False
        self.rfile = self.connection.makefile("rb")
        self.wfile = socketserver._SocketWriter(self.connection)
        return True

    def _drip(self):
        """Say something now and then, and never come to the end of a line."""
        while not self.ways["drip"].wait(0.02):
            self.wfile.write(b"2")

    def ehlo(self, _words):
        offers = ["250-letters", "250-8BITMIME", "250-AUTH PLAIN"]
        if self.ways.get("tls") == "starttls":
            offers.append("250-STARTTLS")
        self.say("\r\n".join([*offers, "250 HELP"]))

    def starttls(self, _words):
        self.say("220 go on")
        return self._secure()

    def auth(self, words):
        given = base64.b64decode(words.split()[2]).decode().split("\0")[1:]
        self.say("235 yes" if given == ["office", "a password"] else "535 wrong")

    def mail(self, _words):
        self.say(self.ways.get("mail", "250 yes"))

    def rcpt(self, words):
        self.to = re.search("<(.*)>", words)[1]
        self.say(self.ways.get("rcpt", "250 yes"))

    def data(self, _words):
        self.say("354 go on")
        lines = iter(self.rfile.readline, b".\r\n")
        self.house.letters.append((self.to, message_from_bytes(b"".join(lines), policy=default)))
        self.ways.get("on_letter", lambda: None)()
        self.say(self.ways.get("data", "250 taken"))

    def rset(self, _words):
        self.say("250 yes")

    def quit(self, _words):
        if self.ways.get("rude"):
            return False
        self.say("221 bye")
        return False


class MailServer(Serving):
    """`MailServer(tls="starttls", context=...)`, `rcpt="550 unknown"`, `drip=Event()`."""

    kind = _Talk

    @property
    def keys(self):
        return [message["Message-ID"].strip("<>").partition("@")[0] for _, message in self.letters]


def certificate(folder):
    """Make one for localhost; gives a server's context and the file that says whom to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    day, now = dt.timedelta(days=1), dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(LOOPBACK))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, secret = folder / "trusted.pem", folder / "key.pem"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return context, trusted
