"""A small OpenID Connect provider that really speaks HTTP, and may be told to answer wrongly."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, SECRET = "xiangshen", "what only the two know"


class Provider:
    """`subject` is who stands before it; `spoil` is put over what a token says; `key` signs it."""

    def __init__(self):
        self.keys = KeySet([RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})])
        self.key = self.keys.keys[0]
        self.subject, self.spoil, self.header = "person-17", {}, {"alg": "RS256", "kid": "one"}
        self.codes = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                provider.answer(self, urlsplit(self.path).path, parse_qs(urlsplit(self.path).query))

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                provider.answer(self, self.path, parse_qs(body))

            def log_message(self, *_):
                """Quietly."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, request, path, sent):
        given = {name: values[0] for name, values in sent.items()}
        kind = {
            "/.well-known/openid-configuration": self.about,
            "/keys": lambda _: self.keys.as_dict(private=False),
            "/authorize": self.authorize,
            "/token": lambda form: self.token(form, request.headers.get("Authorization", "")),
        }[path]
        found = kind(given)
        body = json.dumps(found).encode()
        away = isinstance(found, str)
        request.send_response(303 if away else 400 if "error" in found else 200)
        if away:
            request.send_header("Location", found)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def about(self, _):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/bye",
        }

    def authorize(self, asked):
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form, authorization):
        asked = self.codes.pop(form["code"], None)
        known = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        hashed = hashlib.sha256(form["code_verifier"].encode()).digest()
        proof = base64.urlsafe_b64encode(hashed).decode().rstrip("=")
        if asked is None or authorization != f"Basic {known}" or proof != asked["code_challenge"]:
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        signed = jwt.encode(self.header, {**claims, **self.spoil}, self.key)
        return {"access_token": "x", "token_type": "Bearer", "id_token": signed}

    def sign_with_the_secret(self):
        """As an attacker who knows the client's secret would."""
        self.key, self.header = OctKey.import_key(SECRET.encode().ljust(32, b"!")), {"alg": "HS256"}

    def sign_with_a_strange_key(self):
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
