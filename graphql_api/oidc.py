"""The routes of signing in by an identity provider; a browser goes through them, so they answer with redirects. Imported only where providers are configured.

`GET /oidc` names the providers. `GET /oidc/{provider}/start?tenant=…&challenge=…` sends the browser to one; `challenge` is the S256 hash of a verifier that
the client keeps. The way back ends at the configured page with `#ticket=…` or `#error=…`; `redeemTicket(input: {ticket, verifier})` gives the session.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from graphql_api.context import Services
from graphql_api.endpoint import encoded, refusal
from kernel.errors import Failure
from kernel.settings import Settings
from tenants.accounts.oidc import states
from tenants.accounts.oidc.configuration import OidcConfiguration, read_configuration
from tenants.accounts.oidc.door import OidcDoor
from tenants.accounts.oidc.provider_client import ProviderClient

COOKIE = "__Host-jiangti-oidc"
_GIVEN = frozenset({"state", "code", "iss", "error"})


def open_side_door(settings: Settings, services: Services) -> "OidcRoutes":
    """What this process's environment configures; raises SettingsError."""
    if settings.oidc_file is None:
        message = "no identity providers are configured"
        raise ValueError(message)
    return make_side_door(read_configuration(settings.oidc_file), services, settings.derive("oidc state"))


def make_side_door(
    configuration: OidcConfiguration, services: Services, key: bytes, *, refetch_after: float = 30.0
) -> "OidcRoutes":
    """The routes over given parts."""
    client = ProviderClient(refetch_after=refetch_after)
    return OidcRoutes(OidcDoor(configuration, client, services.entrance, services.clock, key))


@dataclass(frozen=True)
class OidcRoutes:
    """All there is under /oidc."""

    door: OidcDoor

    def issuers(self) -> Mapping[str, str]:
        """By key, whom we believe."""
        return {key: provider.issuer for key, provider in self.door.configuration.providers.items()}

    def routes(self) -> list[Route]:
        """What answers."""
        return [
            Route("/oidc", self._providers),
            Route("/oidc/{provider}/start", self._start),
            Route("/oidc/{provider}/callback", self._callback),
        ]

    async def close(self) -> None:
        """Give the connections to the providers back."""
        await self.door.client.close()

    async def _providers(self, _request: Request) -> Response:
        named = self.door.configuration.providers
        return encoded({"providers": [{"key": key, "name": one.name} for key, one in named.items()]}, 200)

    async def _start(self, request: Request) -> Response:
        secret, asked = states.new_browser_secret(), request.query_params
        try:
            target = await self.door.leave(
                request.path_params["provider"],
                secret,
                tenant=asked.get("tenant", ""),
                proof=asked.get("challenge", ""),
                address=_address(request),
            )
        except Failure as failure:
            return refusal(failure, 400, request)
        response = RedirectResponse(target, 302)
        life = int(states.LIFETIME.total_seconds())
        response.set_cookie(COOKIE, secret, max_age=life, path="/", secure=True, httponly=True, samesite="lax")
        return response

    async def _callback(self, request: Request) -> Response:
        items = [(name, value) for name, value in request.query_params.multi_items() if name in _GIVEN]
        given = dict(items) if len(dict(items)) == len(items) else {}
        name, secret = request.path_params["provider"], request.cookies.get(COOKIE)
        try:
            told = {"ticket": await self.door.come_back(name, secret, given, _address(request))}
        except Failure as failure:
            told = {"error": failure.code}
        response = RedirectResponse(f"{self.door.configuration.after}#{urlencode(told)}", 303)
        response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
        return response


def _address(request: Request) -> str | None:
    return None if request.client is None else request.client.host
