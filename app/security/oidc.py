"""Sign-in through another house: OpenID Connect, authorization code with PKCE, state and nonce.

What comes back counts only when its signature, issuer, audience, time and nonce are right; then the
provider's stable subject says which account it is. A name never does.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.settings import Oidc
from workflows.errors import Unavailable

ANSWER_SECONDS = 10
KNOWN_FOR = 3600
SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
"""Only what a private key makes: a signature by the client's own secret, or none, is not taken."""
LEEWAY = 60


class ProviderAway(Unavailable):
    """The provider does not answer, or not as one."""

    code = "oidc.away"
    sentence = "统一身份认证暂时连不上，请稍后再试，或改用密码登录。"


class Untrusted(Exception):
    """What came back cannot be trusted; the text says why, for the trail."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One way to the provider: where to, and what has to come back with the answer."""

    address: str
    state: str
    nonce: str
    verifier: str = field(repr=False)


class Provider:
    """The house that vouches for people; what it says of itself is asked once an hour."""

    def __init__(self, settings: Oidc) -> None:
        self.settings = settings
        self._said: dict[str, Any] = {}
        self._until = 0.0

    def ask(self, back: str) -> Asked:
        """Where to send the browser; it comes ``back`` with an answer."""
        state, nonce, verifier = generate_token(40), generate_token(40), generate_token(64)
        address, _ = self._session(back).create_authorization_url(
            self._about("authorization_endpoint"), state=state, nonce=nonce, code_verifier=verifier
        )
        return Asked(address, state, nonce, verifier)

    def subject(self, code: str, back: str, nonce: str, verifier: str) -> str:
        """Whom the answer is about; raises Untrusted or ProviderAway."""
        endpoint = self._about("token_endpoint")
        try:
            token = self._session(back).fetch_token(
                endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                timeout=ANSWER_SECONDS,
            )
        except AuthlibBaseError as refused:
            raise Untrusted(f"token refused: {refused.error}") from refused
        except (requests.RequestException, ValueError) as away:
            raise ProviderAway from away
        return self._checked(str(token.get("id_token") or ""), nonce)

    def leaving(self, back: str) -> str | None:
        """Where one leaves the provider too; None where it offers no such place."""
        place = self._asked().get("end_session_endpoint")
        if not place:
            return None
        query = {"client_id": self.settings.client_id, "post_logout_redirect_uri": back}
        return requests.Request("GET", str(place), params=query).prepare().url

    def _session(self, back: str) -> OAuth2Session:
        return OAuth2Session(
            self.settings.client_id,
            self.settings.secret,
            scope="openid",
            redirect_uri=back,
            code_challenge_method="S256",
        )

    def _checked(self, token: str, nonce: str) -> str:
        try:
            read = jwt.decode(token, self._keys(), algorithms=SIGNATURES)
            options = {
                "iss": {"essential": True, "value": self.settings.issuer},
                "aud": {"essential": True, "value": self.settings.client_id},
            }
            params = {"nonce": nonce, "client_id": self.settings.client_id}
            claims = CodeIDToken(read.claims, read.header, options, params)
            claims.validate(leeway=LEEWAY)
        except (JoseError, AuthlibBaseError, ValueError) as wrong:
            raise Untrusted(f"id token: {type(wrong).__name__}: {wrong}"[:200]) from wrong
        subject = str(claims["sub"])
        if not subject or len(subject) > 255:
            raise Untrusted("id token: no usable subject")
        return subject

    def _keys(self) -> KeySet:
        return KeySet.import_key_set(self._get(self._about("jwks_uri")))

    def _about(self, name: str) -> str:
        place = self._asked().get(name)
        if not isinstance(place, str) or not place.startswith(("https://", "http://")):
            raise ProviderAway
        return place

    def _asked(self) -> dict[str, Any]:
        if time.monotonic() >= self._until:
            said = self._get(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
            if said.get("issuer") != self.settings.issuer:
                raise ProviderAway
            self._said, self._until = said, time.monotonic() + KNOWN_FOR
        return self._said

    @staticmethod
    def _get(address: str) -> Any:
        try:
            answer = requests.get(address, timeout=ANSWER_SECONDS, allow_redirects=False)
            answer.raise_for_status()
            return answer.json()
        except (requests.RequestException, ValueError) as away:
            raise ProviderAway from away
