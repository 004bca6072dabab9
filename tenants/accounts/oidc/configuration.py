"""Which identity providers an installation trusts, from one file that its operator wrote; nothing is ever fetched from anywhere else."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from kernel.settings import SettingsError

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_KEY = r"^[a-z0-9][a-z0-9-]{0,39}$"


class Provider(BaseModel):
    """One issuer. It names a person, and nothing more: roles and places are ours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=50)
    issuer: str
    client_id: str = Field(min_length=1)
    client_secret: str | None = Field(default=None, repr=False)
    """None: a public client, which PKCE alone protects."""
    origins: frozenset[str] = frozenset()
    """Where its endpoints may be besides the issuer's own origin, as `https://host[:port]`."""
    strong_acr: frozenset[str] = frozenset()
    strong_amr: frozenset[str] = frozenset()
    """What it says in `acr`, or one of the words in `amr`, by which it vouches for two factors."""

    @field_validator("issuer")
    @classmethod
    def _is_plain(cls, issuer: str) -> str:
        parts = urlsplit(issuer)
        if origin_of(issuer) is None or parts.query or parts.fragment:
            message = "an issuer is https://host/path, without query"
            raise ValueError(message)
        return issuer

    def trusts(self, url: str) -> bool:
        """Whether an endpoint that its metadata names is one we may go to."""
        origin = origin_of(url)
        return origin is not None and (origin == origin_of(self.issuer) or origin in self.origins)


class OidcConfiguration(BaseModel):
    """The whole file. `public_url` is where browsers reach this service, `after` where they go with their ticket."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    public_url: str
    after: str
    providers: Mapping[str, Provider]

    @field_validator("public_url", "after")
    @classmethod
    def _is_a_page(cls, url: str) -> str:
        if origin_of(url) is None or urlsplit(url).fragment:
            message = "must be https://host/path, without fragment"
            raise ValueError(message)
        return url.rstrip("/")

    @field_validator("providers")
    @classmethod
    def _are_apart(cls, providers: Mapping[str, Provider]) -> Mapping[str, Provider]:
        issuers = [provider.issuer for provider in providers.values()]
        if not providers or len(set(issuers)) != len(issuers):
            message = "at least one provider, and each issuer once"
            raise ValueError(message)
        return providers

    def redirect_uri(self, key: str) -> str:
        """Where a provider sends the browser back: each to a place of its own."""
        return f"{self.public_url}/oidc/{key}/callback"


def origin_of(url: str) -> str | None:
    """`scheme://host:port` of a URL that may be gone to: https, or http on this machine. None for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not secure or not parts.hostname or parts.username is not None:
        return None
    standard = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{parts.hostname}:{port or standard}"


def read_configuration(path: Path) -> OidcConfiguration:
    """The file's content; raises SettingsError, which names the place and never a value."""
    try:
        content = orjson.loads(path.read_bytes())
        return OidcConfiguration.model_validate(content)
    except ValidationError as failure:
        places = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in failure.errors())
        message = f"the identity providers' file {path} cannot be used: {places}"
        raise SettingsError(message) from None
    except (OSError, ValueError) as failure:
        message = f"the identity providers' file {path} cannot be read as JSON: {type(failure).__name__}"
        raise SettingsError(message) from None
