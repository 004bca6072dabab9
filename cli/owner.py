"""Work that only the installation's owner may do: the database in the owner's role, and who sits at the keyboard."""

import getpass
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cli.database import report
from kernel.clock import Clock, ShiftedClock, SystemClock
from kernel.database import Database
from kernel.postgres import find_server, server_in_use
from kernel.settings import Settings
from migrations import runner
from tenants.errors import UNKNOWN_UNION
from tenants.facts import TenantFacts
from tenants.queries import find_tenant_by_code


@dataclass(frozen=True)
class Owner:
    """`by` is what audit entries show."""

    database: Database
    clock: Clock
    by: str

    async def union(self, code: str) -> TenantFacts:
        """The union of a code; raises UNKNOWN_UNION."""
        async with self.database.plain() as session:
            found = await find_tenant_by_code(session, code)
        if found is None:
            raise UNKNOWN_UNION(code=code)
        return found


OwnersWork = Callable[[Owner, Namespace], Awaitable[int]]


def add_operator(parser: ArgumentParser) -> None:
    """The option that says who acts."""
    parser.add_argument("--operator", metavar="NAME", help="who does this, for the audit trail; else the system's user")


def as_owner(work: OwnersWork) -> Callable[[Settings, Namespace], int]:
    """A command that does `work` on a migrated database; starts the embedded server where it does not run."""

    def run(settings: Settings, arguments: Namespace) -> int:
        find_server(settings)
        with server_in_use(settings, report=report) as server:
            url = runner.urls(settings, server).owner
            runner.require_head(url)
            return runner.run_blocking(_work(settings, url, arguments, work))

    return run


async def _work(settings: Settings, url: str, arguments: Namespace, work: OwnersWork) -> int:
    clock = ShiftedClock(settings.clock_file) if settings.demo else SystemClock()
    operator = getattr(arguments, "operator", None) or getpass.getuser()
    database = Database(url, pool_size=2, hide_parameters=True)
    try:
        return await work(Owner(database, clock, f"operator {operator}"), arguments)
    finally:
        await database.close()
