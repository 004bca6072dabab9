"""A worker process with the tests' handlers: `python -m tests.faults.courier_entry`, told by the environment what to be."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from authz.scope import WriteScope
from kernel.clock import SystemClock
from kernel.database import Database
from kernel.letters import Letter
from tests.queue_world import count_event, count_letter
from workers.broker import QueueBroker
from workers.execution import Patience
from workers.main import work_until_told
from workers.workshop import Workshop

CHANCE = random.SystemRandom()


async def count_slowly(scope: WriteScope, letter: Letter) -> None:
    """Leaves time to be killed before, within and after the effect."""
    await asyncio.sleep(CHANCE.uniform(0, 0.01))
    await count_letter(scope, letter)
    await asyncio.sleep(CHANCE.uniform(0, 0.01))


async def die(_scope: WriteScope, _body: Mapping[str, Any]) -> None:
    """Takes its process with it."""
    os.kill(os.getpid(), signal.SIGKILL)


async def fail(_scope: WriteScope, _body: Mapping[str, Any]) -> None:
    """Never succeeds."""
    message = "never"
    raise ValueError(message)


async def take_long(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Longer than the lease."""
    await asyncio.sleep(body["seconds"])
    await count_event(scope, body)


def open_workshop() -> Workshop:
    """The tests' handlers on the database of the environment."""
    named = {"server_settings": {"application_name": "worker"}}
    database = Database(os.environ["COURIER_URL"], pool_size=6, hide_parameters=True, connect_args=named)
    letters = {"count": count_letter, "slow": count_slowly}
    reactions = {"count": (count_event,), "die": (die,), "fail": (fail,), "long": (take_long,)}
    return Workshop(database, SystemClock(), letters, reactions, {}, bytes(32))


def main() -> None:
    """Until SIGTERM."""
    lease = timedelta(seconds=float(os.environ.get("LEASE", "15")))
    patience = Patience(lease=lease, attempts=int(os.environ.get("ATTEMPTS", "3")), first_delay=timedelta(seconds=0.1))
    broker = QueueBroker(open_workshop, patience)
    broker.declare_actors()
    work_until_told(broker, threads=int(os.environ.get("THREADS", "4")), drain_seconds=10)


if __name__ == "__main__":
    sys.exit(main())
