"""Talking to an identity provider: its metadata, its keys, and a code for an ID token. Goes nowhere but to the issuer and the origins that its operator named.

Metadata are remembered for an hour and keys for ten minutes; an unknown key makes us look again, at most every half minute, so that a provider may change
its keys at any time and nobody can make us ask it without end. No redirect is followed, no answer beyond 256 KiB is read.
"""

import time
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote

import httpx
import orjson
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, RSAKey

from tenants.accounts.oidc.configuration import Provider

_METADATA_LIFE = 3600.0
_KEYS_LIFE = 600.0
_LONGEST = 256 * 1024
_SMALLEST_RSA = 2048
_SECONDS = 5.0
_OK = 200
_CURVES = {"EC": "P-256", "OKP": "Ed25519"}


class ProviderError(Exception):
    """The provider did not answer as it must; the text names the step, and nothing of what was sent."""


@dataclass(frozen=True)
class Metadata:
    """What the provider says of itself."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    names_itself: bool
    """It adds `iss` to its answers (RFC 9207), so an answer without one is not its."""
    takes_basic: bool


@dataclass
class _Known:
    metadata: Metadata | None = None
    keys: dict[str, Key] = field(default_factory=dict[str, Key])
    metadata_at: float = 0.0
    keys_at: float = 0.0


class ProviderClient:
    """One per process. `refetch_after`: seconds between two looks for a key that is not known."""

    def __init__(self, *, refetch_after: float = 30.0) -> None:
        self._http = httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False, trust_env=False)
        self._known: dict[str, _Known] = {}
        self._refetch_after = refetch_after

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def metadata(self, provider: Provider) -> Metadata:
        """By discovery; raises ProviderError where it names another issuer or an endpoint that is not trusted."""
        known = self._known.setdefault(provider.issuer, _Known())
        if known.metadata is None or time.monotonic() - known.metadata_at > _METADATA_LIFE:
            found = await self._get(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration", "metadata")
            known.metadata, known.metadata_at = _metadata(found, provider), time.monotonic()
        return known.metadata

    async def key(self, provider: Provider, kid: str) -> Key:
        """The signing key of this name; raises ProviderError where there is none."""
        metadata = await self.metadata(provider)
        known = self._known[provider.issuer]
        age = time.monotonic() - known.keys_at
        if not known.keys or age > _KEYS_LIFE or (kid not in known.keys and age >= self._refetch_after):
            found = await self._get(metadata.jwks_uri, "keys")
            known.keys, known.keys_at = _keys(found), time.monotonic()
        if kid not in known.keys:
            message = "unknown key"
            raise ProviderError(message)
        return known.keys[kid]

    async def exchange(self, provider: Provider, code: str, verifier: str, redirect_uri: str) -> str:
        """The ID token for a code; raises ProviderError."""
        metadata = await self.metadata(provider)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": provider.client_id,
        }
        auth: httpx.Auth | None = None
        if provider.client_secret is not None and metadata.takes_basic:
            auth = httpx.BasicAuth(quote(provider.client_id, safe=""), quote(provider.client_secret, safe=""))
        elif provider.client_secret is not None:
            form["client_secret"] = provider.client_secret
        answer = await self._ask("token", "POST", metadata.token_endpoint, data=form, auth=auth)
        token = answer.get("id_token")
        if not isinstance(token, str):
            message = "token: no ID token"
            raise ProviderError(message)
        return token

    async def _get(self, url: str, step: str) -> dict[str, Any]:
        return await self._ask(step, "GET", url)

    async def _ask(self, step: str, method: str, url: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - httpx's own
        try:
            request = self._http.stream(method, url, headers={"accept": "application/json"}, **given)
            async with request as response:
                content = b""
                async for part in response.aiter_bytes():
                    content += part
                    if len(content) > _LONGEST:
                        break
                fits = response.status_code == _OK and len(content) <= _LONGEST
            found: object = orjson.loads(content) if fits else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as failure:
            raise ProviderError(step) from failure
        if not isinstance(found, dict):
            raise ProviderError(step)
        return cast("dict[str, Any]", found)


def _metadata(found: dict[str, Any], provider: Provider) -> Metadata:
    if found.get("issuer") != provider.issuer:
        message = "metadata: another issuer"
        raise ProviderError(message)
    endpoints = [found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if not all(isinstance(url, str) and provider.trusts(url) for url in endpoints):
        message = "metadata: an endpoint elsewhere"
        raise ProviderError(message)
    methods: object = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Metadata(
        *cast("list[str]", endpoints),
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
        takes_basic=isinstance(methods, list) and "client_secret_basic" in methods,
    )


def _keys(found: dict[str, Any]) -> dict[str, Key]:
    """The public keys that sign; what we do not know is passed over, as RFC 7517 says."""
    keys: dict[str, Key] = {}
    listed: object = found.get("keys")
    for entry in cast("list[object]", listed) if isinstance(listed, list) else []:
        if isinstance(entry, dict):
            values = cast("dict[str, Any]", entry)
            key = _key(values)
            if key is not None and isinstance(values.get("kid"), str):
                keys[values["kid"]] = key
    return keys


def _key(values: dict[str, Any]) -> Key | None:
    if values.get("use", "sig") != "sig" or values.get("kty") not in {"RSA", "EC", "OKP"}:
        return None
    try:
        key = JWKRegistry.import_key({name: value for name, value in values.items() if name != "d"})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    if isinstance(key, RSAKey):
        return key if key.public_key.key_size >= _SMALLEST_RSA else None
    return key if values.get("crv") == _CURVES[str(values["kty"])] else None
