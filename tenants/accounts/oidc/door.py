"""The way out to an identity provider and back, as a whole: what a browser is sent with, and what is made of what it brings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from kernel.clock import Clock
from kernel.logging import get_logger
from tenants.accounts.attempts import note_failure
from tenants.accounts.entrance import Entrance
from tenants.accounts.oidc import states
from tenants.accounts.oidc.configuration import OidcConfiguration, Provider
from tenants.accounts.oidc.id_tokens import Identity, IdTokenError, key_id, read_id_token
from tenants.accounts.oidc.identities import find_place
from tenants.accounts.oidc.provider_client import ProviderClient, ProviderError
from tenants.accounts.oidc.states import State
from tenants.accounts.oidc.tickets import give_ticket, require_patience_of, take_state
from tenants.errors import SIGN_IN_FAILED

log = get_logger(__name__)
_LONGEST = 4096


class _RefusedError(Exception):
    """Something was not as it must be; the text is for the log."""


@dataclass(frozen=True)
class OidcDoor:
    """`key` signs states; one per process."""

    configuration: OidcConfiguration
    client: ProviderClient
    entrance: Entrance
    clock: Clock
    key: bytes = field(repr=False)

    async def leave(self, name: str, secret: str, *, tenant: str, proof: str, address: str | None) -> str:
        """Where the browser with this secret goes; raises SIGN_IN_FAILED, TOO_MANY_ATTEMPTS."""
        provider = self.configuration.providers.get(name)
        if provider is None or not states.is_proof(proof) or not 0 < len(tenant) <= 40:  # noqa: PLR2004 - a union's code
            raise SIGN_IN_FAILED()
        await require_patience_of(self.entrance, self.clock, address)
        try:
            metadata = await self.client.metadata(provider)
        except ProviderError as failure:
            log.warning("identity provider", provider=name, refused=str(failure))
            raise SIGN_IN_FAILED() from failure
        begun = states.begin(self.key, secret, provider=name, tenant=tenant, proof=proof, now=self.clock.now())
        asked = {
            "response_type": "code",
            "scope": "openid",
            "client_id": provider.client_id,
            "redirect_uri": self.configuration.redirect_uri(name),
            "state": begun.text,
            "nonce": begun.nonce,
            "code_challenge": begun.code_challenge,
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in metadata.authorization_endpoint else "?"
        return f"{metadata.authorization_endpoint}{joint}{urlencode(asked)}"

    async def come_back(self, name: str, secret: str | None, given: Mapping[str, str], address: str | None) -> str:
        """The ticket for what the browser brought; raises SIGN_IN_FAILED without saying why (the log does), TOO_MANY_ATTEMPTS."""
        await require_patience_of(self.entrance, self.clock, address)
        try:
            return await self._ticket(name, secret or "", given)
        except (_RefusedError, ProviderError, IdTokenError) as refused:
            log.warning("identity provider", provider=name, refused=str(refused))
            await note_failure(self.entrance, self.clock, None, address, wrong=False)
            raise SIGN_IN_FAILED() from refused

    async def _ticket(self, name: str, secret: str, given: Mapping[str, str]) -> str:
        provider = self.configuration.providers.get(name)
        state = states.open_state(self.key, given.get("state", ""), secret, self.clock.now())
        if provider is None or state is None or state.provider != name:
            message = "state"
            raise _RefusedError(message)
        if not await take_state(self.entrance, state):
            message = "state used before"
            raise _RefusedError(message)
        identity = await self._identity(provider, name, state, secret, given)
        place = await find_place(self.entrance, provider.issuer, identity.subject, state.tenant, self.clock)
        if place is None:
            message = "nobody of ours"
            raise _RefusedError(message)
        return await give_ticket(self.entrance, state, place, 2 if identity.is_strong else 1, self.clock)

    async def _identity(
        self, provider: Provider, name: str, state: State, secret: str, given: Mapping[str, str]
    ) -> Identity:
        metadata = await self.client.metadata(provider)
        named = given.get("iss")
        if named != provider.issuer and (named is not None or metadata.names_itself):
            message = "answer of another issuer"
            raise _RefusedError(message)
        code = given.get("code", "")
        if "error" in given or not 0 < len(code) <= _LONGEST:
            message = "no code"
            raise _RefusedError(message)
        verifier, uri = states.verifier_of(state, secret), self.configuration.redirect_uri(name)
        token = await self.client.exchange(provider, code, verifier, uri)
        key = await self.client.key(provider, key_id(token))
        return read_id_token(token, key, provider, states.nonce_of(state, secret), self.clock.now())
