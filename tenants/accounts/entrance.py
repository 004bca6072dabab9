"""The door: what signing in needs, opened once per process."""

from dataclasses import dataclass, field

from kernel.database import Database
from kernel.sealing import Sealer
from kernel.settings import LOGIN_POOL
from tenants.accounts.passwords import Passwords
from tenants.accounts.policy import CHEAP_COST, FULL_COST, SignInPolicy

_LOOK_UPS = {"server_settings": {"plan_cache_mode": "auto"}}
"""Sessions and places are looked up by keys: one plan serves everybody."""


@dataclass(frozen=True)
class Entrance:
    """`database` is connected as the login role, the only one that reads accounts and sessions."""

    database: Database
    passwords: Passwords
    policy: SignInPolicy = field(default_factory=SignInPolicy)
    sealer: Sealer | None = None
    """For the secrets of second factors; without it nobody has one."""

    async def close(self) -> None:
        """Give the connections back."""
        await self.database.close()


def open_entrance(
    login_url: str,
    *,
    cheap: bool = False,
    pool_size: int = LOGIN_POOL,
    policy: SignInPolicy | None = None,
    sealer: Sealer | None = None,
) -> Entrance:
    """The door at a database; `cheap` hashing is for tests and the demo only."""
    return Entrance(
        database=Database(login_url, pool_size=pool_size, connect_args=_LOOK_UPS),
        passwords=Passwords(CHEAP_COST if cheap else FULL_COST),
        policy=policy or SignInPolicy(),
        sealer=sealer,
    )
