"""Signing the measured people in: sessions as the product makes them, without a password, which nobody here has."""

from collections.abc import Iterable

from sqlalchemy import text

from bench.country.keys import Kind, key
from bench.country.places import account_of, membership_of, seats_of
from bench.country.shape import ordinal, union
from kernel.clock import Clock
from kernel.database import Database
from kernel.settings import DatabaseUrls
from tenants.accounts.entrance import open_entrance
from tenants.accounts.facts import MembershipFacts
from tenants.accounts.sessions import Entry, begin_session
from tenants.queries import get_tenant

Seat = tuple[str, str]
"""Union and seat."""


async def open_sessions(urls: DatabaseUrls, clock: Clock, seats: Iterable[Seat]) -> dict[Seat, str]:
    """A token for each seat, good for twelve hours, with two factors; it grows idle after thirty minutes in which it is not used."""
    owner, entrance = Database(urls.owner, pool_size=1), open_entrance(urls.login, cheap=True)
    tokens: dict[Seat, str] = {}
    try:
        for code, seat in seats:
            tenant_id = key(Kind.TENANT, ordinal(code))
            async with owner.plain() as session:
                fresh = text(
                    "UPDATE account SET password_set_at = :at, active_at = :at, state = 'active' WHERE id = :id"
                )
                await session.execute(fresh, {"at": clock.now(), "id": account_of(code, seat)})
                tenant = await get_tenant(session, union(code))
            place = MembershipFacts(
                id=membership_of(code, seat),
                account_id=account_of(code, seat),
                name=seat,
                tenant=tenant,
                roles=frozenset({dict(seats_of(code))[seat]}),
                valid_from=clock.today(),
                valid_to=None,
            )
            async with entrance.database.write(tenant_id) as session:
                begun = begin_session(session, entrance, place, f"{code}.{seat}", clock, entry=Entry(strength=2))
            tokens[code, seat] = begun.token
    finally:
        await owner.close()
        await entrance.close()
    return tokens
