"""One request on its way in: whose it is, its turn, and its connections to the database."""

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import IPv6Address, ip_address
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

from starlette.requests import Request

from graphql_api.admission.room import STRANGERS, Party
from graphql_api.admission.turns import Admission
from graphql_api.negotiation import bearer
from tenants.accounts.tokens import token_hash

T = TypeVar("T")


class Entry:
    """`async with Entry(admission, request) as entry:` around the work of a request whose body has been read; raises RequestRefused (503).

    A turn is one connection: `async with entry.seat` around each use of one. Siblings take further turns while nobody waits, else they wait for their own.
    """

    __slots__ = ("_admission", "_began", "_further", "_own", "_request", "_token_hash", "party")

    def __init__(self, admission: Admission, request: Request) -> None:
        token = bearer(request)
        self._admission = admission
        self._request = request
        self._token_hash = None if token is None else token_hash(token)
        union = None if self._token_hash is None else admission.union_of(self._token_hash)
        self.party = Party(STRANGERS, neighbourhood(request)) if union is None else Party(union, self._token_hash)
        self._began: float | None = None
        self._own: asyncio.Semaphore | None = None
        self._further: list[float] = []

    @property
    def seat(self) -> "Seat":
        """One use of a connection."""
        return Seat(self)

    def belongs_to(self, tenant_id: UUID | None) -> None:
        """Whose token it turned out to be (None: nobody's); the next request with it waits in that union's line."""
        if self._token_hash is not None:
            self._admission.remember(self._token_hash, tenant_id)

    async def heard(self, read: Callable[[Request], Awaitable[T]]) -> T:
        """What `read` makes of the request's body while it arrives; raises RequestRefused (503) where too many do."""
        group = self.party.group
        self._admission.begin_hearing(group)
        try:
            return await read(self._request)
        finally:
            self._admission.end_hearing(group)

    async def __aenter__(self) -> Self:
        self._began = await self._admission.enter(self.party, self._gone)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._began is not None:
            self._admission.give_back(self.party.group, self._began)

    async def sit_down(self) -> None:
        """Take a connection's place; waits where this request has none left."""
        if self._own is None:
            self._own = asyncio.Semaphore(1)
        most = self._admission.limits.most_per_request - 1
        is_short = self._own.locked() and len(self._further) < most
        began = self._admission.take_further(self.party.group) if is_short else None
        if began is None:
            await self._own.acquire()
        else:
            self._further.append(began)

    def stand_up(self) -> None:
        """Give one back; all are alike."""
        if self._further:
            self._admission.give_back(self.party.group, self._further.pop())
        elif self._own is not None:
            self._own.release()

    async def _gone(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass


class Seat:
    """A connection's place while its block runs."""

    __slots__ = ("_entry",)

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    async def __aenter__(self) -> None:
        await self._entry.sit_down()

    async def __aexit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._entry.stand_up()


def neighbourhood(request: Request) -> str:
    """The client's address; of version 6 its first 64 bits, which one subscriber has to himself."""
    host = "" if request.client is None else request.client.host
    if ":" not in host:
        return host
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else address
    return str(mapped or IPv6Address(int(address) >> 64 << 64))
