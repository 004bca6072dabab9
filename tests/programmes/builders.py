"""The demo's country in a test database, with its people at work."""

from datetime import datetime

from cli.demo.loading import load_country
from cli.demo.offices import Offices, open_offices
from kernel.clock import FixedClock
from kernel.database import Database
from kernel.settings import DatabaseUrls
from tenants.accounts.passwords import Passwords
from tenants.accounts.policy import HashCost
from tests.sealers import make_sealer

CHEAP = HashCost(passes=1, memory_kib=64, lanes=1)


async def make_offices(urls: DatabaseUrls, *, at: datetime) -> Offices:
    """The unions of the demo, opened on the day `at`; close with `close_offices`."""
    sealer = make_sealer()
    clock = FixedClock(at)
    owner = Database(urls.owner, pool_size=2)
    loaded = await load_country(owner, Passwords(CHEAP), clock)
    app = Database(urls.app, sealer=sealer, pool_size=24)
    courier = Database(urls.courier, sealer=sealer, pool_size=4)
    offices = await open_offices(app, courier, owner, clock, loaded.tenants)
    await owner.close()
    return offices


async def close_offices(offices: Offices) -> None:
    """Give the connections back."""
    await offices.app.close()
    await offices.courier.close()
