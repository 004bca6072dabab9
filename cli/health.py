"""`jiangti health api|worker`: for container health checks; exit code 0 when well, 1 when not."""

import http.client
import socket
from argparse import Namespace

from sqlalchemy import func, select

from cli.commands import Commands, add_command
from cli.database import report
from kernel.database import Database
from kernel.postgres import database_urls, find_server
from kernel.schedule import WorkerBeat
from kernel.settings import Settings
from migrations.runner import run_blocking

_SECONDS = 5
_SILENT_AFTER_SECONDS = 60
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - addresses to listen on, and how to reach oneself there


def register(commands: Commands) -> None:
    """Add the command of this module."""
    parser = add_command(
        commands, "health", "exit code 0 when the API here, or the worker of this machine, is well", health
    )
    parser.add_argument("process", choices=("api", "worker"))


def health(settings: Settings, arguments: Namespace) -> int:
    """Ask the API's `/readyz`, or look for a recent sign of life of a worker on this machine."""
    try:
        well = is_api_ready(settings) if arguments.process == "api" else run_blocking(_has_beaten(settings))
    except Exception as failure:  # noqa: BLE001 - whatever it is, the process is not well
        report(f"{arguments.process}: {failure}")
        return 1
    return 0 if well else 1


def is_api_ready(settings: Settings) -> bool:
    """Whether the API of these settings answers `/readyz` with 200."""
    host = _EVERYWHERE.get(settings.host, settings.host)
    connection = http.client.HTTPConnection(host, settings.port, timeout=_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


async def _has_beaten(settings: Settings) -> bool:
    database = Database(database_urls(settings, find_server(settings)).courier, pool_size=1)
    here = WorkerBeat.name.startswith(socket.gethostname(), autoescape=True)
    fresh = WorkerBeat.beat_at > func.now() - func.make_interval(0, 0, 0, 0, 0, 0, _SILENT_AFTER_SECONDS)
    try:
        async with database.plain() as session:
            return bool((await session.execute(select(func.count()).where(here, fresh))).scalar_one())
    finally:
        await database.close()
