"""The second factors of the demo's administrators and treasurers: secrets that follow from the login, so that every client can know them."""

from base64 import b32encode
from hashlib import sha256

from sqlalchemy import select, update

from authz.roles import NEEDS_SECOND_FACTOR
from cli.demo import country
from cli.demo.country import Seat
from kernel.clock import Clock
from kernel.database import Database
from kernel.sealing import Sealer
from tenants.accounts.model import Account, SecondFactor
from tenants.accounts.second_factor import store_secret

_SECRET_BYTES = 20


def totp_secret(login: str) -> str | None:
    """What the person's authenticator app would hold, base32; None for whoever signs in by password alone."""
    needed = any(seat.login == login and needs_second_factor(seat) for seat in country.seats())
    return b32encode(sha256(f"jiangti demo {login}".encode()).digest()[:_SECRET_BYTES]).decode() if needed else None


def needs_second_factor(seat: Seat) -> bool:
    """Whether a role of the seat works only after two factors."""
    return bool(NEEDS_SECOND_FACTOR & frozenset(seat.roles))


async def load_factors(owner: Database, sealer: Sealer, clock: Clock) -> None:
    """Give every one of them his factor, confirmed, unless he has one."""
    logins = {seat.login for seat in country.seats() if needs_second_factor(seat)}
    bare = select(Account.id, Account.login).where(
        Account.login.in_(logins), Account.id.not_in(select(SecondFactor.account_id))
    )
    async with owner.plain() as session:
        for account_id, login in (await session.execute(bare)).all():
            secret = totp_secret(login)
            if secret is not None:
                await store_secret(session, sealer, account_id, secret, clock.now())
        theirs = SecondFactor.account_id.in_(select(Account.id).where(Account.login.in_(logins)))
        done = update(SecondFactor).where(theirs, SecondFactor.confirmed_at.is_(None)).values(confirmed_at=clock.now())
        await session.execute(done.execution_options(synchronize_session=False))
