"""A small identity provider that answers over HTTP on this machine: the world outside. It does what the standard says, and, told so, what an attacker would."""

import asyncio
import socket
import time
import warnings
from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from kernel.clock import Clock

SECRET = "a secret of the client: % & é"


@dataclass
class Asked:
    """What came to the authorization endpoint, remembered under the code."""

    given: dict[str, str]
    used: bool = False


@dataclass
class IdentityProvider:
    """`subject` is who has signed in there; `alter` changes claims before they are signed, `sign` the signing itself."""

    issuer: str
    clock: Clock
    key: Key
    kid: str = "first"
    alg: str = "RS256"
    client_id: str = "jiangti"
    subject: str = "2.16.156.10001"
    claims: dict[str, Any] = field(default_factory=dict)
    alter: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    sign: Callable[[dict[str, Any]], str] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, Asked] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self._metadata),
            Route("/keys", self._keys),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
            Route("/elsewhere", self._elsewhere, methods=["GET", "POST"]),
        ]

    async def _metadata(self, _request: Request) -> Response:
        self.seen.append("metadata")
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse(told | self.metadata)

    async def _keys(self, _request: Request) -> Response:
        self.seen.append("keys")
        shared = {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYw", "kid": "shared", "alg": "HS256"}
        return JSONResponse({"keys": [shared, {**self.key.as_dict(private=False), "kid": self.kid, "use": "sig"}]})

    async def _authorize(self, request: Request) -> Response:
        given = dict(request.query_params)
        code = f"code-{len(self.codes)}"
        self.codes[code] = Asked(given)
        back = {"code": code, "state": given["state"], "iss": self.issuer}
        return RedirectResponse(f"{given['redirect_uri']}?{urlencode(back)}")

    async def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.get(form.get("code", ""))
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        self.seen.append(f"token {request.headers.get('authorization', '')[:6]}")
        if (
            asked is None
            or asked.used
            or challenge != asked.given["code_challenge"]
            or form["redirect_uri"] != asked.given["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        asked.used = True
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": self.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": asked.given["nonce"],
            **self.claims,
        }
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": self.signed(self.alter(claims))})

    async def _elsewhere(self, _request: Request) -> Response:
        self.seen.append("elsewhere")
        return JSONResponse({"keys": []})

    def signed(self, claims: dict[str, Any]) -> str:
        if self.sign is not None:
            return self.sign(claims)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return jwt.encode({"alg": self.alg, "kid": self.kid}, claims, self.key, algorithms=[self.alg])


def new_key(kind: str = "RSA") -> Key:
    """A key pair."""
    made: dict[str, Callable[[], Key]] = {
        "RSA": lambda: RSAKey.generate_key(2048),
        "weak": lambda: RSAKey.generate_key(1024),
        "EC": lambda: ECKey.generate_key("P-256"),
        "P-384": lambda: ECKey.generate_key("P-384"),
        "OKP": lambda: OKPKey.generate_key("Ed25519"),
        "oct": lambda: OctKey.generate_key(256),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return made[kind]()


@asynccontextmanager
async def providing(clock: Clock) -> AsyncGenerator[IdentityProvider]:
    """One that listens on a free port until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    issuer = f"http://127.0.0.1:{listener.getsockname()[1]}"
    provider = IdentityProvider(issuer, clock, new_key())
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=provider.routes()), log_config=None, lifespan="off"))
    task = asyncio.create_task(server.serve([listener]))
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        await asyncio.sleep(0.01)
    try:
        yield provider
    finally:
        server.should_exit = True
        await task
